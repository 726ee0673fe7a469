from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from customers.models import CustomAttribute, Customer, Segment, Tag, Team, User
from customers.operations.create_segment import create_segment
from customers.tests.segments.asking import all_of, asks
from tests.cast import NOW, make_user
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db

BRITISH = all_of(asks("country", "is", "GB"))


@pytest.fixture
def segment(ann: User) -> Segment:
    """Ann's segment of customers in Great Britain."""
    return create_segment(name="British", definition=BRITISH, owner=ann, at=NOW)


def test_it_creates_a_segment_of_whoever_asks(ann: User) -> None:
    response = as_user(ann).post(url("segments/"), {"name": "British", "definition": BRITISH})
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["owner"], body["is_shared"], body["version"]) == (ann.pk, True, 1)
    assert body["definition"]["groups"][0]["conditions"] == [asks("country", "is", "GB")]
    assert response.headers["ETag"] == '"1"'


def test_a_wrong_definition_is_refused_with_the_place(ann: User) -> None:
    wrong = {"groups": [{"conditions": [asks("country", "is", "GB"), asks("orders", "at_least", "many")]}]}
    response = as_user(ann).post(url("segments/"), {"name": "Wrong", "definition": wrong})
    assert response.status_code == 400
    errors = response.json()["errors"]["definition"]["groups"]["0"]["conditions"]["1"]
    assert errors == {"value": ["Give a number."]}
    assert response.json()["detail"] == "definition.groups.0.conditions.1.value: Give a number."
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("definition", []),
        ("definition", {}),
        ("definition", {"groups": [{"conditions": [{"fact": "name", "op": "is", "value": "a\x00"}]}]}),
        ("name", ""),
        ("name", "British"),
        ("owner", 1),
        ("colour", "red"),
    ],
)
def test_it_refuses_what_is_not_right_and_names_it(ann: User, segment: Segment, field: str, value: Any) -> None:
    data = {"name": "New", "definition": BRITISH, field: value}
    response = as_user(ann).post(url("segments/"), data)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_a_change_needs_the_version_that_was_read(ann: User, segment: Segment) -> None:
    client, path = as_user(ann), url(f"segments/{segment.pk}/")
    assert client.patch(path, {"name": "Brits"}).status_code == 428
    assert client.patch(path, {"name": "Brits"}, headers={"If-Match": '"1"'}).status_code == 200
    assert client.patch(path, {"name": "Britons"}, headers={"If-Match": '"1"'}).status_code == 412
    assert client.delete(path, headers={"If-Match": '"2"'}).status_code == 204


def test_shared_ones_are_everybodys_and_others_their_owners(ann: User, otto: User, segment: Segment) -> None:
    assert ids(as_user(otto).get(url("segments/"))) == [segment.pk]
    Segment.objects.update(is_shared=False)
    assert ids(as_user(otto).get(url("segments/"))) == []
    for path in ("", "count/", "customers/"):
        assert as_user(otto).get(url(f"segments/{segment.pk}/{path}")).status_code == 404
    assert ids(as_user(ann).get(url("segments/"))) == [segment.pk]


def test_each_counts_and_lists_the_customers_they_see(
    ann: User, otto: User, segment: Segment, acme: Customer, wang: Customer
) -> None:
    for user, expected in ((ann, [acme.pk]), (otto, [])):
        client = as_user(user)
        assert client.get(url(f"segments/{segment.pk}/count/")).json() == {"count": len(expected)}
        assert ids(client.get(url(f"segments/{segment.pk}/customers/"))) == expected


def test_its_customers_come_in_pages(ann: User, north: Team, segment: Segment) -> None:
    made = [Customer.objects.create(name=f"C{n}", country="GB", team=north, created_at=NOW).pk for n in range(5)]
    client, seen = as_user(ann), []
    path: str | None = url(f"segments/{segment.pk}/customers/?page_size=2&ordering=name")
    while path:
        page = client.get(path).json()
        seen += [row["id"] for row in page["results"]]
        path = page["next"]
    assert seen == made
    assert client.get(url(f"segments/{segment.pk}/customers/?page_size=0")).status_code == 400
    assert client.get(url(f"segments/{segment.pk}/customers/?kind=person")).status_code == 400
    assert client.get(url(f"segments/{segment.pk}/count/?page_size=2")).status_code == 400


def test_one_that_asks_for_what_is_gone_says_so(ann: User, acme: Customer) -> None:
    tag = Tag.objects.create(name="VIP")
    row = create_segment(name="VIPs", definition=all_of(asks("tag", "is", tag.pk)), owner=ann, at=NOW)
    Tag.objects.all().delete()
    client = as_user(ann)
    for path in ("count/", "customers/"):
        response = client.get(url(f"segments/{row.pk}/{path}"))
        assert (response.status_code, response.json()["code"]) == (409, "segment_broken")
        assert "does not exist" in response.json()["detail"]
    assert client.get(url(f"segments/{row.pk}/")).status_code == 200
    assert client.get(url(f"customers/?segment={row.pk}")).json()["errors"] == {
        "segment": [f"Group 1, condition 1: tag: “{tag.pk}” does not exist (any more)."]
    }


def test_addresses_are_shown_to_those_who_may_read_the_segment(ann: User) -> None:
    definition = all_of(asks("email", "is", "ana@one.example"))
    made = as_user(ann).post(url("segments/"), {"name": "One", "definition": definition}).json()
    assert made["definition"]["groups"][0]["conditions"][0]["value"] == "ana@one.example"
    assert "ana@" not in str(Segment.objects.values_list("definition", flat=True).get())


def test_the_customers_need_their_own_permission(north: Team, segment: Segment) -> None:
    user = make_user("half", north)
    user.user_permissions.add(Permission.objects.get(codename="view_segment"))
    assert as_user(user).get(url(f"segments/{segment.pk}/")).status_code == 200
    assert as_user(user).get(url(f"segments/{segment.pk}/count/")).status_code == 403
    assert as_user(user).get(url(f"segments/{segment.pk}/customers/")).status_code == 403


def test_the_facts_are_described_for_programs(ann: User) -> None:
    tag = Tag.objects.create(name="VIP")
    CustomAttribute.objects.create(code="level", name="Level", type="choice", choices=["gold"])
    body = as_user(ann).get(url("segments/facts/")).json()
    facts = {fact["code"]: fact for fact in body["facts"]}
    assert facts["tag"]["choices"] == {"options": [{"value": tag.pk, "label": "VIP"}], "is_complete": True}
    assert facts["attribute.level"]["choices"]["options"] == [{"value": "gold", "label": "gold"}]
    assert facts["orders"]["takes_days"] is True
    assert [one["code"] for one in facts["orders"]["where"]] == ["status", "product", "category", "currency"]
    assert facts["orders_total"]["where"][0] == {
        "code": "currency",
        "label": "currency",
        "is_required": True,
        "is_single": True,
        "choices": {"options": [], "is_complete": True},
    }
    operators = {op["code"]: op["value"] for op in body["operators"]}
    assert (operators["between"], operators["in_last"], operators["empty"]) == ("pair", "days", "nothing")
    assert {op for fact in body["facts"] for op in fact["operators"]} <= set(operators)


def test_facts_that_one_may_not_see_are_not_described(north: Team) -> None:
    user = make_user("half", north)
    user.user_permissions.add(Permission.objects.get(codename="view_segment"))
    codes = {fact["code"] for fact in as_user(user).get(url("segments/facts/")).json()["facts"]}
    assert "kind" in codes
    assert not codes & {"tickets", "orders", "score"}


def test_the_definition_that_is_described_can_be_built(ann: User) -> None:
    """A program that takes the first operator and choice of every fact is understood."""
    client = as_user(ann)
    body = client.get(url("segments/facts/")).json()
    forms = {op["code"]: op["value"] for op in body["operators"]}
    built = 0
    for fact in body["facts"]:
        op = fact["operators"][0]
        options = (fact["choices"] or {}).get("options", [])
        if (fact["choices"] and not options) or any(one["is_required"] for one in fact["where"]):
            continue
        one: Any = options[0]["value"] if options else {"yes_no": True, "number": 1, "text": "x"}.get(fact["type"])
        value = {"one": one, "list": [one], "days": 7}[forms[op]]
        definition = all_of({"fact": fact["code"], "op": op, "value": value})
        response = client.post(url("segments/"), {"name": fact["code"], "definition": definition})
        assert response.status_code == 201, (fact["code"], response.content)
        built += 1
    assert built > 30


@pytest.mark.parametrize("count", [2, 40])
def test_a_list_costs_the_same_however_long(ann: User, count: int, django_assert_max_num_queries: Any) -> None:
    for n in range(count):
        create_segment(name=f"S{n}", definition=BRITISH, owner=ann, at=NOW + timedelta(seconds=n))
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url("segments/")))) == count


@pytest.mark.parametrize("count", [2, 40])
def test_its_customers_cost_the_same_however_many(
    ann: User, north: Team, segment: Segment, count: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(count):
        Customer.objects.create(name=f"C{n}", country="GB", team=north, created_at=NOW)
    client = with_token(ann)
    with django_assert_max_num_queries(11):
        assert len(ids(client.get(url(f"segments/{segment.pk}/customers/")))) == count
