from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Segment, Team, User
from services.models import Agent, AssignmentRule, Queue, ServiceType, Skill
from services.operations.close_ticket import close_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.agents import a_rule, an_agent, decision
from services.tests.operations.desk import a_ticket, after
from tests.cast import make_user
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(north: Team) -> User:
    return make_user("lead", north, role="Lead")


def test_a_lead_keeps_rules_with_their_agents_and_skills(lead: User, ann: User, queue: Queue) -> None:
    client, skill = as_user(lead), Skill.objects.create(name="French")
    data = {"name": "North", "queue": queue.pk, "method": "round_robin", "agents": [ann.agent.pk], "skills": [skill.pk]}
    made = client.post(url("assignment-rules/"), data)
    assert made.status_code == 201, made.content
    assert made.json()["agents"] == [ann.agent.pk] and made.json()["skills"] == [skill.pk]
    path = url(f"assignment-rules/{made.json()['id']}/")
    changed = client.patch(path, {"agents": [], "position": 5}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["agents"], changed.json()["skills"]) == (200, [], [skill.pk])
    assert client.patch(path, {"skills": []}, headers={"If-Match": '"1"'}).status_code == 412
    assert AssignmentRule.objects.get().skills.count() == 1


def test_a_rule_for_a_certain_agent_names_them(lead: User) -> None:
    response = as_user(lead).post(url("assignment-rules/"), {"name": "X", "method": "agent"})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["agent"])


def test_a_rule_names_only_segments_in_sight(lead: User, ann: User) -> None:
    private = Segment.objects.create(name="Ann's", definition={}, owner=ann, is_shared=False)
    response = as_user(lead).post(url("assignment-rules/"), {"name": "X", "segment": private.pk})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["segment"])


def test_the_rules_are_asked_about_a_ticket(ann: User, acme: Customer, queue: Queue, north: Team) -> None:
    bea = an_agent("Bea", north)
    ticket = a_ticket(acme, queue, assignee=ann.agent)
    a_rule()
    path = url(f"tickets/{ticket.pk}/assign-by-rules/")
    client = as_user(ann)
    assert client.post(path, headers={"If-Match": '"7"'}).status_code == 412
    response = client.post(path, headers={"If-Match": '"1"'})
    assert (response.status_code, response.json()["assignee"], response["ETag"]) == (200, bea.pk, '"2"')
    assert decision(ticket)["reason"] == "asked"
    solve_ticket(ticket=ticket, by=None, at=after())
    close_ticket(ticket=ticket, by=None, at=after())
    assert (client.post(path).status_code, client.post(path).json()["code"]) == (409, "ticket_is_final")


def test_an_agent_goes_away_and_comes_back(ann: User, acme: Customer, queue: Queue, north: Team) -> None:
    bea = an_agent("Bea", north)
    ticket = a_ticket(acme, queue, assignee=ann.agent)
    a_rule()
    client, path = as_user(ann), url(f"agents/{ann.agent.pk}/away/")
    until = (timezone.now() + timedelta(days=2)).isoformat()
    response = client.post(path, {"away_from": "2026-01-01T00:00:00Z", "away_until": until, "gives_back": True})
    assert response.status_code == 200, response.content
    assert ids(client.get(url("agents/?is_away=true"))) == [ann.agent.pk]
    assert ids(client.get(url("agents/?is_away=false"))) == [bea.pk]
    ticket.refresh_from_db()
    assert ticket.assignee == bea
    back = client.post(path, {}, headers={"If-Match": response["ETag"]})
    assert (back.json()["away_from"], back.json()["away_until"]) == (None, None)
    assert client.post(path, {}, headers={"If-Match": '"1"'}).status_code == 412


def test_only_a_lead_says_it_of_somebody_else(ann: User, lead: User, north: Team) -> None:
    bea = an_agent("Bea", north)
    path = url(f"agents/{bea.pk}/away/")
    assert as_user(ann).post(path, {"away_from": "2026-01-01T00:00:00Z"}).status_code == 403
    assert as_user(lead).post(path, {"away_from": "2026-01-01T00:00:00Z"}).status_code == 200


def test_an_end_before_the_beginning_is_refused(ann: User) -> None:
    data = {"away_from": "2026-02-01T00:00:00Z", "away_until": "2026-01-01T00:00:00Z"}
    response = as_user(ann).post(url(f"agents/{ann.agent.pk}/away/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["away_until"])


def test_a_lead_keeps_skills_of_agents_and_service_types(lead: User, ann: User) -> None:
    client = as_user(lead)
    skill = client.post(url("skills/"), {"name": "法语"}).json()["id"]
    for path in (f"agents/{ann.agent.pk}/", f"service-types/{ServiceType.objects.get(code='repair').pk}/"):
        response = client.patch(url(path), {"skills": [skill]}, headers={"If-Match": "*"})
        assert (response.status_code, response.json()["skills"]) == (200, [skill]), response.content
    assert ids(client.get(url(f"agents/?skill={skill}"))) == [ann.agent.pk]
    assert as_user(ann).patch(url(f"skills/{skill}/"), {"name": "x"}, headers={"If-Match": "*"}).status_code == 403


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("path", ["assignment-rules/", "agents/", "skills/"])
def test_a_list_costs_the_same_however_long(
    ann: User, north: Team, path: str, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        skill = Skill.objects.create(name=f"S{number}")
        an_agent(f"A{number}", north).skills.add(skill)
        a_rule(f"R{number}").skills.add(skill)
    Agent.objects.exclude(user=ann).update(capacity=3)
    client = with_token(ann)
    with django_assert_max_num_queries(9):
        assert len(ids(client.get(url(path)))) >= count
