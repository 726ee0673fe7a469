"""Two beats at once, each with a connection of its own: every breach and every step once, whatever the order."""

from functools import partial

import pytest

from customers.models import Customer, User
from services.choices import EventKind, Priority
from services.models import Agent, Escalation, EscalationStep, Notification, Queue, SLAPolicy, Ticket, TicketEvent
from services.operations.change_priority import change_priority
from services.operations.escalate import escalate
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.tick import tick
from services.tests.operations.desk import a_ticket, after
from tests.cast import make_user
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

TICKETS = 8
LATE = after(hours=7)


@pytest.fixture
def late(acme: Customer, queue: Queue, ann: User, north: object) -> list[Ticket]:
    """Tickets whose first reply is an hour late, and a policy that then tells, raises and reassigns."""
    lea = Agent.objects.create(user=make_user("lea", north), name="Lea")  # type: ignore[arg-type]
    policy = SLAPolicy.objects.get(name="Standard")
    for action in ("notify", "raise_priority", "reassign"):
        agent = lea if action == "reassign" else None
        EscalationStep.objects.create(policy=policy, clock="first_reply", minutes=60, action=action, agent=agent)
    mine = ann.agent
    return [a_ticket(acme, queue, assignee=mine) for _number in range(TICKETS)]


def test_two_beats_do_everything_once(late: list[Ticket]) -> None:
    at_once(partial(tick, at=LATE), partial(tick, at=LATE))
    tick(at=LATE)  # where a database let one of the two wait in vain, the next beat makes up for it
    assert Escalation.objects.count() == 3 * TICKETS
    kinds = TicketEvent.objects.filter(kind__in=[EventKind.BREACHED, EventKind.ESCALATED, EventKind.PRIORITY])
    for ticket in late:
        told = list(kinds.filter(ticket=ticket).values_list("kind", flat=True))
        assert sorted(told) == ["breached", "escalated", "escalated", "escalated", "priority"]
        ticket.refresh_from_db()
        assert (ticket.priority, ticket.assignee.name) == (Priority.HIGH, "Lea")  # type: ignore[union-attr]
    told_to_ann = Notification.objects.filter(kind="breach")
    assert told_to_ann.count() == 2 * TICKETS  # of the breach, and by the step


def test_beats_and_agents_meet_without_harm(late: list[Ticket], ann: User) -> None:
    def reply() -> None:
        for ticket in late[::2]:
            reply_to_ticket(ticket=Ticket.objects.get(pk=ticket.pk), body="Here", by=ann, at=LATE)

    def lower() -> None:
        for ticket in reversed(late):
            change_priority(ticket=Ticket.objects.get(pk=ticket.pk), to=Priority.LOW, by=ann, at=LATE)

    outcomes = at_once(partial(escalate, at=LATE), reply, partial(escalate, at=LATE), lower)
    escalate(at=LATE)
    unlucky = [one for one in outcomes if isinstance(one, Exception) and "lock" not in str(one).lower()]
    assert not unlucky
    taken = Escalation.objects.values_list("ticket", "step")
    assert len(taken) == len(set(taken))
    for ticket in late:
        raised = TicketEvent.objects.filter(ticket=ticket, kind=EventKind.PRIORITY, actor=None).count()
        assert raised == Escalation.objects.filter(ticket=ticket, step__action="raise_priority").count()
