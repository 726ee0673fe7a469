from datetime import datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from customers.choices import ContactKind
from customers.models import ContactPoint, Customer
from services.choices import MailPurpose
from services.models import Mailbox, PortalLogin
from services.operations.mail_message import sender_of
from services.operations.mail_sender import customers_at, index_of
from services.operations.mail_texts import language_of, mail_text
from services.operations.portal_links import digest_of, link_of_login, new_secret
from services.operations.queue_mail import queue_mail
from services.operations.reply_route import is_ours, mailbox_for, sending_mailboxes

WORKS = timedelta(minutes=30)
MOST_AN_HOUR = 5
NO_QUEUE = 0


def portal_mailbox() -> Mailbox | None:
    """Through which log-in links go: the default mailbox that sends, else any that does."""
    mailboxes = list(sending_mailboxes())
    return mailbox_for(NO_QUEUE, mailboxes) or next(iter(mailboxes), None)


@transaction.atomic
def ask_portal_link(*, email: str, language: str, at: datetime) -> PortalLogin | None:
    """Send whoever has this e-mail address a link that logs in: it works once, for half an hour, and links that were
    sent before work no more. None where nobody has the address, it had five links within the hour, or nothing sends;
    whoever asks is not told which.

    The mail goes to the address as it is on record, never as it was typed: equal addresses may be written in letters
    that another mail server takes for somebody else's."""
    mailbox, found = portal_mailbox(), customers_at(email)
    if mailbox is None or not found:
        return None
    customer, index = found[0], index_of(email)
    # One at a time: of two that ask at once, one link is the newest.
    Customer.objects.select_for_update().get(pk=customer.pk)
    point = ContactPoint.objects.filter(customer=customer, kind=ContactKind.EMAIL, blind_index=index).first()
    sent = PortalLogin.objects.filter(email_index=index, asked_at__gt=at - timedelta(hours=1))
    if point is None or is_ours(point.value, [mailbox]) or sent.count() >= MOST_AN_HOUR:
        return None
    PortalLogin.objects.filter(email_index=index, used_at=None, expires_at__gt=at).update(expires_at=at)
    secret = new_secret()
    login = PortalLogin.objects.create(
        digest=digest_of(secret), email_index=index, customer=customer, asked_at=at, expires_at=at + WORKS
    )
    _send(login, secret, point.value, mailbox, language_of(customer, otherwise=language), at)
    return login


def _send(login: PortalLogin, secret: str, address: str, mailbox: Mailbox, language: str, at: datetime) -> None:
    with override(language):
        until = date_format(localtime(login.expires_at), "DATETIME_FORMAT")
    sender = sender_of(mailbox, None)
    values = {
        "customer.name": login.customer.name,
        "mailbox.name": sender,
        "link": link_of_login(secret),
        "link.until": until,
    }
    subject, body = mail_text(MailPurpose.MAGIC_LINK, language=language, values=values)
    queue_mail(
        key=f"portal:{login.pk}",
        mailbox=mailbox,
        purpose=MailPurpose.MAGIC_LINK,
        recipient=address,
        subject=subject,
        body=body,
        at=at,
        customer=login.customer,
        is_automatic=True,
        sender_name=sender,
    )
