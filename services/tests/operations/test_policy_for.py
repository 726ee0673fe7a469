"""Which policy is taken: an ordered match over queue, priority, service type and segment."""

from typing import Any

import pytest

from customers.models import Customer, Segment
from customers.operations.create_segment import create_segment
from services.choices import Priority
from services.models import Queue, ServiceType, SLAPolicy
from services.operations.policy_for import PolicyMatch, policy_for
from services.tests.operations.desk import a_ticket, after
from tests.cast import NOW


@pytest.fixture
def british(db: None) -> Segment:
    """Everybody in Great Britain: Acme, not Wang."""
    asked = {"fact": "country", "op": "is", "value": "GB"}
    return create_segment(name="British", definition={"groups": [{"conditions": [asked]}]}, owner=None, at=NOW)


def policy_of(queue: Queue, customer: Customer, **more: Any) -> str:
    given = {"priority": Priority.NORMAL, "service_type": None, **more}
    policy = policy_for(queue=queue, customer=customer, at=after(), **given)
    return policy.name if policy else ""


def test_the_first_matching_active_policy_is_taken(acme: Customer, queue: Queue) -> None:
    repair = ServiceType.objects.get(code="repair")
    SLAPolicy.objects.create(name="Off", position=1, is_active=False)
    SLAPolicy.objects.create(name="Another queue", position=2, queue=Queue.objects.get(name="Support"))
    SLAPolicy.objects.create(name="Repairs here", position=3, queue=queue, service_type=repair)
    assert policy_of(queue, acme, service_type=repair) == "Repairs here"
    assert policy_of(queue, acme) == "Standard"


def test_a_priority_is_a_condition(acme: Customer, queue: Queue) -> None:
    SLAPolicy.objects.create(name="Urgent", position=1, priority=Priority.URGENT)
    assert policy_of(queue, acme) == "Standard"
    assert policy_of(queue, acme, priority=Priority.URGENT) == "Urgent"
    assert a_ticket(acme, queue, priority=Priority.URGENT).policy.name == "Urgent"  # type: ignore[union-attr]


def test_all_conditions_must_be_met(acme: Customer, queue: Queue, british: Segment) -> None:
    SLAPolicy.objects.create(name="Both", position=1, priority=Priority.URGENT, segment=british)
    assert policy_of(queue, acme) == "Standard"
    assert policy_of(queue, acme, priority=Priority.URGENT) == "Both"


def test_a_segment_is_met_by_the_customer_or_the_requester(
    acme: Customer, wang: Customer, queue: Queue, british: Segment
) -> None:
    SLAPolicy.objects.create(name="Gold", position=1, segment=british)
    assert policy_of(queue, acme) == "Gold"
    assert policy_of(queue, wang) == "Standard"
    assert policy_of(queue, wang, requester=acme) == "Gold"


def test_a_segment_is_asked_as_it_is_now(acme: Customer, queue: Queue, british: Segment) -> None:
    SLAPolicy.objects.create(name="Gold", position=1, segment=british)
    Customer.objects.filter(pk=acme.pk).update(country="FR")
    assert policy_of(queue, acme) == "Standard"


def test_a_segment_that_cannot_be_asked_any_more_matches_nobody(
    acme: Customer, queue: Queue, british: Segment, caplog: pytest.LogCaptureFixture
) -> None:
    SLAPolicy.objects.create(name="Gold", position=1, segment=british)
    Segment.objects.update(definition={"groups": [{"conditions": [{"fact": "gone", "op": "is", "value": 1}]}]})
    assert policy_of(queue, acme) == "Standard"
    assert f"segment {british.pk} cannot be asked" in caplog.text


def test_no_policy_is_none(acme: Customer, queue: Queue) -> None:
    SLAPolicy.objects.update(is_active=False)
    assert policy_of(queue, acme) == ""


def test_many_tickets_cost_no_more_queries_than_one(
    acme: Customer, wang: Customer, queue: Queue, british: Segment, django_assert_num_queries: Any
) -> None:
    SLAPolicy.objects.create(name="Gold", position=1, segment=british)
    match = PolicyMatch([acme.pk, wang.pk], at=after())

    def name(customer: Customer) -> str:
        found = match.find(queue_id=queue.pk, priority=2, service_type_id=None, parties=[customer.pk])
        return found.name if found else ""

    assert name(acme) == "Gold"
    with django_assert_num_queries(0):
        assert [name(customer) for customer in (wang, acme, wang)] == ["Standard", "Gold", "Standard"]
