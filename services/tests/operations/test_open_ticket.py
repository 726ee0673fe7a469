import pytest
from django.utils import timezone

from customers.models import Customer, Observation, User
from services.choices import Priority
from services.models import Agent, Queue, SLAPolicy, SLATarget
from services.operations.assign_ticket import AgentTakesNoTickets
from services.operations.open_ticket import open_ticket
from services.tests.operations.desk import a_ticket, after, facts_about
from tests.cast import NOW


def test_it_gives_a_number_and_the_queues_team(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue)
    ticket.refresh_from_db()
    assert ticket.number == f"T-{ticket.pk:06d}"
    assert ticket.team == queue.team
    assert (ticket.status, ticket.version, ticket.created_at) == ("new", 1, NOW)


def test_the_body_is_the_first_message_of_the_requester(acme: Customer, wang: Customer, queue: Queue) -> None:
    message = a_ticket(acme, queue, requester=wang).messages.get()
    assert (message.customer, message.author, message.direction) == (wang, None, "inbound")


def test_without_a_body_there_is_no_message_but_the_clock_runs(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue, body="")
    assert not ticket.messages.exists()
    assert ticket.first_reply_due_at == after(hours=5)  # four business hours and the lunch break
    assert [event.kind for event in ticket.events.all()] == ["opened"]


def test_the_customer_waits_from_now_on(acme: Customer, wang: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue, requester=wang)
    fact = facts_about(ticket)["Time to reply"]
    assert (fact.value, fact.reference, fact.at, fact.due_at) == (None, 4 * 3600, NOW, after(hours=5))
    assert set(Observation.objects.values_list("customer_id", flat=True)) == {acme.pk, wang.pk}


def test_a_target_used_up_as_the_office_closes_counts_from_the_next_opening(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue, priority=Priority.HIGH, at=after(hours=1.5))  # an hour before lunch
    assert ticket.first_reply_due_at == after(hours=2.5)
    assert facts_about(ticket)["Time to reply"].due_at == after(hours=3.5)


def test_without_a_policy_the_queue_says_what_is_typical(acme: Customer, queue: Queue) -> None:
    SLAPolicy.objects.all().delete()
    queue.typical_reply_seconds = 3600
    queue.save()
    ticket = a_ticket(acme, queue)
    assert (ticket.policy, ticket.first_reply_due_at, ticket.resolution_due_at) == (None, None, None)
    assert facts_about(ticket)["Time to reply"].due_at == after(hours=1)


def test_the_customer_as_own_requester_counts_once(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue, requester=acme)
    assert ticket.requester is None
    assert Observation.objects.count() == 1


def test_a_calendar_that_never_opens_makes_nothing_due(acme: Customer, queue: Queue) -> None:
    queue.calendar.hours = {}
    queue.calendar.save()
    ticket = a_ticket(acme, queue)
    assert (ticket.first_reply_due_at, ticket.resolution_due_at) == (None, None)
    assert SLATarget.objects.filter(policy=ticket.policy).exists()


def test_it_refuses_an_assignee_who_is_away(acme: Customer, queue: Queue, ann: User) -> None:
    Agent.objects.update(is_active=False)
    with pytest.raises(AgentTakesNoTickets):
        a_ticket(acme, queue, assignee=Agent.objects.get())
    assert not queue.tickets.exists()


def test_it_makes_the_score_stale(acme: Customer, queue: Queue) -> None:
    before = acme.activity_version
    open_ticket(customer=acme, subject="Hello", queue=queue, by=None, at=timezone.now())
    acme.refresh_from_db()
    assert acme.activity_version == before + 1
