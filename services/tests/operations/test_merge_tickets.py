from typing import Any

import pytest

from customers.models import Customer, Observation, User
from services.choices import LinkKind
from services.models import Message, Queue, Ticket, TicketEvent, TicketLink, TicketMerge, TimeEntry
from services.operations.add_note import add_note
from services.operations.add_time import add_time
from services.operations.close_ticket import close_ticket
from services.operations.link_tickets import link_tickets
from services.operations.merge_tickets import OtherCustomer, TicketsCannotMerge, merge_tickets
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.refresh_clocks import CLOCK_COLUMNS
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.set_parent import set_parent
from services.operations.solve_ticket import solve_ticket
from services.operations.split_ticket import split_ticket
from services.operations.ticket_change import TicketIsFinal
from services.operations.undo_ticket_merge import CannotUnmerge, undo_ticket_merge
from services.tests.operations.desk import a_ticket, after, facts_about
from services.transitions import IllegalTransition
from tests.cast import NOW


@pytest.fixture
def pair(acme: Customer, queue: Queue, ann: User) -> tuple[Ticket, Ticket]:
    """Two tickets about one pump: the first to be kept, answered after an hour; the second has a note and time."""
    kept, gone = (a_ticket(acme, queue, subject=name, at=after(minutes=10 * n)) for n, name in enumerate("AB"))
    reply_to_ticket(ticket=kept, body="We come.", by=ann, at=after(hours=1))
    add_note(ticket=gone, body="The same?", by=ann, at=after(hours=1))
    add_time(ticket=gone, minutes=15, by=ann, at=after(hours=1))
    return kept, gone


def merged(pair: tuple[Ticket, Ticket], by: User) -> TicketMerge:
    kept, gone = pair
    return merge_tickets(kept=kept, gone=gone, by=by, at=after(hours=2))


def standing() -> list[tuple[Any, ...]]:
    rows = Observation.objects.filter(superseded_version=None, subject_type="ticket")
    return sorted(rows.values_list("customer", "factor", "measure", "value", "reference", "at", "subject_id"), key=str)


def picture() -> dict[str, list[Any]]:
    """All that a round trip must bring back: the rows with their tickets, the clocks, the facts."""
    return {
        "tickets": list(Ticket.objects.order_by("pk").values("pk", "status", "merged_into", "parent", *CLOCK_COLUMNS)),
        "messages": list(Message.objects.order_by("pk").values()),
        "time": list(TimeEntry.objects.order_by("pk").values()),
        "links": sorted(TicketLink.objects.values_list("from_ticket", "to_ticket", "kind", "created_by")),
        "facts": standing(),
    }


def test_everything_goes_over(pair: tuple[Ticket, Ticket], ann: User) -> None:
    kept, gone = pair
    merge = merged(pair, ann)
    gone.refresh_from_db()
    assert (gone.status, gone.merged_into, merge.status_before) == ("merged", kept, "new")
    assert sorted(kept.messages.values_list("body", flat=True)) == [
        "The same?",
        "Water everywhere.",
        "Water everywhere.",
        "We come.",
    ]
    assert (kept.time_entries.get().minutes, gone.messages.count()) == (15, 0)
    assert [ticket.events.filter(kind="merged").count() for ticket in pair] == [1, 1]


def test_the_facts_of_the_one_that_is_gone_do_not_count_twice(pair: tuple[Ticket, Ticket], ann: User) -> None:
    kept, gone = pair
    assert facts_about(gone)
    version = kept.customer.activity_version
    merged(pair, ann)
    assert not facts_about(gone) and facts_about(kept)
    kept.customer.refresh_from_db()
    assert kept.customer.activity_version > version
    rate_ticket(ticket=gone, value=5, by=ann, at=after(hours=3))
    assert set(facts_about(gone)) == set()


def test_what_was_said_there_counts_for_the_clocks(acme: Customer, queue: Queue, ann: User) -> None:
    early, late = a_ticket(acme, queue, at=NOW), a_ticket(acme, queue, at=after(hours=1))
    reply_to_ticket(ticket=early, body="Yes", by=ann, at=after(minutes=30))
    merge_tickets(kept=late, gone=early, by=ann, at=after(hours=2))
    late.refresh_from_db()
    assert (late.first_replied_at, late.first_reply_seconds) == (after(minutes=30), 1800)


def test_an_undo_brings_everything_back(pair: tuple[Ticket, Ticket], acme: Customer, queue: Queue, ann: User) -> None:
    kept, gone = pair
    third, part = a_ticket(acme, queue, subject="C"), a_ticket(acme, queue, subject="D")
    link_tickets(from_ticket=gone, to_ticket=third, kind=LinkKind.RELATED, by=ann, at=after(hours=1))
    link_tickets(from_ticket=kept, to_ticket=third, kind=LinkKind.INCIDENT, by=ann, at=after(hours=1))
    link_tickets(from_ticket=gone, to_ticket=third, kind=LinkKind.INCIDENT, by=ann, at=after(hours=1))
    link_tickets(from_ticket=gone, to_ticket=kept, kind=LinkKind.RELATED, by=ann, at=after(hours=1))
    set_parent(ticket=part, parent=gone, by=ann, at=after(hours=1))
    before = picture()
    merge = merged(pair, ann)
    part.refresh_from_db()
    assert part.parent == kept
    assert TicketLink.objects.count() == 2
    undo_ticket_merge(merge=merge, by=ann, at=after(hours=2))
    assert picture() == before
    assert [ticket.events.filter(kind="unmerged").count() for ticket in pair] == [1, 1]
    assert TicketMerge.objects.get().undone_by == ann


def test_an_undo_leaves_what_came_since(pair: tuple[Ticket, Ticket], ann: User) -> None:
    kept, gone = pair
    merge = merged(pair, ann)
    receive_message(ticket=gone, body="And?", by=None, at=after(hours=3))
    note = Message.objects.get(body="The same?")
    new = split_ticket(message=note, by=ann, at=after(hours=3))
    undo_ticket_merge(merge=merge, by=ann, at=after(hours=4))
    assert kept.messages.filter(body="And?").exists()
    assert [message.body for message in gone.messages.all()] == ["Water everywhere."]
    assert new.messages.get() == note


def test_a_late_reply_of_the_other_is_late_no_more_once_it_is_parted(
    pair: tuple[Ticket, Ticket], acme: Customer, queue: Queue, ann: User
) -> None:
    kept = pair[0]
    old = a_ticket(acme, queue, subject="Old", at=after(days=-5))
    merge = merge_tickets(kept=kept, gone=old, by=ann, at=after(hours=2))
    kept.refresh_from_db()
    assert kept.first_reply_breached_at is not None
    undo_ticket_merge(merge=merge, by=ann, at=after(hours=3))
    late = dict(Ticket.objects.values_list("pk", "first_reply_breached_at"))
    assert late[kept.pk] is None and late[old.pk] is not None
    assert not TicketEvent.objects.filter(ticket=kept, kind="breached").exists()


def test_time_goes_on_as_if_it_had_never_been_away(pair: tuple[Ticket, Ticket], ann: User) -> None:
    gone = pair[1]
    undo_ticket_merge(merge=merged(pair, ann), by=ann, at=after(days=1))
    solve_ticket(ticket=gone, by=ann, at=after(days=1, hours=1))
    assert (gone.reopen_count, gone.solved_at) == (0, after(days=1, hours=1))
    # 10:10 to 18:00 less an hour at noon, and 9:00 to 11:00, in London
    assert gone.resolution_seconds is not None and gone.resolution_seconds > 8 * 3600


def test_it_is_undone_once_and_from_the_outside_in(
    pair: tuple[Ticket, Ticket], acme: Customer, queue: Queue, ann: User
) -> None:
    inner = merged(pair, ann)
    outer = merge_tickets(kept=a_ticket(acme, queue), gone=pair[0], by=ann, at=after(hours=2))
    with pytest.raises(CannotUnmerge, match="merged itself since"):
        undo_ticket_merge(merge=inner, by=ann, at=after(hours=3))
    for merge in (outer, inner):
        undo_ticket_merge(merge=TicketMerge.objects.get(pk=merge.pk), by=ann, at=after(hours=3))
    with pytest.raises(CannotUnmerge, match="undone before"):
        undo_ticket_merge(merge=inner, by=ann, at=after(hours=3))


def test_other_customers_only_when_it_is_meant(
    pair: tuple[Ticket, Ticket], wang: Customer, queue: Queue, ann: User
) -> None:
    other = a_ticket(wang, queue)
    with pytest.raises(OtherCustomer):
        merge_tickets(kept=pair[0], gone=other, by=ann, at=after(hours=2))
    merge_tickets(kept=pair[0], gone=other, by=ann, at=after(hours=2), across_customers=True)
    assert not facts_about(other)


def test_neither_itself_nor_a_final_one(pair: tuple[Ticket, Ticket], ann: User) -> None:
    kept, gone = pair
    with pytest.raises(TicketsCannotMerge):
        merge_tickets(kept=kept, gone=Ticket.objects.get(pk=kept.pk), by=ann, at=after(hours=2))
    solve_ticket(ticket=kept, by=ann, at=after(hours=2))
    close_ticket(ticket=kept, by=ann, at=after(hours=2))
    with pytest.raises(TicketIsFinal):
        merge_tickets(kept=kept, gone=gone, by=ann, at=after(hours=2))
    with pytest.raises(IllegalTransition):
        merge_tickets(kept=gone, gone=kept, by=ann, at=after(hours=2))
    merge = merge_tickets(kept=gone, gone=a_ticket(kept.customer, kept.queue), by=ann, at=after(hours=2))
    with pytest.raises(IllegalTransition):
        merge_tickets(kept=gone, gone=merge.gone, by=ann, at=after(hours=2))


def test_no_circle_of_parts_comes_of_it(acme: Customer, queue: Queue, ann: User) -> None:
    top, middle, low = (a_ticket(acme, queue, subject=name) for name in "ABC")
    set_parent(ticket=middle, parent=top, by=ann, at=NOW)
    set_parent(ticket=low, parent=middle, by=ann, at=NOW)
    merge = merge_tickets(kept=low, gone=top, by=ann, at=NOW)
    assert dict(Ticket.objects.values_list("pk", "parent")) == {top.pk: None, middle.pk: None, low.pk: middle.pk}
    undo_ticket_merge(merge=merge, by=ann, at=NOW)
    assert dict(Ticket.objects.values_list("pk", "parent")) == {top.pk: None, middle.pk: top.pk, low.pk: middle.pk}
