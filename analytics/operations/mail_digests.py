from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from analytics.choices import FACTOR_NAMES, DigestRhythm
from analytics.models import DigestSubscription, MoverDigest
from analytics.operations.digest_lines import DigestLine, digest_lines
from customers.models import User
from services.choices import MailPurpose
from services.models import Mailbox
from services.operations.mail_texts import mail_text
from services.operations.queue_mail import queue_mail
from services.operations.reply_route import sending_mailboxes

MONDAY = 0
WEEK = timedelta(days=6)
NAMED = 20  # of each direction


def mail_digests(*, day: date, at: datetime) -> int:
    """Queue the mail of a day for whoever asked for it, and on Mondays that of the week: who fell and rose, of the
    customers whom they see. Nobody gets a mail that says nothing, and of a day nobody gets a second. Returns how many
    have one.

    Without a mailbox that sends there is none: the digest stands on its page."""
    mailbox = sending_mailboxes().first()
    if mailbox is None:
        return 0
    rhythms = [DigestRhythm.DAY, *([DigestRhythm.WEEK] if day.weekday() == MONDAY else [])]
    wanted = DigestSubscription.objects.filter(every__in=rhythms, user__is_active=True).exclude(user__email="")
    return sum(_mail(each, mailbox, day, at) for each in wanted.select_related("user").order_by("pk"))


def _mail(wanted: DigestSubscription, mailbox: Mailbox, day: date, at: datetime) -> bool:
    user: User = wanted.user
    if not user.has_perm("analytics.view_moverdigest"):
        return False
    since = day - WEEK if wanted.every == DigestRhythm.WEEK else day
    digests = list(MoverDigest.objects.visible_to(user).filter(day__gte=since, day__lte=day).order_by("day", "pk"))
    fell, rose = (_net(digest_lines(digests=digests, user=user, direction=each)) for each in ("fell", "rose"))
    if not fell and not rose:
        return False
    with override(wanted.language):
        values = {
            "user.name": user.get_full_name() or user.get_username(),
            "message.text": _text(fell, rose),
            "day": date_format(day),
        }
        subject, body = mail_text(MailPurpose.DIGEST, language=wanted.language, values=values)
    queue_mail(
        key=f"digest:{user.pk}:{day}",
        mailbox=mailbox,
        purpose=MailPurpose.DIGEST,
        recipient=user.email,
        subject=subject,
        body=body,
        user=user,
        is_automatic=True,
        at=at,
    )
    return True


def _net(lines: Iterable[DigestLine]) -> list[DigestLine]:
    """One line a customer, of their greatest move; whoever moved most comes first."""
    by_customer: dict[int, DigestLine] = {}
    for line in lines:
        known = by_customer.get(line.customer.pk)
        if known is None or abs(line.change) > abs(known.change):
            by_customer[line.customer.pk] = line
    return sorted(by_customer.values(), key=lambda line: -abs(line.change))[:NAMED]


def _text(fell: list[DigestLine], rose: list[DigestLine]) -> str:
    parts = [
        "\n".join([heading, *map(_line, lines)])
        for heading, lines in ((gettext("Fell"), fell), (gettext("Rose"), rose))
        if lines
    ]
    page = settings.PUBLIC_URL + reverse("admin:analytics_moverdigest_changelist")
    return "\n\n".join([*parts, gettext("All of it, and how to end these mails: {page}").format(page=page)])


def _line(line: DigestLine) -> str:
    words = gettext("- {name}: {before} → {score} ({factor})")
    return words.format(
        name=line.customer.name,
        before=round(line.before),
        score=round(line.score),
        factor=FACTOR_NAMES[line.factor],
    )
