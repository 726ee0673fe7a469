"""The customer's form: a field for each custom attribute, and tags."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from customers.admin.attribute_fields import name_of
from customers.models import CustomAttribute, Customer, Tag, Team, User
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.forms import posted, problems
from tests.cast import make_user

pytestmark = pytest.mark.django_db

ADD = "admin:customers_customer_add"


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


@pytest.fixture(autouse=True)
def fields() -> dict[str, str]:
    """Names of the fields, by code."""
    rows = [
        CustomAttribute.objects.create(code=code, name=code, type=type, kind=kind, choices=choices)
        for code, type, kind, choices in [
            ("size", "number", "organisation", []),
            ("since", "date", "", []),
            ("vip", "yes_no", "", []),
            ("level", "choice", "", ["gold", "silver"]),
            ("note", "text", "person", []),
        ]
    ]
    return {row.code: name_of(row) for row in rows}


def change(row: Customer) -> str:
    return reverse("admin:customers_customer_change", args=[row.pk])


def test_typed_values_are_saved_and_shown_again(client: Client, acme: Customer, fields: dict[str, str]) -> None:
    given = {"size": "1,234.5", "since": "2026-01-31", "vip": "true", "level": "gold"}
    data = {**posted(client, change(acme)), **{fields[code]: text for code, text in given.items()}}
    assert client.post(change(acme), data).status_code == 302
    acme.refresh_from_db()
    assert acme.attributes == {"size": 1234.5, "since": "2026-01-31", "vip": True, "level": "gold"}
    shown = posted(client, change(acme))
    assert {code: str(shown[fields[code]]) for code in given} == {**given, "size": "1234.5"}
    assert client.post(change(acme), {**shown, "industry": "Pumps"}).status_code == 302
    version = acme.version
    acme.refresh_from_db()
    assert acme.attributes == {"size": 1234.5, "since": "2026-01-31", "vip": True, "level": "gold"}
    assert acme.version == version + 1


@pytest.mark.parametrize(
    ("code", "text"), [("size", "many"), ("since", "31.1.2026"), ("vip", "perhaps"), ("level", "bronze")]
)
def test_what_is_not_of_the_type_is_refused_at_its_field(
    client: Client, acme: Customer, fields: dict[str, str], code: str, text: str
) -> None:
    response = client.post(change(acme), {**posted(client, change(acme)), fields[code]: text})
    assert list(problems(response)) == [fields[code]]
    assert Customer.objects.get(pk=acme.pk).attributes == {}


def test_an_emptied_field_takes_the_value_away(client: Client, acme: Customer, fields: dict[str, str]) -> None:
    Customer.objects.filter(pk=acme.pk).update(attributes={"size": 7, "vip": False})
    client.post(change(acme), {**posted(client, change(acme)), fields["size"]: ""})
    assert Customer.objects.get(pk=acme.pk).attributes == {"vip": False}


def test_values_that_the_form_does_not_ask_for_stay_untouched(
    client: Client, acme: Customer, fields: dict[str, str]
) -> None:
    standing = {"note": "of a person", "gone": [1], "size": "many", "level": "bronze"}
    Customer.objects.filter(pk=acme.pk).update(attributes=standing)
    data = {**posted(client, change(acme)), fields["vip"]: "true", "industry": "Pumps"}
    assert client.post(change(acme), data).status_code == 302
    assert Customer.objects.get(pk=acme.pk).attributes == {**standing, "vip": True}


def test_each_kind_is_asked_for_its_own(client: Client, north: Team, fields: dict[str, str]) -> None:
    page = client.get(reverse(ADD)).content.decode()
    assert f'name="{fields["size"]}"' in page
    assert 'data-of-kind="organisation"' in page
    assert "customers/attributes.js" in page
    data = {
        **posted(client, reverse(ADD)),
        "kind": "person",
        "name": "W",
        "team": north.pk,
        fields["size"]: "not looked at",
        fields["note"]: "x",
    }
    assert client.post(reverse(ADD), data).status_code == 302
    assert Customer.objects.get().attributes == {"note": "x"}


def test_what_must_be_given_is_asked_of_its_kind_alone(client: Client, north: Team, fields: dict[str, str]) -> None:
    CustomAttribute.objects.filter(code="size").update(is_required=True)
    data = {**posted(client, reverse(ADD)), "name": "W", "team": north.pk}
    refused = client.post(reverse(ADD), {**data, "kind": "organisation"})
    assert list(problems(refused)) == [fields["size"]]
    assert client.post(reverse(ADD), {**data, "kind": "person"}).status_code == 302


def test_a_stale_save_shows_attributes_and_tags(client: Client, acme: Customer, fields: dict[str, str]) -> None:
    vip, news = Tag.objects.create(name="VIP"), Tag.objects.create(name="News")
    mine = {**posted(client, change(acme)), fields["size"]: "7", "tags": [vip.pk]}
    client.post(change(acme), {**posted(client, change(acme)), fields["size"]: "8", "tags": [news.pk]})
    response = client.post(change(acme), mine)
    differences = {one.label: (one.theirs, one.yours) for one in response.context["adminform"].form.differences}
    assert differences == {"size": ("8", "7"), "Tags": ("News", "VIP")}
    acme.refresh_from_db()
    assert (acme.attributes, list(acme.tags.all())) == ({"size": 8}, [news])


def test_tags_are_put_on_and_taken_off(client: Client, acme: Customer) -> None:
    vip, news = Tag.objects.create(name="VIP"), Tag.objects.create(name="News")
    acme.tags.add(vip)
    assert posted(client, change(acme))["tags"] == [str(vip.pk)]
    client.post(change(acme), {**posted(client, change(acme)), "tags": [news.pk]})
    assert list(acme.tags.all()) == [news]
    client.post(change(acme), {**posted(client, change(acme)), "tags": []})
    assert not acme.tags.exists()


def test_a_new_customer_has_its_tags_at_once(client: Client, north: Team) -> None:
    vip = Tag.objects.create(name="VIP")
    data: dict[str, Any] = {**posted(client, reverse(ADD)), "name": "W", "team": north.pk, "tags": [vip.pk]}
    assert client.post(reverse(ADD), data).status_code == 302
    assert list(Customer.objects.get().tags.all()) == [vip]


def test_whoever_may_only_read_sees_the_values(log_in: LogIn, north: Team, acme: Customer) -> None:
    user = make_user("reader", north)
    user.user_permissions.add(Permission.objects.get(codename="view_customer"))
    Customer.objects.filter(pk=acme.pk).update(attributes={"size": 1234, "vip": True, "gone": "x"})
    text = log_in(user).get(change(acme)).content.decode()
    assert "size: <b>1,234</b>" in text
    assert "vip: <b>Yes</b>" in text
    assert "gone: <b>x</b>" in text


def test_the_page_shows_the_values(client: Client, acme: Customer) -> None:
    Customer.objects.filter(pk=acme.pk).update(attributes={"since": "2026-01-31", "level": "<b>"})
    text = client.get(reverse("admin:customers_customer_page", args=[acme.pk])).content.decode()
    assert "31 Jan 2026" in text
    assert "<dd>&lt;b&gt;</dd>" in text


def test_the_way_to_the_history_is_there_once(client: Client, acme: Customer) -> None:
    history = reverse("admin:customers_customer_history", args=[acme.pk])
    assert client.get(change(acme)).content.decode().count(history) == 1
