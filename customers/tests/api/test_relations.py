from datetime import date
from typing import Any

import pytest

from customers.models import Customer, Relation, RelationType, User
from customers.operations.relate_customers import relate_customers
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


def relate(code: str, start: Customer, end: Customer | None = None, **extra: Any) -> Relation:
    return relate_customers(
        type=RelationType.objects.get(code=code), from_customer=start, to_customer=end, at=NOW, **extra
    )


@pytest.mark.parametrize("relation", ["client", "client of ours"])
@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "multipart", "json"])
def test_a_form_says_what_a_customer_is_to_us(ann: User, acme: Customer, relation: str, form: str) -> None:
    client = as_user(ann)
    data: Any = {"customer_id": acme.pk, "relation": relation}
    if form == "application/x-www-form-urlencoded":
        response = client.post(url("relations/"), f"customer_id={acme.pk}&relation={relation}", content_type=form)
    else:
        response = client.post(url("relations/"), data, format=form)
    assert response.status_code == 201, response.content
    assert response.json()["type"] == "client"
    made = Relation.objects.get()
    assert (made.from_customer, made.to_customer, made.type.code) == (acme, None, "client")
    assert response.json()["id"] == made.pk


def test_json_relates_two_customers(ann: User, acme: Customer, wang: Customer) -> None:
    response = as_user(ann).post(
        url("relations/"),
        {"type": "works-for", "from_customer": wang.pk, "to_customer": acme.pk, "role": "CEO", "since": "2024-02-29"},
    )
    assert response.status_code == 201, response.content
    assert response.json() | {"id": 0} == {
        "id": 0,
        "type": "works-for",
        "from_customer": wang.pk,
        "to_customer": acme.pk,
        "role": "CEO",
        "since": "2024-02-29",
        "until": None,
        "strength": 3,
        "note": "",
        "version": 1,
    }


@pytest.mark.parametrize("relation", ["works-for", "nonsense", "", "a\x00"])
def test_the_form_refuses_what_is_no_relation_to_us(ann: User, acme: Customer, relation: str) -> None:
    response = as_user(ann).post(url("relations/"), {"customer_id": acme.pk, "relation": relation}, format="multipart")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["relation"]


def test_the_form_refuses_fields_it_does_not_know(ann: User, acme: Customer) -> None:
    data = {"customer_id": acme.pk, "relation": "client", "colour": "red"}
    response = as_user(ann).post(url("relations/"), data, format="multipart")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["colour"]


def test_a_customer_out_of_sight_does_not_exist(otto: User, acme: Customer) -> None:
    response = as_user(otto).post(url("relations/"), {"customer_id": acme.pk, "relation": "client"})
    assert response.status_code == 400
    assert "does not exist" in response.json()["errors"]["customer_id"][0]
    missing = as_user(otto).post(url("relations/"), {"customer_id": 999_999, "relation": "client"})
    assert missing.json()["errors"]["customer_id"][0] == response.json()["errors"]["customer_id"][0].replace(
        str(acme.pk), "999999"
    )


def test_the_same_relation_twice_is_a_conflict(ann: User, acme: Customer) -> None:
    client = as_user(ann)
    data = {"customer_id": acme.pk, "relation": "client"}
    assert client.post(url("relations/"), data).status_code == 201
    again = client.post(url("relations/"), data)
    assert (again.status_code, again.json()["code"]) == (409, "already_related")
    assert Relation.objects.count() == 1


def test_a_relation_that_ended_may_begin_again(ann: User, acme: Customer) -> None:
    relate("client", acme, until=NOW.date())
    data = {"customer_id": acme.pk, "relation": "client", "since": "2026-06-04"}
    assert as_user(ann).post(url("relations/"), data).status_code == 201


@pytest.mark.parametrize(
    ("type_", "start", "end", "field"),
    [
        ("works-for", "acme", "acme", "to_customer"),
        ("works-for", "acme", "wang", "from_customer"),
        ("works-for", "wang", None, "to_customer"),
        ("client", "wang", "acme", "to_customer"),
        ("parent-of", "acme", "wang", "to_customer"),
    ],
)
def test_what_does_not_fit_is_refused(
    ann: User, acme: Customer, wang: Customer, type_: str, start: str, end: str | None, field: str
) -> None:
    cast = {"acme": acme.pk, "wang": wang.pk, None: None}
    data = {"type": type_, "from_customer": cast[start], "to_customer": cast[end]}
    response = as_user(ann).post(url("relations/"), data)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_nobody_becomes_their_own_parent(ann: User, acme: Customer) -> None:
    b, c = (Customer.objects.create(kind="organisation", name=name, team=acme.team) for name in "BC")
    relate("parent-of", acme, b)
    relate("parent-of", b, c)
    data = {"type": "parent-of", "from_customer": c.pk, "to_customer": acme.pk}
    response = as_user(ann).post(url("relations/"), data)
    assert response.status_code == 400
    assert "circle" in response.json()["detail"]


def test_one_end_out_of_sight_hides_the_relation(ann: User, otto: User, wang: Customer, south: Any) -> None:
    theirs = Customer.objects.create(kind="organisation", name="Theirs", team=south)
    relation = relate("works-for", wang, theirs)
    for user in (ann, otto):
        assert ids(as_user(user).get(url("relations/"))) == []
        assert as_user(user).get(url(f"relations/{relation.pk}/")).status_code == 404


def test_it_changes_role_and_dates_but_not_ends(ann: User, acme: Customer, wang: Customer) -> None:
    relation = relate("works-for", wang, acme)
    client, path = as_user(ann), url(f"relations/{relation.pk}/")
    changed = client.patch(path, {"role": "CTO"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["role"], changed.headers["ETag"]) == (200, "CTO", '"2"')
    assert client.patch(path, {"to_customer": None}, headers={"If-Match": '"2"'}).status_code == 400
    wrong = client.patch(path, {"since": "2026-02-01", "until": "2026-01-01"}, headers={"If-Match": '"2"'})
    assert wrong.status_code == 400


def test_it_ends_a_relation(ann: User, acme: Customer) -> None:
    relation = relate("client", acme, since=NOW.date())
    client, path = as_user(ann), url(f"relations/{relation.pk}/end/")
    assert client.post(path, {"until": "2020-01-01"}).status_code == 400
    assert client.post(path, {"until": "2026-12-31"}, headers={"If-Match": '"7"'}).status_code == 412
    ended = client.post(path, {"until": "2026-12-31"}, headers={"If-Match": '"1"'})
    assert (ended.status_code, ended.json()["until"], ended.headers["ETag"]) == (200, "2026-12-31", '"2"')


@pytest.mark.parametrize(
    ("query", "count"),
    [("type=client", 1), ("with_us=true", 1), ("with_us=false", 1), ("on=2026-06-03", 2), ("on=2020-01-01", 1)],
)
def test_it_filters(ann: User, acme: Customer, wang: Customer, query: str, count: int) -> None:
    relate("client", acme, since=NOW.date())
    relate("works-for", wang, acme)
    assert len(ids(as_user(ann).get(url(f"relations/?{query}")))) == count


def test_relations_of_a_customer_are_found_at_either_end(ann: User, acme: Customer, wang: Customer) -> None:
    relate("works-for", wang, acme)
    for customer in (acme, wang):
        assert len(ids(as_user(ann).get(url(f"relations/?customer={customer.pk}")))) == 1


@pytest.mark.parametrize("count", [3, 50])
def test_a_list_costs_the_same_however_long(
    ann: User, acme: Customer, count: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(count):
        relate("works-for", Customer.objects.create(name=f"C{n}", team=acme.team), acme)
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url("relations/")))) == count


def test_a_relation_to_us_is_succeeded_by_the_next(ann: User, acme: Customer) -> None:
    relation = relate("prospect", acme, since=date(2024, 1, 1))
    path = url(f"relations/{relation.pk}/succeed/")
    client = as_user(ann)
    assert client.post(path, {"type": "client", "since": "2024-07-01"}, headers={"If-Match": '"7"'}).status_code == 412
    response = client.post(path, {"type": "client", "since": "2024-07-01", "note": "signed"})
    assert response.status_code == 200, response.content
    made = response.json()
    assert (made["type"], made["since"], made["until"], made["note"]) == ("client", "2024-07-01", None, "signed")
    assert client.get(url(f"relations/{relation.pk}/")).json()["until"] == "2024-06-30"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"type": "client"}, "since"),
        ({"type": "works-for", "since": "2024-07-01"}, "type"),
        ({"type": "prospect", "since": "2024-07-01"}, "type"),
        ({"type": "client", "since": "2023-01-01"}, "since"),
    ],
)
def test_what_cannot_follow_is_refused(ann: User, acme: Customer, data: dict[str, str], field: str) -> None:
    relation = relate("prospect", acme, since=date(2024, 1, 1))
    response = as_user(ann).post(url(f"relations/{relation.pk}/succeed/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_opening_an_ended_relation_again_looks_at_what_came_since(ann: User, acme: Customer) -> None:
    relation = relate("client", acme, until=date(2024, 1, 1))
    relate("client", acme, since=date(2025, 1, 1))
    path = url(f"relations/{relation.pk}/")
    response = as_user(ann).patch(path, {"until": None}, headers={"If-Match": "*"})
    assert (response.status_code, response.json()["code"]) == (409, "already_related")
