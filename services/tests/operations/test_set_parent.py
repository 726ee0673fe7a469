import pytest

from customers.models import Customer, StaleVersion
from services.models import Queue, Ticket
from services.operations.merge_tickets import merge_tickets
from services.operations.set_parent import ParentRefused, set_parent
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import lock_tickets
from services.tests.operations.desk import a_ticket, after


@pytest.fixture
def three(acme: Customer, queue: Queue) -> list[Ticket]:
    return [a_ticket(acme, queue, subject=name) for name in "ABC"]


def put(ticket: Ticket, under: Ticket | None, expected_version: int | None = None) -> Ticket:
    return set_parent(ticket=ticket, parent=under, by=None, at=after(hours=1), expected_version=expected_version)


def test_parts_have_parts_and_histories_tell(three: list[Ticket]) -> None:
    top, middle, low = three
    put(middle, top)
    put(low, middle)
    assert list(top.children.all()) == [middle] and list(middle.children.all()) == [low]
    assert middle.events.filter(kind="linked").count() == 2
    put(middle, low.parent and None)
    middle.refresh_from_db()
    assert middle.parent is None
    assert [ticket.events.filter(kind="unlinked").count() for ticket in (top, middle)] == [1, 1]


def test_no_circle_is_closed(three: list[Ticket]) -> None:
    top, middle, low = three
    put(middle, top)
    put(low, middle)
    for ticket, under in ((top, low), (top, top), (middle, low)):
        with pytest.raises(ParentRefused):
            put(Ticket.objects.get(pk=ticket.pk), Ticket.objects.get(pk=under.pk))


def test_the_parent_that_it_has_changes_nothing(three: list[Ticket]) -> None:
    put(three[1], three[0])
    version = three[1].version
    assert put(three[1], three[0]).version == version


def test_it_moves_from_one_to_another(three: list[Ticket]) -> None:
    top, other, low = three
    put(low, top)
    put(low, other)
    assert [ticket.children.count() for ticket in (top, other)] == [0, 1]


def test_a_merged_ticket_has_no_parts(three: list[Ticket]) -> None:
    kept, gone, low = three
    merge_tickets(kept=kept, gone=gone, by=None, at=after(hours=1))
    with pytest.raises(ParentRefused):
        put(low, gone)


def test_a_parent_may_be_solved_before_its_parts(three: list[Ticket]) -> None:
    put(three[1], three[0])
    assert solve_ticket(ticket=three[0], by=None, at=after(hours=2)).status == "solved"


def test_a_stale_one_is_refused(three: list[Ticket]) -> None:
    with pytest.raises(StaleVersion):
        put(three[1], three[0], expected_version=9)


def test_a_parent_that_was_merged_meanwhile_is_refused_also_where_it_was_the_parent_before(three: list[Ticket]) -> None:
    part, gone, kept = three
    put(part, gone)
    seen = Ticket.objects.get(pk=gone.pk)  # as a page read it
    merge_tickets(kept=kept, gone=gone, by=None, at=after(hours=2))
    part.refresh_from_db()
    assert part.parent == kept
    lock_tickets(tickets=[seen, Ticket.objects.get(pk=gone.pk)])
    assert seen.status == "merged"  # two rows of one ticket are both read anew
    with pytest.raises(ParentRefused):
        put(part, seen)
