"""A mail that failed is sent again: to the address that is on record by then."""

import pytest

from customers.audit.record import values_of
from customers.models import AuditEntry, ContactPoint, Customer, User
from customers.operations.record_consent import record_consent
from services.models import Mailbox, MailId, OutboundMail, Queue
from services.operations.fail_mail import fail_mail
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.resend_mail import NotSentAgain, resend_mail
from services.tests.mail_server import a_mailbox
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.ratings import reachable
from services.tests.operations.test_deliver_mail import a_mail


@pytest.fixture
def mailbox(queue: Queue) -> Mailbox:
    return a_mailbox(queue)


@pytest.fixture
def mail(mailbox: Mailbox, acme: Customer, ann: User) -> OutboundMail:
    ticket = a_ticket(reachable(acme), mailbox.queue, channel="email")
    message = reply_to_ticket(ticket=ticket, body="Yes.", by=ann, at=after(minutes=1))
    return OutboundMail.objects.get(message=message)


def test_what_failed_is_queued_anew_as_the_same_mail(mail: OutboundMail, ann: User) -> None:
    before = mail.internet_id
    fail_mail(mail=mail, problem="550 5.1.1", at=after(minutes=2))
    again = resend_mail(mail=mail, by=ann, at=after(minutes=3))
    assert (again.state, again.attempts, again.problem, again.due_at) == ("todo", 0, "", after(minutes=3))
    assert again.internet_id == before and again.message is not None
    again.message.refresh_from_db()
    assert again.message.delivery_status == "queued"
    entry = AuditEntry.objects.filter(model="services.outboundmail").get()
    assert entry.kind == "done" and values_of(entry) == {}


def test_it_goes_to_the_address_that_was_put_right_as_a_new_mail(mail: OutboundMail, acme: Customer, ann: User) -> None:
    before = mail.internet_id
    fail_mail(mail=mail, problem="550 5.1.1", at=after(minutes=2), came_back=True)
    point = ContactPoint.objects.get(customer=acme)
    point.value = "right@example.org"
    point.save()
    again = resend_mail(mail=mail, by=ann, at=after(minutes=3))
    assert (again.recipient, again.bounced_at) == ("right@example.org", None)
    assert again.internet_id != before
    assert MailId.objects.filter(is_ours=True, message=mail.message).count() == 2  # both lead to the ticket


def test_what_did_not_fail_is_not_sent_again(mail: OutboundMail, ann: User) -> None:
    with pytest.raises(NotSentAgain):
        resend_mail(mail=mail, by=ann, at=after(minutes=3))


def test_what_was_emptied_is_not_sent_again(mailbox: Mailbox, ann: User) -> None:
    mail = a_mail(mailbox)
    fail_mail(mail=mail, problem="550", at=after(minutes=2))
    OutboundMail.objects.filter(pk=mail.pk).update(body=None, recipient=None, subject=None)
    with pytest.raises(NotSentAgain):
        resend_mail(mail=mail, by=ann, at=after(minutes=3))


def test_who_does_not_want_mail_by_now_is_left_alone(mail: OutboundMail, acme: Customer, ann: User) -> None:
    fail_mail(mail=mail, problem="550", at=after(minutes=2))
    record_consent(
        customer=acme, purpose="service", channel="email", is_given=False, source="phone", by=None, at=after(minutes=2)
    )
    with pytest.raises(NotSentAgain, match="service mail"):
        resend_mail(mail=mail, by=ann, at=after(minutes=3))
