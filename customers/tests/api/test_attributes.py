from typing import Any

import pytest

from customers.models import CustomAttribute, Customer, Team, User
from customers.operations.create_segment import create_segment
from customers.tests.segments.asking import all_of, asks
from tests.cast import NOW
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def size() -> CustomAttribute:
    return CustomAttribute.objects.create(code="size", name="Size", type="number")


def test_the_catalogue_is_kept_by_the_back_office(ann: User, bob: User, size: CustomAttribute) -> None:
    assert ids(as_user(ann).get(url("attributes/"))) == [size.pk]
    assert as_user(ann).post(url("attributes/"), {"name": "Level"}).status_code == 403
    made = as_user(bob).post(
        url("attributes/"), {"name": "Level of care", "type": "choice", "choices": ["gold", "silver"], "kind": "person"}
    )
    assert made.status_code == 201, made.content
    assert (made.json()["code"], made.json()["choices"]) == ("level-of-care", ["gold", "silver"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "a b"),
        ("code", "size"),
        ("name", ""),
        ("type", "colour"),
        ("kind", "robot"),
        ("choices", "gold"),
        ("choices", [1]),
        ("position", -1),
        ("colour", "red"),
    ],
)
def test_it_refuses_what_is_not_right_and_names_it(bob: User, size: CustomAttribute, field: str, value: Any) -> None:
    response = as_user(bob).post(url("attributes/"), {"name": "New", field: value})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_a_list_has_choices(bob: User) -> None:
    response = as_user(bob).post(url("attributes/"), {"name": "New", "type": "choice"})
    assert response.json()["errors"] == {"choices": ["Give the choices, one a line."]}


def test_a_type_that_values_do_not_fit_is_refused(bob: User, acme: Customer) -> None:
    row = CustomAttribute.objects.create(code="note", name="Note")
    Customer.objects.filter(pk=acme.pk).update(attributes={"note": "many"})
    path = url(f"attributes/{row.pk}/")
    response = as_user(bob).patch(path, {"type": "number"}, headers={"If-Match": '"1"'})
    assert response.status_code == 400
    assert response.json()["errors"]["type"][0].startswith("1 of the 1 values that stand does not fit")
    Customer.objects.filter(pk=acme.pk).update(attributes={"note": "7"})
    assert as_user(bob).patch(path, {"type": "number"}, headers={"If-Match": '"1"'}).status_code == 200
    assert Customer.objects.get(pk=acme.pk).attributes == {"note": 7}


def test_deleting_one_with_values_must_be_meant(bob: User, acme: Customer, size: CustomAttribute) -> None:
    Customer.objects.filter(pk=acme.pk).update(attributes={"size": 7})
    client, path = as_user(bob), url(f"attributes/{size.pk}/")
    refused = client.delete(path, headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert client.delete(f"{path}?with_values=maybe", headers={"If-Match": '"1"'}).status_code == 400
    assert client.delete(f"{path}?force=true", headers={"If-Match": '"1"'}).status_code == 400
    assert client.delete(f"{path}?with_values=true", headers={"If-Match": '"1"'}).status_code == 204
    assert Customer.objects.get(pk=acme.pk).attributes == {}


def test_values_of_customers_are_checked_by_code(ann: User, north: Team, size: CustomAttribute) -> None:
    client = as_user(ann)
    data = {"name": "W", "team": north.pk, "attributes": {"size": "many", "colour": "red"}}
    refused = client.post(url("customers/"), data)
    assert refused.status_code == 400
    assert refused.json()["errors"] == {
        "attributes": {
            "size": ["This is not a number."],
            "colour": ["There is no such attribute of this kind of customer."],
        }
    }
    assert refused.json()["detail"] == "attributes.size: This is not a number."
    made = client.post(url("customers/"), {**data, "attributes": {"size": 7.0}})
    assert made.json()["attributes"] == {"size": 7}


def test_a_change_of_another_field_leaves_the_values(ann: User, acme: Customer) -> None:
    Customer.objects.filter(pk=acme.pk).update(attributes={"gone": 7})
    client, path = as_user(ann), url(f"customers/{acme.pk}/")
    assert client.patch(path, {"name": "New"}, headers={"If-Match": "*"}).json()["attributes"] == {"gone": 7}
    again = client.get(path).json()["attributes"]
    assert client.patch(path, {"attributes": again}, headers={"If-Match": "*"}).status_code == 200
    assert client.patch(path, {"attributes": {"gone": 8}}, headers={"If-Match": "*"}).status_code == 400


def test_what_must_be_given_is_asked_for(ann: User, north: Team, acme: Customer) -> None:
    CustomAttribute.objects.create(code="tax", name="Tax number", is_required=True, kind="organisation")
    client = as_user(ann)
    data = {"name": "W", "team": north.pk, "kind": "organisation"}
    assert client.post(url("customers/"), data).json()["errors"] == {
        "attributes": {"tax": ["This attribute is required."]}
    }
    assert client.post(url("customers/"), {**data, "kind": "person"}).status_code == 201
    path = url(f"customers/{acme.pk}/")
    assert client.patch(path, {"attributes": {}}, headers={"If-Match": "*"}).status_code == 400
    assert client.patch(path, {"name": "New"}, headers={"If-Match": "*"}).status_code == 200


def test_customers_are_found_by_attributes(ann: User, acme: Customer, wang: Customer, size: CustomAttribute) -> None:
    CustomAttribute.objects.create(code="level", name="Level", type="choice", choices=["gold"])
    Customer.objects.filter(pk=acme.pk).update(attributes={"size": 7, "level": "gold"})
    Customer.objects.filter(pk=wang.pk).update(attributes={"size": 20})
    client = as_user(ann)
    for query, expected in {
        "attribute.level=gold": [acme.pk],
        "attribute.size=7": [acme.pk],
        "attribute.size.min=7": [wang.pk, acme.pk],
        "attribute.size.min=8&attribute.size.max=30": [wang.pk],
        "attribute.size.max=6": [],
        "attribute.size.min=1&kind=person": [wang.pk],
    }.items():
        assert ids(client.get(url(f"customers/?{query}"))) == expected, query


@pytest.mark.parametrize(
    "query", ["attribute.colour=red", "attribute.size=many", "attribute.size.most=7", "attribute.=1"]
)
def test_an_unknown_attribute_or_value_is_refused(ann: User, size: CustomAttribute, query: str) -> None:
    response = as_user(ann).get(url(f"customers/?{query}"))
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [query.partition("=")[0]]
    assert as_user(ann).get(url("orders/?attribute.size=7")).status_code == 400


def test_customers_are_found_by_a_segment(ann: User, otto: User, acme: Customer, wang: Customer) -> None:
    row = create_segment(name="British", definition=all_of(asks("country", "is", "GB")), owner=ann, at=NOW)
    assert ids(as_user(ann).get(url(f"customers/?segment={row.pk}"))) == [acme.pk]
    assert ids(as_user(ann).get(url(f"customers/?segment={row.pk}&kind=person"))) == []
    assert ids(as_user(ann).get(url("customers/?segment=999999"))) == []
    row.is_shared = False
    row.save()
    Customer.objects.update(owner=otto)
    assert ids(as_user(otto).get(url(f"customers/?segment={row.pk}"))) == []


def test_a_filtered_list_keeps_to_its_budget(
    ann: User, acme: Customer, size: CustomAttribute, django_assert_max_num_queries: Any
) -> None:
    row = create_segment(name="British", definition=all_of(asks("country", "is", "GB")), owner=ann, at=NOW)
    client = as_user(ann)
    with django_assert_max_num_queries(9):
        client.get(url(f"customers/?segment={row.pk}&attribute.size.min=7&tag=vip"))
