"""Another priority, queue or service type is another promise; what was missed stays missed."""

from customers.models import Customer, User
from services.choices import EventKind, Priority
from services.models import Queue, ServiceType, SLAPolicy, Ticket
from services.operations.change_priority import change_priority
from services.operations.revise_ticket import revise_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after


def quick_policy(**conditions: object) -> SLAPolicy:
    """The first to be tried: five minutes to reply at normal and urgent priority."""
    policy = SLAPolicy.objects.create(name="Quick", position=1, **conditions)
    for priority in (Priority.NORMAL, Priority.URGENT):
        policy.targets.create(priority=priority, first_reply_minutes=5)
    return policy


def test_a_new_priority_is_matched_anew(acme: Customer, queue: Queue, ann: User) -> None:
    quick = quick_policy(priority=Priority.URGENT)
    ticket = a_ticket(acme, queue)
    assert ticket.policy != quick
    change_priority(ticket=ticket, to=Priority.URGENT, by=ann, at=after(minutes=1))
    assert (ticket.policy, ticket.first_reply_due_at, ticket.resolution_due_at) == (quick, after(minutes=5), None)
    event = ticket.events.get(kind=EventKind.PRIORITY)
    assert event.data == {"old": Priority.NORMAL, "new": Priority.URGENT, "policy": quick.pk}
    stored = Ticket.objects.get(pk=ticket.pk)
    assert (stored.policy, stored.first_reply_due_at) == (quick, after(minutes=5))


def test_what_was_missed_under_the_old_policy_stays_missed(acme: Customer, queue: Queue, ann: User) -> None:
    quick_policy(priority=Priority.URGENT)
    ticket = a_ticket(acme, queue, priority=Priority.URGENT)
    change_priority(ticket=ticket, to=Priority.LOW, by=ann, at=after(minutes=6))
    assert ticket.first_reply_breached_at == after(minutes=5)
    assert ticket.first_reply_due_at is not None and ticket.first_reply_due_at > after(minutes=6)
    told = ticket.events.get(kind=EventKind.BREACHED)
    assert told.data == {"clock": "first_reply", "since": after(minutes=5).isoformat()}


def test_another_service_type_is_matched_anew_and_told(acme: Customer, queue: Queue, ann: User) -> None:
    repair = ServiceType.objects.get(code="repair")
    quick = quick_policy(service_type=repair)
    ticket = a_ticket(acme, queue)
    revise_ticket(ticket=ticket, changes={"service_type": repair, "subject": "Broken"}, by=ann, at=after(minutes=1))
    ticket.refresh_from_db()
    assert (ticket.policy, ticket.subject, ticket.version) == (quick, "Broken", 2)
    assert ticket.first_reply_due_at == after(minutes=5)
    event = ticket.events.get(kind=EventKind.SERVICE_TYPE)
    assert event.data == {"old": None, "new": repair.pk, "policy": quick.pk}


def test_a_correction_of_the_subject_moves_no_clock(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    quick_policy()
    revise_ticket(ticket=ticket, changes={"subject": "Broken"}, by=ann, at=after(minutes=1), expected_version=1)
    assert (ticket.policy.name, ticket.version, ticket.events.count()) == ("Standard", 2, 1)  # type: ignore[union-attr]


def test_a_solved_ticket_keeps_the_policy_it_was_solved_under(acme: Customer, queue: Queue, ann: User) -> None:
    repair = ServiceType.objects.get(code="repair")
    ticket = solve_ticket(ticket=a_ticket(acme, queue), by=ann, at=after(minutes=1))
    quick_policy(service_type=repair)
    revise_ticket(ticket=ticket, changes={"service_type": repair}, by=ann, at=after(minutes=2))
    assert ticket.policy is not None and ticket.policy.name == "Standard"


def test_a_ticket_of_another_system_without_our_policies_stays_without(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    Ticket.objects.filter(pk=ticket.pk).update(source="zendesk", source_id="1", policy=None)
    change_priority(ticket=ticket, to=Priority.URGENT, by=ann, at=after(minutes=1))
    assert ticket.policy is None and ticket.first_reply_due_at is None
