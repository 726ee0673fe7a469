import pytest

from customers.models import Customer, StaleVersion, Team, User
from services.models import Calendar, Queue, SLAPolicy, SLATarget, Ticket
from services.operations.assign_ticket import assign_ticket
from services.operations.change_priority import TicketIsSolved
from services.operations.change_queue import change_queue
from services.operations.close_ticket import close_ticket
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import TicketIsFinal
from services.tests.operations.desk import a_ticket, after


@pytest.fixture
def repairs(south: Team) -> Queue:
    """South's queue: a first reply within a minute of an office that never closes."""
    always = Calendar.objects.create(
        name="Always", time_zone="UTC", hours={str(day): [["00:00", "24:00"]] for day in range(7)}
    )
    queue = Queue.objects.create(name="Repairs", team=south, calendar=always)
    quick = SLAPolicy.objects.create(name="Quick", position=1, queue=queue)
    SLATarget.objects.create(policy=quick, priority=2, first_reply_minutes=1)
    return queue


def test_team_and_policy_follow(acme: Customer, queue: Queue, repairs: Queue, ann: User, otto: User) -> None:
    ticket = a_ticket(acme, queue)
    change_queue(ticket=ticket, to=repairs, by=ann, at=after(hours=1))
    row = Ticket.objects.get()
    assert (row.queue, row.team, row.policy and row.policy.name) == (repairs, repairs.team, "Quick")
    assert row.first_reply_breached_at == after(minutes=1)
    assert (row.resolution_due_at, row.version) == (None, 2)
    event = row.events.get(kind="queue")
    assert (event.data["old"], event.data["new"], event.actor) == (queue.pk, repairs.pk, ann)
    assert Ticket.objects.visible_to(otto).exists() and not Ticket.objects.visible_to(ann).exists()


def test_what_was_late_stays_late(acme: Customer, queue: Queue, repairs: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    change_queue(ticket=ticket, to=repairs, by=ann, at=after(hours=1))
    change_queue(ticket=ticket, to=queue, by=ann, at=after(hours=2))
    assert Ticket.objects.get().first_reply_breached_at == after(minutes=1)


def test_its_assignee_goes_on_seeing_it(acme: Customer, queue: Queue, repairs: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    assign_ticket(ticket=ticket, to=ann.agent, by=ann, at=after())
    change_queue(ticket=ticket, to=repairs, by=ann, at=after(hours=1))
    assert Ticket.objects.visible_to(ann).exists()


def test_the_queue_that_it_has_changes_nothing(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    assert change_queue(ticket=ticket, to=queue, by=ann, at=after()).version == 1
    with pytest.raises(StaleVersion):
        change_queue(ticket=ticket, to=queue, by=ann, at=after(), expected_version=9)


def test_what_is_solved_or_closed_stays(acme: Customer, queue: Queue, repairs: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    with pytest.raises(TicketIsSolved):
        change_queue(ticket=ticket, to=repairs, by=ann, at=after(hours=2))
    close_ticket(ticket=ticket, by=ann, at=after(hours=1))
    with pytest.raises(TicketIsFinal):
        change_queue(ticket=ticket, to=repairs, by=ann, at=after(hours=2))
