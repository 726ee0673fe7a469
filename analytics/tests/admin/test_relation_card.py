"""What lies beside the score: on the customer's page, as filter of the list, by the API."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.models import ContactRisk, RelationEffect
from analytics.operations.find_single_contacts import find_single_contacts
from analytics.operations.refresh_relation_effects import refresh_relation_effects
from analytics.tests.admin.conftest import LogIn
from analytics.tests.histories import score_everybody
from customers.admin.segment_from_list import definition_from_list
from customers.models import Customer, Team, User
from customers.segments.facts import Catalogue
from customers.tests.operations.relations import firms, persons, relate
from services.models import Queue
from services.operations.open_ticket import open_ticket
from tests.cast import make_user
from tests.client import as_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def subsidiary(acme: Customer, north: Team, queue: Queue) -> Customer:
    """A subsidiary of Acme, whose two tickets are late; Eve asked for five of Acme's tickets and carries it."""
    at = timezone.now()
    (child,) = firms(north, "C")
    Customer.objects.filter(pk=child.pk).update(name="Acme Valves")
    child.refresh_from_db()
    (eve,) = persons(north, "E")
    Customer.objects.filter(pk=eve.pk).update(name="Eve Adams")
    relate("parent-of", acme, child)
    relate("works-for", eve, acme)
    for _ in range(2):
        open_ticket(customer=acme, subject="Leaks", queue=queue, by=None, at=at - timedelta(days=60), body="Help")
    for _ in range(5):
        open_ticket(customer=acme, requester=eve, subject="Soon", queue=queue, by=None, at=at, body="Help")
    refresh_relation_effects(at=at)
    find_single_contacts(at=at)
    score_everybody(at=at)
    return child


def page_of(customer: Customer) -> str:
    return reverse("admin:customers_customer_page", args=[customer.pk])


def test_the_page_names_the_relative_its_late_tickets_and_the_points(
    log_in: LogIn, ann: User, subsidiary: Customer, acme: Customer
) -> None:
    page = log_in(ann).get(page_of(subsidiary))
    (source,) = page.context["effect_sources"]
    assert (source.name, source.tickets, source.verbs) == (acme.name, 2, "subsidiary of")
    text = page.content.decode()
    assert "2 late tickets" in text and "−4.0" in text
    tickets = log_in(ann).get(source.ticket_link).context["cl"]
    assert tickets.result_count == 2
    assert {row.customer_id for row in tickets.result_list} == {acme.pk}


def test_the_score_of_the_page_stays_what_it_is(log_in: LogIn, ann: User, subsidiary: Customer) -> None:
    assert log_in(ann).get(page_of(subsidiary)).context["score"].number == 50


def test_a_relative_out_of_sight_is_felt_but_not_named(
    log_in: LogIn, otto: User, south: Team, subsidiary: Customer, acme: Customer
) -> None:
    Customer.objects.filter(pk=subsidiary.pk).update(team=south)
    page = log_in(otto).get(page_of(subsidiary))
    (source,) = page.context["effect_sources"]
    assert (source.name, source.link, source.ticket_link) == ("a customer who is not yours to see", "", "")
    assert acme.name not in page.content.decode().replace("Acme Valves", "")
    found = as_user(otto).get(f"/api/v1/customers/{subsidiary.pk}/relation-effects/").json()
    assert (found["points"], found["sources"][0]["customer"], found["sources"][0]["name"]) == (-4.0, None, "")


def test_the_page_flags_the_contact_who_carries_it_and_hers_says_so(
    log_in: LogIn, ann: User, subsidiary: Customer, acme: Customer
) -> None:
    text = log_in(ann).get(page_of(acme)).content.decode()
    assert "Single contact" in text and "Eve Adams" in text
    assert "asked for 5 of 5 tickets of the last year" in text
    eve = Customer.objects.get(name="Eve Adams")
    text = log_in(ann).get(page_of(eve)).content.decode()
    assert "Carries" in text and acme.name in text


def test_whom_a_contact_carries_is_not_named_to_whoever_does_not_see_them(
    log_in: LogIn, otto: User, south: Team, subsidiary: Customer, acme: Customer
) -> None:
    eve = Customer.objects.get(name="Eve Adams")
    Customer.objects.filter(pk=eve.pk).update(team=south)
    page = log_in(otto).get(page_of(eve))
    assert page.context["carries"] == []
    assert acme.name not in page.content.decode()


def test_who_may_not_see_scores_sees_nothing_of_it(
    log_in: LogIn, north: Team, subsidiary: Customer, acme: Customer
) -> None:
    user = make_user("plain", north)
    user.user_permissions.add(Permission.objects.get(codename="view_customer"))
    page = log_in(user).get(page_of(subsidiary))
    assert page.status_code == 200
    assert "late tickets" not in page.content.decode()
    assert as_user(user).get(f"/api/v1/customers/{subsidiary.pk}/relation-effects/").status_code == 403


def names_in_list(client: Client, query: str) -> set[str]:
    page = client.get(reverse("admin:customers_customer_changelist") + query)
    assert page.status_code == 200
    return {row.name for row in page.context["cl"].result_list}


def test_the_list_is_narrowed_down_to_whom_relations_weigh_down(
    log_in: LogIn, ann: User, subsidiary: Customer, acme: Customer
) -> None:
    client = log_in(ann)
    assert names_in_list(client, "?relations_weigh=any") == {"Acme Valves", "Eve Adams"}
    assert names_in_list(client, "?relations_weigh=much") == {"Acme Valves", "Eve Adams"}
    RelationEffect.objects.filter(customer__name="Eve Adams").update(points=-2.0)
    assert names_in_list(client, "?relations_weigh=much") == {"Acme Valves"}
    assert names_in_list(client, "?single_contact=yes") == {acme.name}
    assert acme.name not in names_in_list(client, "?single_contact=no")


def test_the_filters_become_conditions_of_a_segment(log_in: LogIn, ann: User, subsidiary: Customer) -> None:
    definition, left_out = definition_from_list("relations_weigh=much&single_contact=yes", Catalogue(ann))
    assert not left_out
    (group,) = definition["groups"]
    assert group["conditions"] == [
        {"fact": "relation_points", "op": "at_most", "value": -4.0},
        {"fact": "single_contact", "op": "is", "value": True},
    ]


def test_the_api_tells_points_reasons_and_the_contact(ann: User, subsidiary: Customer, acme: Customer) -> None:
    api = as_user(ann)
    found = api.get(f"/api/v1/customers/{subsidiary.pk}/relation-effects/").json()
    assert (found["points"], found["tickets"], found["single_contact"]) == (-4.0, 2, None)
    assert found["sources"][0]["customer"] == acme.pk and found["sources"][0]["name"] == acme.name
    risk = api.get(f"/api/v1/customers/{acme.pk}/relation-effects/").json()["single_contact"]
    assert (risk["name"], risk["carried"], risk["requests"], risk["contacts"]) == ("Eve Adams", 5, 5, 1)


def test_the_api_filters_scores_by_both(ann: User, subsidiary: Customer, acme: Customer) -> None:
    def customers(query: str) -> set[int]:
        return {row["customer"] for row in as_user(ann).get(f"/api/v1/scores/?{query}").json()["results"]}

    assert subsidiary.pk in customers("weighed_down_by=4")
    assert customers("weighed_down_by=9") == set()
    assert customers("single_contact=true") == {acme.pk}
    assert acme.pk not in customers("single_contact=false")


def test_outsiders_get_nothing(otto: User, subsidiary: Customer) -> None:
    assert as_user(otto).get(f"/api/v1/customers/{subsidiary.pk}/relation-effects/").status_code == 404
    assert RelationEffect.objects.visible_to(otto).count() == ContactRisk.objects.visible_to(otto).count() == 0
