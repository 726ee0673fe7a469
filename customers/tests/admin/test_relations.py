"""Relations are entered under the rules of their operation."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Relation, RelationType, User
from customers.tests.admin.conftest import LogIn


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def add(client: Client, code: str, start: Customer, end: Customer | None, **extra: Any) -> Any:
    return client.post(
        reverse("admin:customers_relation_add"),
        {
            "type": RelationType.objects.get(code=code).pk,
            "from_customer": start.pk,
            "to_customer": end.pk if end else "",
            "strength": 3,
            **extra,
        },
    )


def test_a_fitting_relation_is_made(client: Client, acme: Customer, wang: Customer) -> None:
    assert add(client, "works-for", wang, acme).status_code == 302
    assert Relation.objects.get().to_customer == acme


def test_a_relation_to_us_takes_no_other_end(client: Client, acme: Customer, wang: Customer) -> None:
    assert add(client, "client", acme, wang).status_code == 200
    assert add(client, "client", acme, None).status_code == 302
    assert Relation.objects.count() == 1


def test_the_wrong_kind_is_refused(client: Client, acme: Customer, wang: Customer) -> None:
    assert add(client, "works-for", acme, wang).status_code == 200
    assert not Relation.objects.exists()


def test_the_same_relation_twice_is_refused(client: Client, acme: Customer, wang: Customer) -> None:
    add(client, "works-for", wang, acme)
    assert add(client, "works-for", wang, acme).status_code == 200
    assert Relation.objects.count() == 1


def test_it_cannot_end_before_it_begins(client: Client, acme: Customer, wang: Customer) -> None:
    assert add(client, "works-for", wang, acme, since="2026-02-01", until="2026-01-01").status_code == 200
    assert not Relation.objects.exists()


def test_its_ends_stay_as_they_were_made(client: Client, acme: Customer, wang: Customer) -> None:
    add(client, "works-for", wang, acme)
    relation = Relation.objects.get()
    response = client.post(
        reverse("admin:customers_relation_change", args=[relation.pk]),
        {
            "type": RelationType.objects.get(code="client").pk,
            "to_customer": "",
            "role": "buyer",
            "strength": 4,
            "seen_version": 1,
        },
    )
    assert response.status_code == 302
    relation.refresh_from_db()
    assert (relation.type.code, relation.to_customer, relation.role) == ("works-for", acme, "buyer")


def revise(client: Client, code: str, **changes: Any) -> Any:
    row = RelationType.objects.get(code=code)
    names = ("name", "inverse_name", "code", "from_kind", "to_kind")
    flags = ("is_with_us", "is_hierarchy", "from_is_above", "is_household")
    data = {name: getattr(row, name) for name in names} | {name: "on" for name in flags if getattr(row, name)}
    url = reverse("admin:customers_relationtype_change", args=[row.pk])
    return client.post(url, {**data, **changes, "seen_version": row.version})


def test_a_type_changes_as_far_as_its_relations_allow(client: Client, acme: Customer, wang: Customer) -> None:
    add(client, "works-for", wang, acme)
    assert revise(client, "works-for", name="serves").status_code == 302
    refused = revise(client, "works-for", from_kind="organisation")
    assert "1 relation on record does not fit" in refused.content.decode()
    row = RelationType.objects.get(code="works-for")
    assert (row.name, row.from_kind) == ("serves", "person")


def test_what_joins_two_becomes_no_relation_to_us(client: Client, acme: Customer, wang: Customer) -> None:
    add(client, "works-for", wang, acme)
    refused = revise(client, "works-for", is_with_us="on", to_kind="")
    assert "1 relation on record does not fit" in refused.content.decode()
    Relation.objects.all().delete()
    assert revise(client, "works-for", is_with_us="on", to_kind="").status_code == 302


def test_a_circle_keeps_a_type_from_becoming_a_hierarchy(client: Client, acme: Customer) -> None:
    other = Customer.objects.create(kind="organisation", name="Bolt", team=acme.team)
    add(client, "supplies", acme, other)
    add(client, "supplies", other, acme)
    assert "2 relations on record do not fit" in revise(client, "supplies", is_hierarchy="on").content.decode()


def test_a_relation_to_us_is_no_hierarchy(client: Client) -> None:
    assert revise(client, "client", is_hierarchy="on").status_code == 200


def test_days_that_are_taken_are_refused(client: Client, acme: Customer) -> None:
    add(client, "client", acme, None, until="2020-12-31")
    add(client, "client", acme, None, since="2022-01-01")
    before = Relation.objects.get(since=None)
    response = client.post(
        reverse("admin:customers_relation_change", args=[before.pk]), {"strength": 3, "until": "", "seen_version": 1}
    )
    assert "already on record" in response.content.decode()


def test_the_kind_of_a_customer_stays_while_relations_need_it(client: Client, acme: Customer, wang: Customer) -> None:
    add(client, "works-for", wang, acme)
    url = reverse("admin:customers_customer_change", args=[wang.pk])
    page = client.get(url)
    data = {f.html_name: "" if f.value() is None else f.value() for f in page.context["adminform"].form}
    for formset in page.context["inline_admin_formsets"]:
        data |= {f.html_name: f.value() for f in formset.formset.management_form}
    response = client.post(url, {**data, "kind": "organisation"})
    assert "Relations on record need" in response.content.decode()
    wang.refresh_from_db()
    assert wang.kind == "person"
