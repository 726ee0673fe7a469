from typing import Any

import pytest

from customers.models import Customer, Tag, Team, User
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def vip() -> Tag:
    return Tag.objects.create(name="VIP", colour="good")


def test_the_catalogue_is_kept_by_the_back_office(ann: User, bob: User, vip: Tag) -> None:
    assert ids(as_user(ann).get(url("tags/"))) == [vip.pk]
    assert as_user(ann).post(url("tags/"), {"name": "New"}).status_code == 403
    made = as_user(bob).post(url("tags/"), {"name": "New", "colour": "bad"})
    assert made.status_code == 201
    path = url(f"tags/{made.json()['id']}/")
    assert as_user(bob).patch(path, {"name": "Newer"}, headers={"If-Match": '"1"'}).json()["name"] == "Newer"
    assert as_user(bob).delete(path, headers={"If-Match": '"1"'}).status_code == 412
    assert as_user(bob).delete(path, headers={"If-Match": '"2"'}).status_code == 204


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "vip"), ("name", "VIP"), ("name", " "), ("name", "x" * 51), ("colour", "pink"), ("size", 1)],
)
def test_it_refuses_what_is_not_right_and_names_it(bob: User, vip: Tag, field: str, value: Any) -> None:
    response = as_user(bob).post(url("tags/"), {"name": "New", field: value})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_a_customer_shows_and_takes_tags_by_name(ann: User, north: Team, vip: Tag) -> None:
    client = as_user(ann)
    made = client.post(url("customers/"), {"name": "W", "team": north.pk, "tags": ["vip"]})
    assert made.status_code == 201, made.content
    assert made.json()["tags"] == ["VIP"]
    path = url(f"customers/{made.json()['id']}/")
    assert client.patch(path, {"name": "X"}, headers={"If-Match": "*"}).json()["tags"] == ["VIP"]
    assert client.patch(path, {"tags": []}, headers={"If-Match": "*"}).json()["tags"] == []


def test_a_new_tag_is_made_by_whoever_may_make_tags(ann: User, bob: User, north: Team) -> None:
    data = {"name": "W", "team": north.pk, "tags": ["New"]}
    refused = as_user(ann).post(url("customers/"), data)
    assert refused.status_code == 400
    assert refused.json()["errors"] == {"tags": ["There is no tag “New”."]}
    assert as_user(bob).post(url("customers/"), data).json()["tags"] == ["New"]


@pytest.mark.parametrize("tags", ["VIP", [1], [" "], ["x" * 51], ["a\x00"], ["a"] * 51, [["VIP"]]])
def test_what_is_no_list_of_names_is_refused(bob: User, north: Team, tags: Any) -> None:
    response = as_user(bob).post(url("customers/"), {"name": "W", "team": north.pk, "tags": tags})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["tags"]
    assert not Tag.objects.exists()


def test_customers_are_found_by_a_tag(ann: User, acme: Customer, wang: Customer, vip: Tag) -> None:
    acme.tags.add(vip)
    client = as_user(ann)
    assert ids(client.get(url("customers/?tag=vip"))) == [acme.pk]
    assert ids(client.get(url("customers/?tag=news"))) == []
