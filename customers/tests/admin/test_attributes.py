"""The definitions of custom attributes."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import CustomAttribute, Customer, Segment, User
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.forms import posted, problems
from customers.tests.segments.asking import all_of, asks

pytestmark = pytest.mark.django_db

ADD = "admin:customers_customattribute_add"


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def change(row: CustomAttribute) -> str:
    return reverse("admin:customers_customattribute_change", args=[row.pk])


def test_one_is_added_with_choices_one_a_line_and_a_code_from_its_name(client: Client) -> None:
    level = {"name": "Level of care", "type": "choice", "choices": "gold\n silver \n\ngold"}
    data = {**posted(client, reverse(ADD)), **level}
    assert client.post(reverse(ADD), data).status_code == 302
    row = CustomAttribute.objects.get()
    assert (row.code, row.choices, row.kind) == ("level-of-care", ["gold", "silver"], "")
    assert posted(client, change(row))["choices"] == "gold\nsilver"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x", "code": "a b"}, "code"),
        ({"name": "x", "code": "taken"}, "code"),
        ({"name": "x", "type": "choice"}, "choices"),
        ({"name": "x", "type": "choice", "choices": "y" * 101}, "choices"),
    ],
)
def test_what_is_no_definition_is_refused(client: Client, given: dict[str, str], field: str) -> None:
    CustomAttribute.objects.create(code="taken", name="Taken")
    response = client.post(reverse(ADD), {**posted(client, reverse(ADD)), **given})
    assert field in problems(response)
    assert CustomAttribute.objects.count() == 1


def test_a_type_that_values_do_not_fit_is_refused_with_their_number(client: Client, acme: Customer) -> None:
    row = CustomAttribute.objects.create(code="note", name="Note")
    Customer.objects.filter(pk=acme.pk).update(attributes={"note": "many"})
    data = {**posted(client, change(row)), "type": "number"}
    assert "1 of the 1 values that stand does not fit" in problems(client.post(change(row), data))["type"][0]
    Customer.objects.filter(pk=acme.pk).update(attributes={"note": "7"})
    assert client.post(change(row), data).status_code == 302
    assert Customer.objects.get(pk=acme.pk).attributes == {"note": 7}
    row.refresh_from_db()
    assert (row.type, row.version) == ("number", 2)


def test_the_code_is_fixed_once_customers_have_values(client: Client, acme: Customer) -> None:
    row = CustomAttribute.objects.create(code="note", name="Note")
    assert client.post(change(row), {**posted(client, change(row)), "code": "remark"}).status_code == 302
    Customer.objects.filter(pk=acme.pk).update(attributes={"remark": "x"})
    assert client.post(change(row), {**posted(client, change(row)), "code": "note"}).status_code == 302
    row.refresh_from_db()
    assert row.code == "remark"


def test_a_stale_save_is_refused(client: Client) -> None:
    row = CustomAttribute.objects.create(code="note", name="Note")
    mine = {**posted(client, change(row)), "name": "Mine"}
    client.post(change(row), {**posted(client, change(row)), "name": "Theirs"})
    response = client.post(change(row), mine)
    assert [(one.theirs, one.yours) for one in response.context["adminform"].form.differences] == [("Theirs", "Mine")]


def test_deleting_says_what_goes_with_it_and_takes_the_values(client: Client, acme: Customer) -> None:
    row = CustomAttribute.objects.create(code="note", name="Note")
    Customer.objects.filter(pk=acme.pk).update(attributes={"note": "x", "other": 1})
    Segment.objects.create(name="Noted", definition=all_of(asks("attribute.note", "not_empty")))
    address = reverse("admin:customers_customattribute_delete", args=[row.pk])
    text = client.get(address).content.decode()
    assert "1 customer has a value of this attribute" in text
    assert "Noted" in text
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert Customer.objects.get(pk=acme.pk).attributes == {"other": 1}
    assert not CustomAttribute.objects.exists()


def test_they_are_not_deleted_in_bulk(client: Client) -> None:
    row = CustomAttribute.objects.create(code="note", name="Note")
    address = reverse("admin:customers_customattribute_changelist")
    client.post(address, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert CustomAttribute.objects.exists()


def test_an_agent_reads_them(log_in: LogIn, ann: User) -> None:
    CustomAttribute.objects.create(code="note", name="Note")
    client = log_in(ann)
    assert client.get(reverse("admin:customers_customattribute_changelist")).status_code == 200
    assert client.get(reverse(ADD)).status_code == 403
