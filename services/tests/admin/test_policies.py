"""The page of a policy: its conditions, its targets, its steps, and its place in the order."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Segment, User
from services.models import Agent, Queue, SLAPolicy
from tests.cast import NOW


@pytest.fixture
def office(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def form(**more: Any) -> dict[str, Any]:
    return {
        "name": "Gold",
        "position": 1,
        "is_active": "on",
        "targets-TOTAL_FORMS": 1,
        "targets-INITIAL_FORMS": 0,
        "targets-0-priority": 4,
        "targets-0-next_reply_minutes": 30,
        "steps-TOTAL_FORMS": 1,
        "steps-INITIAL_FORMS": 0,
        "steps-0-clock": "next_reply",
        "steps-0-minutes": -10,
        "steps-0-action": "notify",
        **more,
    }


def test_a_policy_is_written_with_its_conditions_targets_and_steps(office: Client, queue: Queue) -> None:
    segment = Segment.objects.create(name="Gold customers", definition={}, created_at=NOW)
    conditions = {"queue": queue.pk, "priority": 4, "segment": segment.pk}
    response = office.post(reverse("admin:services_slapolicy_add"), form(**conditions))
    assert response.status_code == 302, response.context["errors"]
    policy = SLAPolicy.objects.get(name="Gold")
    assert (policy.queue, policy.priority, policy.segment) == (queue, 4, segment)
    [step] = policy.steps.all()
    assert (step.clock, step.minutes, step.action, step.agent) == ("next_reply", -10, "notify", None)
    listed = office.get(reverse("admin:services_slapolicy_changelist")).content.decode()
    assert "North support · Urgent · Gold customers" in listed


def test_a_step_that_is_years_away_is_refused(office: Client, db: None) -> None:
    response = office.post(reverse("admin:services_slapolicy_add"), form(**{"steps-0-minutes": 10**7}))
    assert response.status_code == 200 and "At most a year before or after." in response.content.decode()
    assert not SLAPolicy.objects.filter(name="Gold").exists()


def test_a_step_names_an_agent_who_takes_tickets(office: Client, ann: User) -> None:
    Agent.objects.update(is_active=False)
    step = {"steps-0-action": "reassign", "steps-0-agent": ann.agent.pk}
    office.post(reverse("admin:services_slapolicy_add"), form(**step))
    assert not SLAPolicy.objects.filter(name="Gold").exists()
    Agent.objects.update(is_active=True)
    office.post(reverse("admin:services_slapolicy_add"), form(**step))
    assert SLAPolicy.objects.get(name="Gold").steps.get().agent == ann.agent


def test_the_order_is_changed_in_the_list(office: Client, db: None) -> None:
    first, second = (SLAPolicy.objects.create(name=name, position=n) for n, name in ((1, "A"), (2, "B")))
    SLAPolicy.objects.exclude(pk__in=[first.pk, second.pk]).delete()
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    for number, policy in enumerate([first, second]):
        data |= {f"form-{number}-id": policy.pk, f"form-{number}-position": 3 - number}
    response = office.post(reverse("admin:services_slapolicy_changelist"), data)
    assert response.status_code == 302
    assert list(SLAPolicy.objects.values_list("name", "position")) == [("B", 2), ("A", 3)]


def test_a_row_that_is_deleted_twice_is_deleted(office: Client, db: None) -> None:
    """As the naughty strings found it: two lines of the form with the key of one row."""
    policy = SLAPolicy.objects.create(name="Silver", position=1)
    target = policy.targets.create(priority=4, next_reply_minutes=30)
    data = form(name="Silver", **{"targets-TOTAL_FORMS": 2, "targets-INITIAL_FORMS": 2, "steps-TOTAL_FORMS": 0})
    for number in (0, 1):
        row = {"id": target.pk, "priority": 4, "next_reply_minutes": 30, "DELETE": "on"}
        data |= {f"targets-{number}-{name}": value for name, value in row.items()}
    data |= {"seen_version": policy.version}
    response = office.post(reverse("admin:services_slapolicy_change", args=[policy.pk]), data)
    assert response.status_code == 302, response.context["errors"]
    assert not policy.targets.exists()
