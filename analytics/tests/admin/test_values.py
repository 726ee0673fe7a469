"""Relationship value in the back office: the customer's page and card, the grid, the model, rules and their log."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from analytics.models import ActionDecision, ActionRule, CustomerScore, ValueModel
from analytics.tests.actions import offered_now, rule, valued
from analytics.tests.admin.conftest import LogIn
from analytics.tests.histories import rating, score_everybody
from analytics.tests.orders import crowd, order, value_everybody
from customers.models import Customer, Team, User
from customers.operations.observe import observe
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db


def page(customer: Customer, name: str = "value") -> str:
    return reverse(f"admin:customers_customer_{name}", args=[customer.pk])


def test_the_page_shows_the_sum_the_reasons_the_orders_and_the_actions(
    log_in: LogIn, ann: User, acme: Customer
) -> None:
    valued(acme)
    order(acme, 33, "90")
    order(acme, 40, "77", status="cancelled")
    offered_now(acme, rule())
    text = log_in(ann).get(page(acme)).content.decode()
    for words in ("1,000.00 EUR", "10.0", "100.00 EUR", "Days since the last order", "+0.70", "90.00 EUR", "77.00 EUR"):
        assert words in text, words
    assert "Cancelled: no" in text and "Call and ask." in text and "45.00 EUR" in text
    assert "50.0 % chance of churn" in text


def test_the_overview_has_the_card_with_buttons(log_in: LogIn, ann: User, acme: Customer) -> None:
    valued(acme)
    offered_now(acme, rule())
    client = log_in(ann)
    text = client.get(page(acme, "page")).content.decode()
    assert "Relationship value" in text and "Show the working" in text and "Why not?" in text
    answer = client.post(page(acme), {"rule": ActionRule.objects.get().pk, "kind": "done", "back": "overview"})
    assert answer["Location"] == page(acme, "page") + "#actions"
    assert ActionDecision.objects.get(kind="done").by == ann


def test_who_has_no_value_is_told_why(log_in: LogIn, ann: User, acme: Customer) -> None:
    assert "no order that counts yet" in log_in(ann).get(page(acme)).content.decode()


def test_what_is_not_known_is_said_in_words(log_in: LogIn, ann: User, acme: Customer) -> None:
    order(acme, 5)
    value_everybody()
    text = log_in(ann).get(page(acme)).content.decode()
    assert "Too few customers with orders: 1 of 30" in text and "in 90 days: 0 of 30" in text


def test_not_now_takes_a_reason(log_in: LogIn, ann: User, acme: Customer) -> None:
    valued(acme)
    offered_now(acme, made := rule())
    client = log_in(ann)
    client.post(page(acme), {"rule": made.pk, "kind": "dismissed", "reason": ""})
    assert not ActionDecision.objects.filter(kind="dismissed").exists()
    client.post(page(acme), {"rule": made.pk, "kind": "dismissed", "reason": "On holiday"})
    assert ActionDecision.objects.get(kind="dismissed").reason == "On holiday"
    refused = client.post(page(acme), {"rule": "x", "kind": "done"}, follow=True).content.decode()
    assert "There is no such action." in refused


def test_an_outsider_gets_404_and_decides_nothing(log_in: LogIn, otto: User, acme: Customer) -> None:
    valued(acme)
    offered_now(acme, made := rule())
    client = log_in(otto)
    assert client.get(page(acme)).status_code == 404
    assert client.post(page(acme), {"rule": made.pk, "kind": "done"}).status_code == 404
    assert ActionDecision.objects.count() == 1


def test_each_cell_of_the_grid_opens_into_as_many_customers(log_in: LogIn, bob: User, otto: User, north: Team) -> None:
    people = Customer.objects.bulk_create([Customer(name=f"P{n}", team=north) for n in range(12)])
    observe(facts=[rating(customer, 1 + n % 5) for n, customer in enumerate(people)], at=NOW)
    score_everybody()
    CustomerScore.objects.filter(customer=people[0]).delete()
    for n, customer in enumerate(people):
        valued(customer, clv_fifth=1 + n % 5)
    client = log_in(bob)
    response = client.get(reverse("admin:analytics_customervalue_changelist"))
    cells = [cell for row in response.context["grid"] for cell in row["cells"] if cell["count"]]
    assert sum(cell["count"] for cell in cells) == 12
    for cell in cells:
        found = client.get(cell["link"]).context["cl"].result_count
        assert found == cell["count"], cell["link"]
    assert log_in(otto).get(reverse("admin:analytics_customervalue_changelist")).context["grid"] == []


def test_the_list_costs_the_same_for_many(
    log_in: LogIn, bob: User, north: Team, django_assert_max_num_queries: Any
) -> None:
    for n in range(40):
        valued(Customer.objects.create(name=f"C{n}", team=north), clv_fifth=1 + n % 5)
    client = log_in(bob)
    with django_assert_max_num_queries(16):
        client.get(reverse("admin:analytics_customervalue_changelist"))


def test_the_model_shows_its_parameters_and_figures(log_in: LogIn, bob: User, north: Team) -> None:
    crowd(north, 300)
    model = value_everybody()
    text = log_in(bob).get(reverse("admin:analytics_valuemodel_change", args=[model.pk])).content.decode()
    for words in ("Log-likelihood", "ROC-AUC", "Gamma-Gamma", "EUR", "The average customer", "10 and more"):
        assert words in text, words
    listed = log_in(bob).get(reverse("admin:analytics_valuemodel_changelist")).content.decode()
    assert "0." in listed


def test_a_model_of_nothing_says_what_is_missing(log_in: LogIn, bob: User) -> None:
    model = value_everybody()
    assert ValueModel.objects.get() == model
    text = log_in(bob).get(reverse("admin:analytics_valuemodel_change", args=[model.pk])).content.decode()
    assert "Too few customers with orders: 0 of 30" in text


def test_back_office_writes_rules(log_in: LogIn, bob: User) -> None:
    client = log_in(bob)
    form = {
        "name": "Voucher",
        "what": "Send it.",
        "channel": "email",
        "purpose": "marketing",
        "cost": "5",
        "currency": "eur",
        "uplift": "0.1",
        "holdout_share": "0.2",
        "is_active": "on",
    }
    address = reverse("admin:analytics_actionrule_add")
    assert client.post(address, {**form, "currency": "12"}).status_code == 200
    assert client.post(address, form).status_code == 302
    made = ActionRule.objects.get()
    assert (made.currency, made.holdout_share) == ("EUR", 0.2)
    assert "Not yet" in client.get(reverse("admin:analytics_actionrule_change", args=[made.pk])).content.decode()


def test_a_rule_that_was_offered_is_kept_for_its_log(log_in: LogIn, root: User, acme: Customer) -> None:
    offered_now(acme, made := rule())
    client = log_in(root)
    refused = client.post(reverse("admin:analytics_actionrule_delete", args=[made.pk]), {"post": "yes"})
    assert refused.status_code == 200  # Django's page says what stands in the way
    assert ActionRule.objects.exists()
    assert "Call them" in client.get(reverse("admin:analytics_actiondecision_changelist")).content.decode()


def test_segments_may_ask_for_value_and_churn(log_in: LogIn, bob: User, acme: Customer, north: Team) -> None:
    valued(acme)
    Customer.objects.create(name="Other", team=north)
    client: Client = log_in(bob)
    for query in ("value=4", "churn=raised", "value=4&churn=raised"):
        found = client.get(f"{reverse('admin:customers_customer_changelist')}?{query}").context["cl"].result_count
        assert found == 1, query
    assert client.get(f"{reverse('admin:customers_customer_changelist')}?value=none").context["cl"].result_count == 1


def test_charts_of_a_model_open_into_the_customers_behind_them(log_in: LogIn, root: User, north: Team) -> None:
    crowd(north, 200)
    model = value_everybody()
    client = log_in(root)
    text = client.get(reverse("admin:analytics_valuemodel_change", args=[model.pk])).content.decode()
    people = reverse("admin:analytics_valuemodel_people", args=[model.pk])
    for cell in ("orders:1", "churn:10"):
        assert f'href="{people}?cell={cell}"' in text
    assert "data-links=" in text and "analytics/chart-links.js" in text
    shown = client.get(f"{people}?cell=churn:10")
    assert shown.context["count"] == model.figures["churn"]["tenths"][9]["count"]
    assert len(shown.context["customers"]) == min(50, shown.context["count"])
    assert str(model) in shown.content.decode()
    assert client.get(f"{people}?cell=churn:99").status_code == 404
    assert client.get(reverse("admin:analytics_valuemodel_people", args=[model.pk + 9])).status_code == 404


def test_who_may_see_no_customer_is_shown_no_link(log_in: LogIn, root: User, north: Team) -> None:
    crowd(north, 100)
    model = value_everybody()
    user = make_user("val", north)
    user.user_permissions.set(Permission.objects.filter(codename="view_valuemodel"))
    client = log_in(user)
    people = reverse("admin:analytics_valuemodel_people", args=[model.pk])
    assert people not in client.get(reverse("admin:analytics_valuemodel_change", args=[model.pk])).content.decode()
    assert client.get(people).status_code == 403
