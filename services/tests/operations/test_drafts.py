"""What is typed survives, each kind by itself, and becomes a message of its kind or nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, StaleVersion, User
from services.choices import MessageKind, TicketStatus
from services.models import Attachment, Draft, Queue, Ticket
from services.operations.attach_file import attach_file
from services.operations.finish_draft import FileIsGone
from services.operations.keep_note import keep_note
from services.operations.save_draft import save_draft
from services.operations.send_reply import send_reply
from services.tests.operations.desk import a_ticket, after
from tests.races import at_once

NOTE, REPLY = MessageKind.NOTE, MessageKind.REPLY


@pytest.fixture
def ticket(acme: Customer, queue: Queue) -> Ticket:
    return a_ticket(acme, queue)


def drafts() -> dict[str, str]:
    return dict(Draft.objects.values_list("kind", "body"))


def test_a_reply_and_a_note_are_two_drafts_and_the_newest_text_stands(ticket: Ticket, ann: User) -> None:
    save_draft(ticket=ticket, user=ann, kind=REPLY, body="Dear", at=after())
    save_draft(ticket=ticket, user=ann, kind=NOTE, body="Angry man", at=after())
    save_draft(ticket=ticket, user=ann, kind=REPLY, body="Dear Sir", at=after(minutes=1))
    assert drafts() == {"reply": "Dear Sir", "note": "Angry man"}


def test_nothing_typed_is_no_draft(ticket: Ticket, ann: User) -> None:
    save_draft(ticket=ticket, user=ann, kind=REPLY, body="Dear", at=after())
    assert save_draft(ticket=ticket, user=ann, kind=REPLY, body=" \n", at=after()) is None
    assert drafts() == {}


def test_sending_ends_the_draft_of_the_reply_and_leaves_that_of_the_note(ticket: Ticket, ann: User, otto: User) -> None:
    for user in (ann, otto):
        for kind in MessageKind:
            save_draft(ticket=ticket, user=user, kind=kind, body=kind, at=after())
    send_reply(ticket=ticket, body="Done.", by=ann, at=after(), status_after=TicketStatus.SOLVED)
    assert sorted(Draft.objects.values_list("user__username", "kind")) == [
        ("ann", "note"),
        ("otto", "note"),
        ("otto", "reply"),
    ]
    keep_note(ticket=ticket, body="Angry man", by=ann, at=after())
    assert set(Draft.objects.values_list("user", flat=True)) == {otto.pk}


def test_a_refused_message_keeps_its_draft(ticket: Ticket, ann: User) -> None:
    save_draft(ticket=ticket, user=ann, kind=REPLY, body="Dear", at=after())
    with pytest.raises(StaleVersion):
        send_reply(ticket=ticket, body="Dear", by=ann, at=after(), expected_version=ticket.version + 7)
    assert drafts() == {"reply": "Dear"} and not ticket.messages.filter(author=ann).exists()


def test_files_go_with_a_message_of_their_kind_alone(ticket: Ticket, ann: User, otto: User, var: Any) -> None:
    def attach(kind: MessageKind, by: User) -> Attachment:
        return attach_file(ticket=ticket, kind=kind, name="a.txt", chunks=[b"x"], by=by, at=after())

    mine, secret, others = attach(REPLY, ann), attach(NOTE, ann), attach(REPLY, otto)
    for foreign in (secret, others):
        with pytest.raises(FileIsGone):
            send_reply(ticket=ticket, body="Here", by=ann, at=after(), files=[mine.key, foreign.key])
    assert not ticket.messages.filter(author=ann).exists()
    message = send_reply(ticket=ticket, body="Here", by=ann, at=after(), files=[mine.key, mine.key])
    assert list(message.attachments.all()) == [mine]
    note = keep_note(ticket=ticket, body="And this", by=ann, at=after(), files=[secret.key])
    assert list(note.attachments.all()) == [secret]
    with pytest.raises(FileIsGone):
        keep_note(ticket=ticket, body="Again", by=ann, at=after(), files=[secret.key])


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_the_same_moment_leave_one_draft(ticket: Ticket, ann: User) -> None:
    def typing(text: str) -> Callable[[], Any]:
        return lambda: save_draft(ticket=ticket, user=ann, kind=REPLY, body=text, at=after())

    results = at_once(*(typing(f"Text {number}") for number in range(6)))
    assert not [result for result in results if isinstance(result, Exception)]
    assert Draft.objects.get().body.startswith("Text ")
