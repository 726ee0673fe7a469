import pytest

from customers.models import Customer, StaleVersion, User
from services.models import Queue, Ticket, TicketLink
from services.operations.link_tickets import LinkRefused, link_tickets
from services.operations.merge_tickets import merge_tickets
from services.operations.unlink_tickets import unlink_tickets
from services.tests.operations.desk import a_ticket, after


@pytest.fixture
def three(acme: Customer, queue: Queue) -> list[Ticket]:
    return [a_ticket(acme, queue, subject=name) for name in "ABC"]


def link(one: Ticket, two: Ticket, kind: str = "related", expected_version: int | None = None) -> TicketLink:
    return link_tickets(
        from_ticket=one, to_ticket=two, kind=kind, by=None, at=after(hours=1), expected_version=expected_version
    )


def test_both_histories_tell_of_it(three: list[Ticket]) -> None:
    one, two, _ = three
    link(one, two, "incident")
    told = [ticket.events.get(kind="linked").data for ticket in (one, two)]
    assert told == [
        {"link": "incident", "other": two.pk, "number": two.number, "inverse": False},
        {"link": "incident", "other": one.pk, "number": one.number, "inverse": True},
    ]


def test_what_is_related_is_so_both_ways_and_once(three: list[Ticket]) -> None:
    one, two, _ = three
    assert link(one, two) == link(two, one) == link(one, two)
    assert link(one, two, "incident") != link(two, one)
    assert one.events.filter(kind="linked").count() == 2


def test_a_problem_is_no_incident_and_an_incident_no_problem(three: list[Ticket]) -> None:
    one, two, other = three
    link(one, two, "incident")
    with pytest.raises(LinkRefused, match="is the problem behind others"):
        link(two, other, "incident")
    with pytest.raises(LinkRefused, match="is an incident itself"):
        link(other, one, "incident")
    assert TicketLink.objects.count() == 1


def test_neither_itself_nor_a_merged_one(three: list[Ticket], ann: User) -> None:
    one, two, other = three
    with pytest.raises(LinkRefused):
        link(one, Ticket.objects.get(pk=one.pk))
    merge_tickets(kept=two, gone=other, by=ann, at=after(hours=1))
    with pytest.raises(LinkRefused, match="was merged"):
        link(one, other)


def test_a_stale_link_is_refused(three: list[Ticket]) -> None:
    with pytest.raises(StaleVersion):
        link(three[0], three[1], expected_version=9)


def test_it_is_taken_away_once(three: list[Ticket]) -> None:
    one, two, _ = three
    made = link(one, two)
    again = TicketLink.objects.get(pk=made.pk)
    for row in (made, again):
        unlink_tickets(link=row, by=None, at=after(hours=2))
    assert not TicketLink.objects.exists()
    assert [ticket.events.filter(kind="unlinked").count() for ticket in (one, two)] == [1, 1]
