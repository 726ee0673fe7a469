from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from customers.choices import ContactKind
from customers.models import Customer
from customers.operations.add_contact_point import add_contact_point
from services.choices import Channel, Direction, EventKind, LinkKind, MailOutcome, MailPurpose, TicketStatus
from services.models import Mailbox, MailId, Message, OutboundMail, Queue, Ticket, TicketLink
from services.operations import file_mail as module
from services.operations.file_waiting_mails import file_waiting_mails
from services.operations.note_mail_id import note_mail_id
from services.operations.reply_addresses import house_id, reply_address
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.operations.store_mail import raw_of, store_mail
from services.tests.operations.mails import a_mailbox, come_in, mail
from tests.cast import NOW
from tests.mail.seeds import SEEDS

pytestmark = pytest.mark.usefixtures("var", "fresh_keys")

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def box(queue: Queue) -> Mailbox:
    return a_mailbox(queue)


@pytest.fixture
def ticket(box: Mailbox) -> Ticket:
    filed = come_in(box, mail())
    assert filed.ticket is not None
    return filed.ticket


def test_a_mail_of_somebody_new_opens_a_ticket_and_makes_the_customer(box: Mailbox, queue: Queue) -> None:
    filed = come_in(box, mail("Help!\n\n-- \nAnn"))
    ticket = filed.ticket
    assert (filed.outcome, filed.reason) == (MailOutcome.TICKET, "")
    assert ticket is not None
    assert (ticket.subject, ticket.channel, ticket.queue, ticket.team) == ("Printer", Channel.EMAIL, queue, queue.team)
    assert ticket.customer.name == "Ann Lee"
    assert [point.value for point in ticket.customer.contact_points.all()] == ["ann@lee.example"]
    message = ticket.messages.get()
    assert (message.body, message.came_as.folded, message.came_as.sender) == ("Help!", "-- \nAnn", "ann@lee.example")
    assert filed.message == message
    assert (filed.sender, filed.subject) == ("ann@lee.example", "Printer")


def test_a_known_address_is_the_customer_s_also_where_it_is_written_differently(box: Mailbox, acme: Customer) -> None:
    add_contact_point(customer=acme, kind=ContactKind.EMAIL, value="Ann@LEE.example", at=NOW)
    filed = come_in(box, mail())
    assert filed.ticket is not None and filed.ticket.customer == acme


def test_an_answer_by_message_id_goes_into_the_ticket(box: Mailbox, ticket: Ticket) -> None:
    filed = come_in(box, mail("And now?", number=2, In_Reply_To="<1@lee.example>"), at=LATER)
    assert (filed.outcome, filed.ticket) == (MailOutcome.MESSAGE, ticket)
    assert [message.body for message in ticket.messages.all()] == ["The printer is broken.", "And now?"]


def test_the_newest_reference_counts(box: Mailbox, ticket: Ticket) -> None:
    other = come_in(box, mail("Another thing", number=2)).ticket
    filed = come_in(box, mail("On", number=3, References="<1@lee.example> <2@lee.example> <unknown@x>"), at=LATER)
    assert other != ticket
    assert filed.ticket == other


def test_the_subject_alone_leads_into_no_ticket(box: Mailbox, ticket: Ticket) -> None:
    filed = come_in(box, mail("Again", number=2, subject=f"Re: [{ticket.number}] Printer"), at=LATER)
    assert filed.outcome == MailOutcome.TICKET and filed.ticket != ticket


def test_ids_alone_let_nobody_else_into_a_ticket(box: Mailbox, ticket: Ticket) -> None:
    forged = mail("Tell me all", number=2, sender="Eve <eve@evil.example>", In_Reply_To="<1@lee.example>")
    filed = come_in(box, forged, at=LATER)
    assert (filed.outcome, filed.reason) == (MailOutcome.TICKET, "related")
    assert filed.ticket is not None and filed.ticket != ticket
    link = TicketLink.objects.get()
    assert (link.from_ticket, link.to_ticket, link.kind) == (filed.ticket, ticket, LinkKind.RELATED)
    assert ticket.messages.count() == 1


def test_the_signed_address_lets_somebody_else_in_marked_as_such(box: Mailbox, ticket: Ticket) -> None:
    sent = mail("I am her colleague", number=2, sender="Cy <cy@lee.example>", to=reply_address(ticket, box))
    filed = come_in(box, sent, at=LATER)
    message = filed.message
    assert (filed.outcome, filed.reason, filed.ticket) == (MailOutcome.MESSAGE, "stranger", ticket)
    assert message is not None and message.customer is not None
    assert message.customer.name == "Cy"
    assert (message.came_as.is_stranger, message.came_as.sender) == (True, "cy@lee.example")
    # The next answer goes to the customer still.
    assert MailId.objects.get(message=message).address is None


def test_a_signature_for_another_ticket_is_none(box: Mailbox, ticket: Ticket) -> None:
    other = come_in(box, mail("Another", number=2)).ticket
    assert other is not None
    forged = reply_address(ticket, box).replace(f"+{ticket.pk}.", f"+{other.pk}.")
    filed = come_in(box, mail("In?", number=3, sender="eve@evil.example", to=forged), at=LATER)
    assert filed.outcome == MailOutcome.TICKET and filed.ticket not in (ticket, other)


def test_one_who_was_let_in_takes_part_from_then_on(box: Mailbox, ticket: Ticket) -> None:
    come_in(box, mail("One", number=2, sender="cy@lee.example", to=reply_address(ticket, box)), at=LATER)
    filed = come_in(box, mail("Two", number=3, sender="cy@lee.example", In_Reply_To="<1@lee.example>"), at=LATER)
    assert (filed.outcome, filed.ticket) == (MailOutcome.MESSAGE, ticket)


def test_an_answer_reopens_a_solved_ticket(box: Mailbox, ticket: Ticket, ann: Any) -> None:
    solve_ticket(ticket=ticket, by=ann, at=NOW + timedelta(minutes=5))
    come_in(box, mail("Not yet", number=2, In_Reply_To="<1@lee.example>"), at=LATER)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN


def test_an_absence_note_neither_reopens_nor_restarts_a_clock(box: Mailbox, ticket: Ticket, ann: Any) -> None:
    reply_to_ticket(ticket=ticket, body="Done", by=ann, at=NOW + timedelta(minutes=4))
    solve_ticket(ticket=ticket, by=ann, at=NOW + timedelta(minutes=5))
    ticket.refresh_from_db()
    before = (ticket.status, ticket.next_reply_due_at, ticket.reopen_count)
    away = mail("I am away", number=2, In_Reply_To="<1@lee.example>", Auto_Submitted="auto-replied")
    filed = come_in(box, away, at=LATER)
    ticket.refresh_from_db()
    assert filed.outcome == MailOutcome.MESSAGE
    assert filed.message is not None and filed.message.is_automatic
    assert filed.message.direction == Direction.INBOUND
    assert (ticket.status, ticket.next_reply_due_at, ticket.reopen_count) == before
    assert ticket.events.last().kind == EventKind.AUTO_REPLY  # type: ignore[union-attr]


def test_an_absence_note_to_nothing_is_ignored(box: Mailbox) -> None:
    filed = come_in(box, SEEDS["out of office"])
    assert (filed.outcome, filed.reason, Ticket.objects.count()) == (MailOutcome.IGNORED, "auto_reply", 0)


def test_a_person_s_mail_through_a_list_is_a_person_s(box: Mailbox, ticket: Ticket, ann: Any) -> None:
    solve_ticket(ticket=ticket, by=ann, at=NOW + timedelta(minutes=5))
    filed = come_in(box, mail("Hm", number=2, In_Reply_To="<1@lee.example>", List_Id="<help.lee.example>"), at=LATER)
    assert filed.message is not None and not filed.message.is_automatic


@pytest.mark.parametrize("name", ["list", "alarm", "candid", "null sender", "out of office", "自动回复"])
def test_what_a_machine_sends_is_not_acknowledged(queue: Queue, name: str) -> None:
    come_in(a_mailbox(queue, sends=True), SEEDS[name])
    assert not OutboundMail.objects.exists()


def test_a_person_s_mail_is_acknowledged_once_an_hour(queue: Queue) -> None:
    box = a_mailbox(queue, sends=True)
    come_in(box, mail())
    come_in(box, mail("More", number=2), at=LATER)
    sent = OutboundMail.objects.get()
    assert (sent.purpose, sent.recipient, sent.in_reply_to) == (
        MailPurpose.ACKNOWLEDGEMENT,
        "ann@lee.example",
        "<1@lee.example>",
    )


def test_mail_of_our_own_is_ignored(box: Mailbox, ticket: Ticket) -> None:
    ours = come_in(box, mail("Echo", number=2, X_Candid_House=house_id()), at=LATER)
    from_us = come_in(box, mail("Echo", number=3, sender=box.address), at=LATER)
    assert [(filed.outcome, filed.reason) for filed in (ours, from_us)] == [(MailOutcome.IGNORED, "own")] * 2


def test_a_form_that_writes_as_our_mailbox_is_its_author_s(box: Mailbox) -> None:
    filed = come_in(box, mail(sender=box.address, Reply_To="Di <di@di.example>"))
    assert filed.ticket is not None and filed.ticket.customer.name == "Di"


def test_one_mail_to_two_of_our_mailboxes_is_one_message(box: Mailbox, queue: Queue) -> None:
    first = come_in(box, b"Received: by a\r\n" + mail())
    second = come_in(a_mailbox(queue, "sales@candid.example"), b"Received: by b\r\n" + mail())
    assert (second.outcome, second.reason, second.ticket) == (MailOutcome.IGNORED, "duplicate", first.ticket)
    assert Message.objects.count() == 1


def test_another_mail_under_a_known_id_is_not_lost(box: Mailbox, ticket: Ticket) -> None:
    filed = come_in(box, mail("Something else under the same id"), at=LATER)
    assert filed.outcome == MailOutcome.TICKET


def test_a_bounce_marks_the_message_and_makes_no_ticket(queue: Queue, ann: Any, box: Mailbox, ticket: Ticket) -> None:
    message = reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=NOW + timedelta(minutes=1))
    sent = _sent(box, message)
    filed = come_in(box, SEEDS["dsn"].replace(b"<ours-1@candid.example>", sent.internet_id.encode()), at=LATER)
    sent.refresh_from_db()
    message.refresh_from_db()
    assert (filed.outcome, filed.ticket, filed.outbound) == (MailOutcome.BOUNCE, ticket, sent)
    assert (sent.problem, sent.bounced_at is not None, message.delivery_status) == ("bounce 5.1.1", True, "failed")
    assert Ticket.objects.count() == 1


def test_a_bounce_that_is_only_late_changes_nothing(box: Mailbox, ticket: Ticket, ann: Any) -> None:
    sent = _sent(box, reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=NOW + timedelta(minutes=1)))
    late = SEEDS["dsn"].replace(b"Action: failed", b"Action: delayed")
    filed = come_in(box, late.replace(b"<ours-1@candid.example>", sent.internet_id.encode()), at=LATER)
    sent.refresh_from_db()
    assert (filed.outcome, filed.reason, sent.bounced_at) == (MailOutcome.BOUNCE, "delayed", None)


def test_a_bounce_of_nothing_of_ours_is_ignored(box: Mailbox) -> None:
    filed = come_in(box, SEEDS["dsn"])
    assert (filed.outcome, filed.reason) == (MailOutcome.IGNORED, "bounce")


def test_a_sender_who_floods_is_stopped(box: Mailbox, settings: Any) -> None:
    settings.MAIL_MOST_AN_HOUR = 3
    outcomes = [come_in(box, mail(f"No. {n}", number=n)).outcome for n in range(5)]
    assert outcomes == [MailOutcome.TICKET] * 3 + [MailOutcome.IGNORED] * 2
    later = come_in(box, mail("Later", number=9), at=NOW + timedelta(hours=2))
    assert later.outcome == MailOutcome.TICKET


def test_files_follow_the_rules_of_uploads_and_others_are_named(box: Mailbox) -> None:
    kept = come_in(box, SEEDS["files"]).message
    assert kept is not None
    assert [(file.name, file.content_type) for file in kept.attachments.all()] == [
        ("报告.pdf", "application/pdf"),
        ("p.png", "image/png"),
    ]
    refused = come_in(box, SEEDS["refused file"]).message
    assert refused is not None
    assert refused.attachments.count() == 0
    assert "“run.exe” was not kept:" in refused.body


def test_pictures_in_the_text_are_known_by_their_names(box: Mailbox) -> None:
    message = come_in(box, SEEDS["inline picture"]).message
    assert message is not None
    assert message.came_as.pictures == {"logo@lee": str(message.attachments.get().key)}


def test_mail_of_nobody_is_a_ticket_of_one_who_stands_for_all_such(box: Mailbox) -> None:
    first, second = come_in(box, SEEDS["no sender"]), come_in(box, SEEDS["bare"], at=LATER)
    assert first.ticket is not None and second.ticket is not None
    assert first.ticket.customer == second.ticket.customer
    assert first.ticket.customer.name == "Unknown sender"


def test_what_fails_is_tried_again_and_in_the_end_a_ticket_that_carries_the_mail(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(raw: bytes) -> None:
        raise ZeroDivisionError("with a name in it")

    monkeypatch.setattr(module, "parse_mail", broken)
    stored, _new = store_mail(mailbox=box, raw=mail(), at=NOW)
    store_mail(mailbox=box, raw=mail("Second", number=2), at=NOW)
    moment = NOW
    for _attempt in range(5):
        file_waiting_mails(at=moment)
        moment += timedelta(hours=3)
    stored.refresh_from_db()
    assert (stored.outcome, stored.reason, stored.error) == (MailOutcome.TICKET, "unreadable", "ZeroDivisionError")
    assert stored.ticket is not None
    attachment = stored.ticket.attachments.get()
    assert (attachment.name, attachment.size) == ("mail.eml", len(mail()))
    assert stored.ticket.customer.name == "Ann Lee"
    assert raw_of(stored) == mail()


def test_nothing_is_half_filed(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(module, "put_mail_beside", broken)
    stored, _new = store_mail(mailbox=box, raw=mail(), at=NOW)
    file_waiting_mails(at=NOW)
    stored.refresh_from_db()
    assert (stored.outcome, stored.error, Ticket.objects.count()) == (MailOutcome.WAITING, "IntegrityError", 0)
    monkeypatch.undo()
    file_waiting_mails(at=NOW + timedelta(minutes=2))
    stored.refresh_from_db()
    assert stored.outcome == MailOutcome.TICKET


def test_stored_twice_it_is_one(box: Mailbox, var: Path) -> None:
    first, is_new = store_mail(mailbox=box, raw=mail(), at=NOW)
    again, is_new_again = store_mail(mailbox=box, raw=mail(), at=NOW)
    assert (first.pk, is_new, is_new_again) == (again.pk, True, False)
    files = [path for path in (var / "attachments").rglob("*") if path.is_file()]
    assert len(files) == 1
    assert b"printer" not in files[0].read_bytes()


def _sent(box: Mailbox, message: Message) -> OutboundMail:
    sent = OutboundMail.objects.create(
        key=f"message:{message.pk}",
        mailbox=box,
        purpose=MailPurpose.REPLY,
        message=message,
        recipient="ann@lee.example",
        internet_id="<made-here@candid.example>",
        written_at=NOW,
        due_at=NOW,
    )
    note_mail_id(value=sent.internet_id, ticket=message.ticket, message=message, is_ours=True, at=NOW, mailbox=box)
    return sent
