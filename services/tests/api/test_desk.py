from typing import Any

import pytest

from customers.models import Segment, Team, User
from services.models import Calendar, Queue, ServiceType, SLAPolicy
from tests.cast import NOW, make_user
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(north: Team) -> User:
    """The lead of North."""
    return make_user("lead", north, role="Lead")


def test_a_lead_makes_a_queue_of_their_team(lead: User, north: Team, south: Team) -> None:
    calendar = Calendar.objects.get(name="Office hours")
    client, data = as_user(lead), {"name": "二线", "calendar": calendar.pk}
    assert client.post(url("queues/"), {**data, "team": south.pk}).status_code == 400
    made = client.post(url("queues/"), {**data, "team": north.pk})
    assert made.status_code == 201, made.content
    path = url(f"queues/{made.json()['id']}/")
    changed = client.patch(path, {"typical_reply_seconds": 60}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["typical_reply_seconds"]) == (200, 60)
    assert client.delete(path, headers={"If-Match": "*"}).status_code == 403


def test_an_agent_only_reads(ann: User, queue: Queue) -> None:
    client = as_user(ann)
    assert queue.pk in ids(client.get(url("queues/")))
    assert client.patch(url(f"queues/{queue.pk}/"), {"name": "x"}, headers={"If-Match": "*"}).status_code == 403


def test_a_lead_keeps_policies_with_their_targets(lead: User, queue: Queue) -> None:
    client = as_user(lead)
    targets = [{"priority": 4, "first_reply_minutes": 15}, {"priority": 2, "resolution_minutes": 600}]
    made = client.post(url("sla-policies/"), {"name": "Gold", "queue": queue.pk, "targets": targets})
    assert made.status_code == 201, made.content
    path = url(f"sla-policies/{made.json()['id']}/")
    assert [target["priority"] for target in made.json()["targets"]] == [4, 2]
    fewer = client.patch(path, {"targets": [{"priority": 4, "first_reply_minutes": 10}]}, headers={"If-Match": '"1"'})
    assert fewer.status_code == 200, fewer.content
    assert [(t["priority"], t["first_reply_minutes"]) for t in fewer.json()["targets"]] == [(4, 10)]
    assert client.patch(path, {"targets": []}, headers={"If-Match": '"1"'}).status_code == 412
    renamed = client.patch(path, {"name": "Silver"}, headers={"If-Match": '"2"'})
    assert (renamed.json()["name"], len(renamed.json()["targets"])) == ("Silver", 1)


@pytest.mark.parametrize(
    "targets",
    [
        [{"priority": 4}, {"priority": 4}],
        [{"priority": 4, "first_reply_minutes": 0}],
        [{"priority": 4, "first_reply_minutes": 10**12}],
        [{"priority": 5}],
        [{"priority": 4, "colour": "red"}],
        "none",
    ],
)
def test_targets_that_are_not_right_are_refused(lead: User, targets: Any) -> None:
    response = as_user(lead).post(url("sla-policies/"), {"name": "Gold", "targets": targets})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["targets"])
    assert not SLAPolicy.objects.filter(name="Gold").exists()


def test_service_types_are_found_by_code(ann: User) -> None:
    repair = ServiceType.objects.get(code="repair")
    assert ids(as_user(ann).get(url("service-types/?code=repair"))) == [repair.pk]


@pytest.mark.parametrize("count", [3, 50])
@pytest.mark.parametrize("path", ["queues/", "sla-policies/", "service-types/"])
def test_a_list_costs_the_same_however_long(
    ann: User, north: Team, queue: Queue, path: str, count: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(count):
        Queue.objects.create(name=f"Q{n}", team=north, calendar=queue.calendar)
        ServiceType.objects.create(code=f"s{n}", name=f"S{n}")
        SLAPolicy.objects.create(name=f"P{n}").targets.create(priority=4, first_reply_minutes=5)
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url(path)))) >= count


def test_a_policy_has_conditions_and_steps(lead: User, queue: Queue, ann: User) -> None:
    client, agent = as_user(lead), ann.agent.pk
    steps = [
        {"clock": "resolution", "minutes": -30, "action": "notify"},
        {"clock": "resolution", "minutes": 60, "action": "reassign", "agent": agent},
    ]
    data = {"name": "Gold", "queue": queue.pk, "priority": 4, "steps": steps}
    made = client.post(url("sla-policies/"), data)
    assert made.status_code == 201, made.content
    assert (made.json()["priority"], made.json()["segment"]) == (4, None)
    assert [(s["minutes"], s["agent"]) for s in made.json()["steps"]] == [(-30, None), (60, agent)]
    before = list(SLAPolicy.objects.get(name="Gold").steps.values_list("pk", flat=True))
    path = url(f"sla-policies/{made.json()['id']}/")
    fewer = client.patch(path, {"steps": steps[:1]}, headers={"If-Match": '"1"'})
    assert len(fewer.json()["steps"]) == 1
    # a step that stays is the same row, which remembers the tickets that it was taken for
    assert SLAPolicy.objects.get(name="Gold").steps.get().pk == before[0]


@pytest.mark.parametrize(
    "step",
    [
        {"clock": "resolution", "minutes": 0, "action": "explode"},
        {"clock": "resolution", "minutes": 10**7, "action": "notify"},
        {"clock": "sundial", "minutes": 0, "action": "notify"},
        {"clock": "resolution", "minutes": 0, "action": "notify", "agent": 10**6},
    ],
)
def test_steps_that_are_not_right_are_refused(lead: User, step: dict[str, Any]) -> None:
    response = as_user(lead).post(url("sla-policies/"), {"name": "Gold", "steps": [step]})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["steps"])
    assert not SLAPolicy.objects.filter(name="Gold").exists()


def test_a_segment_out_of_sight_is_no_condition(lead: User, otto: User) -> None:
    hidden = Segment.objects.create(name="Otto's", definition={}, owner=otto, is_shared=False, created_at=NOW)
    response = as_user(lead).post(url("sla-policies/"), {"name": "Gold", "segment": hidden.pk})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["segment"])
