"""Rules, skills and agents in the admin: what is edited, tried and moved, and who may."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Team, User
from services.models import Agent, AssignmentRule, Queue, ServiceType, Skill, Ticket, TicketEvent
from services.operations.set_away import set_away
from services.tests.operations.agents import a_rule, an_agent, decision
from services.tests.operations.desk import a_ticket, after
from tests.cast import make_user


@pytest.fixture
def lead(client: Client, north: Team) -> Client:
    client.force_login(make_user("lead", north, role="Lead"))
    return client


@pytest.fixture
def desk(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


def rule_form(**more: Any) -> dict[str, Any]:
    return {"name": "North", "position": 10, "is_active": "on", "method": "round_robin", **more}


def test_a_rule_is_made_with_its_agents_and_skills(lead: Client, ann: User, queue: Queue) -> None:
    skill = Skill.objects.create(name="French")
    data = rule_form(queue=queue.pk, agents=[ann.agent.pk], skills=[skill.pk], priority=4, channel="phone")
    response = lead.post(reverse("admin:services_assignmentrule_add"), data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    rule = AssignmentRule.objects.get()
    assert (rule.queue, list(rule.agents.all()), list(rule.skills.all())) == (queue, [ann.agent], [skill])
    html = lead.get(reverse("admin:services_assignmentrule_changelist")).content.decode()
    assert "North support" in html and "priority Urgent" in html and "Phone" in html and "French" in html


def test_a_rule_for_a_certain_agent_must_name_them(lead: Client) -> None:
    response = lead.post(reverse("admin:services_assignmentrule_add"), rule_form(method="agent"))
    assert list(response.context["adminform"].form.errors) == ["agent"]


def test_whoever_may_not_make_rules_reads_what_they_do_and_who_makes_them(desk: Client) -> None:
    html = desk.get(reverse("admin:services_assignmentrule_changelist")).content.decode()
    assert "which agent is given a new ticket" in html and "Leads and administrators make rules" in html
    assert reverse("admin:services_assignmentrule_add") not in html


def test_a_stale_save_is_refused(lead: Client) -> None:
    rule = a_rule("Old")
    AssignmentRule.objects.update(version=2)
    response = lead.post(
        reverse("admin:services_assignmentrule_change", args=[rule.pk]), rule_form(seen_version=1, name="New")
    )
    assert response.status_code == 200 and "Somebody saved this page" in response.content.decode()
    assert AssignmentRule.objects.get().name == "Old"


def test_rules_are_moved_by_leads_alone(lead: Client, client: Client, ann: User) -> None:
    first, second = a_rule("A"), a_rule("B")
    up = reverse("admin:services_assignmentrule_move", args=[second.pk, "up"])
    assert up in lead.get(reverse("admin:services_assignmentrule_changelist")).content.decode()
    assert lead.get(up).status_code == 405
    assert lead.post(up).status_code == 302
    assert list(AssignmentRule.objects.values_list("name", flat=True)) == ["B", "A"]
    assert lead.post(up.replace("/up/", "/sideways/")).status_code == 404
    assert lead.post(up.replace(f"/{second.pk}/", "/999999/")).status_code == 404
    client.force_login(ann)
    assert client.post(reverse("admin:services_assignmentrule_move", args=[first.pk, "up"])).status_code == 403


def test_trying_says_who_would_get_it_and_why_and_writes_nothing(
    desk: Client, acme: Customer, queue: Queue, ann: User, north: Team
) -> None:
    an_agent("Full", north, capacity=0)
    set_away(agent=an_agent("Gone", north), away_from=after(days=-9), away_until=None, at=after())
    ticket = a_ticket(acme, queue)
    a_rule("Urgent ones", priority=4, position=1)
    a_rule("All the rest", position=2)
    before = (TicketEvent.objects.count(), Ticket.objects.get(pk=ticket.pk).version)
    for named in (ticket.number, str(ticket.pk)):
        html = desk.get(reverse("admin:services_assignmentrule_try"), {"ticket": named}).content.decode()
        assert "Ann would get it, by the rule “All the rest”." in html
        assert "another priority" in html and "has no room: 0 of 0 tickets" in html and ">away<" in html
    assert before == (TicketEvent.objects.count(), Ticket.objects.get(pk=ticket.pk).version)
    assert Agent.objects.filter(last_assigned_at=None).count() == 3


def test_trying_says_when_nobody_would_get_it(desk: Client, acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue)
    page = reverse("admin:services_assignmentrule_try")
    assert "no active rule is met" in desk.get(page, {"ticket": ticket.number}).content.decode()
    Agent.objects.update(capacity=0)
    a_rule("All")
    assert "“All” decides, and finds nobody" in desk.get(page, {"ticket": ticket.number}).content.decode()


def test_only_tickets_in_sight_are_tried(client: Client, acme: Customer, queue: Queue, otto: User) -> None:
    ticket = a_ticket(acme, queue)
    client.force_login(otto)
    page = reverse("admin:services_assignmentrule_try")
    assert client.get(page).status_code == 200
    for text in (ticket.number, "nonsense", "9" * 30, "\x00"):
        response = client.get(page, {"ticket": text})
        assert response.status_code == 404 and ticket.subject not in response.content.decode()


def test_an_agent_goes_away_and_comes_back(desk: Client, ann: User, acme: Customer, queue: Queue, north: Team) -> None:
    bea = an_agent("Bea", north)
    ticket = a_ticket(acme, queue, assignee=ann.agent)
    a_rule()
    page = reverse("admin:services_agent_away", args=[ann.agent.pk])
    assert page in desk.get(reverse("admin:services_agent_changelist")).content.decode()
    assert "I am away" in desk.get(page).content.decode()
    response = desk.post(page, {"version": 1, "away_until": "2099-01-01T09:00", "gives_back": "on"}, follow=True)
    html = response.content.decode()
    assert "away until" in html and "1 ticket went to somebody else." in html and "I am back" in html
    ticket.refresh_from_db()
    assert ticket.assignee == bea and decision(ticket)["reason"] == "given_back"
    html = desk.post(page, {"version": 2, "is_back": "1"}, follow=True).content.decode()
    assert "Ann: here." in html
    agent = Agent.objects.get(user=ann)
    assert (agent.away_from, agent.away_until) == (None, None)


def test_going_away_later_is_a_plan_that_can_be_taken_back(desk: Client, ann: User) -> None:
    page = reverse("admin:services_agent_away", args=[ann.agent.pk])
    html = desk.post(page, {"version": 1, "away_from": "2099-01-01T09:00"}, follow=True).content.decode()
    assert "here, away from" in html and "Take the plan back" in html
    assert Agent.objects.get(user=ann).takes_tickets(timezone.now())


@pytest.mark.parametrize(
    "data", [{"version": 1, "away_until": "2001-01-01T09:00"}, {"version": 1, "away_from": "soon"}, {"version": 7}, {}]
)
def test_an_absence_that_makes_no_sense_or_is_stale_is_refused(desk: Client, ann: User, data: dict[str, Any]) -> None:
    response = desk.post(reverse("admin:services_agent_away", args=[ann.agent.pk]), data)
    assert response.status_code == 422 or "errorlist" in response.content.decode()
    assert Agent.objects.get(user=ann).away_from is None


def test_of_others_only_a_lead_says_it(desk: Client, lead: Client, client: Client, ann: User, north: Team) -> None:
    page = reverse("admin:services_agent_away", args=[an_agent("Bea", north).pk])
    assert "They are away" in lead.get(page).content.decode()
    client.force_login(ann)
    assert client.get(page).status_code == 403 and client.post(page, {"version": 1}).status_code == 403
    assert client.get(page.replace("/away/", "0/away/")).status_code == 404


def test_agents_and_skills_are_edited_with_each_other(lead: Client, ann: User) -> None:
    skill = Skill.objects.create(name="French")
    data = {"user": ann.pk, "name": "Ann", "capacity": 7, "is_active": "on", "skills": [skill.pk], "seen_version": 1}
    page = reverse("admin:services_agent_change", args=[ann.agent.pk])
    response = lead.post(page, data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert list(Agent.objects.get(user=ann).skills.all()) == [skill]
    assert "French" in lead.get(reverse("admin:services_agent_changelist")).content.decode()
    html = lead.get(reverse("admin:services_skill_changelist")).content.decode()
    assert f"skills__id__exact={skill.pk}" in html
    assert lead.get(reverse("admin:services_agent_changelist"), {"skills__id__exact": skill.pk}).status_code == 200


def test_a_service_type_asks_for_skills(lead: Client) -> None:
    skill = Skill.objects.create(name="French")
    repair = ServiceType.objects.get(code="repair")
    data = {"name": "Repair", "code": "repair", "skills": [skill.pk], "seen_version": repair.version}
    lead.post(reverse("admin:services_servicetype_change", args=[repair.pk]), data)
    assert list(repair.skills.all()) == [skill]


def test_the_ticket_tells_why_it_was_given_to_whom(
    desk: Client, acme: Customer, queue: Queue, ann: User, north: Team
) -> None:
    bea = an_agent("Bea", north, capacity=0)
    french = Skill.objects.create(name="French")
    an_agent("Cas", north, away_from=after(days=-1), away_until=after(days=1))
    Agent.objects.filter(pk=ann.agent.pk).update(capacity=2)
    rule = a_rule("North")
    ticket = a_ticket(acme, queue)
    page = reverse("admin:services_ticket_change", args=[ticket.pk])
    html = desk.get(page).content.decode()
    assert "Assigned to Ann by the rule “North”" in html
    assert "Bea: has no room: 0 of 0 tickets" in html and "Cas: away until" in html
    rule.skills.add(french)
    Ticket.objects.update(assignee=None)
    data = {"version": Ticket.objects.get().version, "seen_event": 0}
    desk.post(reverse("admin:services_ticket_do", args=[ticket.pk, "by-rules"]), data)
    html = desk.get(page).content.decode()
    assert "Nobody found by the rule “North”" in html and "Ann: lacks: French" in html
    assert "A colleague asked the rules to decide." in html
    assert bea.tickets.count() == 0


def test_a_ticket_that_meets_no_rule_says_so(desk: Client, acme: Customer, queue: Queue) -> None:
    a_rule(priority=4)
    ticket = a_ticket(acme, queue)
    html = desk.get(reverse("admin:services_ticket_change", args=[ticket.pk])).content.decode()
    assert "No assignment rule is met: nobody has it" in html
