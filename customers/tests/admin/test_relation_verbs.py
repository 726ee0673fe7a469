"""Relations written on the page of one of their ends."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Relation, RelationType, Team, User
from customers.tests.admin.conftest import LogIn
from customers.tests.operations.relations import firms, persons, relate, type_of

HX = {"HX-Request": "true"}


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def url(name: str, customer: Customer, *keys: int) -> str:
    return reverse(f"admin:customers_customer_{name}", args=[customer.pk, *keys])


def add(client: Client, customer: Customer, phrase: str, other: Customer | None = None, **extra: Any) -> Any:
    code, _dash, direction = phrase.rpartition(":")
    data = {"phrase": f"{type_of(code).pk}:{direction}", "other": other.pk if other else "", "strength": 3, **extra}
    return client.post(url("relation_add", customer), data)


def edit(client: Client, customer: Customer, relation: Relation, **changes: Any) -> Any:
    data = {
        "role": relation.role,
        "since": relation.since or "",
        "until": relation.until or "",
        "strength": relation.strength,
        "note": relation.note,
        "seen_version": relation.version,
        **changes,
    }
    return client.post(url("relation", customer, relation.pk), data)


def test_a_relation_is_added_from_the_end_where_one_stands(client: Client, acme: Customer, wang: Customer) -> None:
    response = add(client, acme, "works-for:in", wang, role="Buyer", since="2024-01-02", strength=4, note="Likes tea")
    assert response.status_code == 302
    row = Relation.objects.get()
    assert (row.from_customer, row.to_customer, row.type.code) == (wang, acme, "works-for")
    assert (row.role, row.since, row.strength, row.note) == ("Buyer", date(2024, 1, 2), 4, "Likes tea")
    page = client.get(url("page", acme))
    assert [(s.verb, s.other) for s in page.context["relations"]] == [("employs", wang)]


def test_what_they_are_to_us_is_added_without_another_end(client: Client, acme: Customer, wang: Customer) -> None:
    assert add(client, acme, "client:us", wang).status_code == 302
    assert Relation.objects.get().to_customer is None


def test_only_what_fits_the_kind_is_offered_from_the_right_ends(client: Client, acme: Customer, wang: Customer) -> None:
    at_acme, at_wang = (
        {text for _group, pairs in form.fields["phrase"].choices if isinstance(pairs, list) for _key, text in pairs}
        for form in (client.get(url("relation_add", who)).context["relation_form"] for who in (acme, wang))
    )
    assert {"employs", "parent of", "subsidiary of", "client of ours"} <= at_acme
    assert not {"works for", "married to", "reports to"} & at_acme
    assert {"works for", "married to", "reports to", "leads", "referred"} <= at_wang
    assert not {"employs", "parent of", "supplier of ours"} & at_wang


@pytest.mark.parametrize(
    ("phrase", "other", "extra", "field"),
    [
        ("works-for:in", False, {}, "other"),
        ("parent-of:out", True, {}, "other"),
        ("client:us", False, {"since": "2024-02-01", "until": "2024-01-01"}, "until"),
        ("client:us", False, {"strength": 9}, "strength"),
        ("works-for:out", True, {}, "phrase"),
    ],
)
def test_a_refused_one_comes_back_in_its_place(
    client: Client, acme: Customer, wang: Customer, phrase: str, other: bool, extra: Any, field: str
) -> None:
    response = add(client, acme, phrase, wang if other else None, role="typed already", **extra)
    form = response.context["relation_form"]
    assert (response.status_code, list(form.errors)) == (200, [field])
    assert 'value="typed already"' in response.content.decode()
    assert not Relation.objects.exists()


def test_the_same_twice_and_a_circle_are_refused_in_words(client: Client, north: Team) -> None:
    a, b = firms(north, "AB")
    add(client, a, "parent-of:out", b)
    assert "already on record" in add(client, a, "parent-of:out", b).content.decode()
    assert "circle" in add(client, a, "parent-of:in", b).content.decode()
    assert Relation.objects.count() == 1


def test_a_customer_out_of_sight_cannot_be_the_other(client: Client, acme: Customer, stranger: Customer) -> None:
    response = add(client, acme, "referred-by:out", stranger)
    assert list(response.context["relation_form"].errors) == ["other"]


def test_a_relation_is_changed_in_its_line(client: Client, acme: Customer, wang: Customer) -> None:
    relation = relate("works-for", wang, acme)
    assert edit(client, acme, relation, role="CTO", strength=5).status_code == 302
    relation.refresh_from_db()
    assert (relation.role, relation.strength, relation.version) == ("CTO", 5, 2)


def test_a_stale_change_is_refused_and_shows_theirs_and_yours(client: Client, acme: Customer, wang: Customer) -> None:
    relation = relate("works-for", wang, acme)
    seen = Relation.objects.get(pk=relation.pk)
    edit(client, acme, relation, role="Theirs")
    response = edit(client, acme, seen, role="Mine")
    assert response.status_code == 200
    text = response.content.decode()
    assert "“Theirs”" in text and 'value="Mine"' in text
    relation.refresh_from_db()
    assert relation.role == "Theirs"


def test_days_that_are_taken_are_refused(client: Client, acme: Customer) -> None:
    before = relate("client", acme, until=date(2020, 12, 31))
    relate("client", acme, since=date(2022, 1, 1))
    assert "already on record" in edit(client, acme, before, until="").content.decode()


def test_a_relation_is_ended(client: Client, acme: Customer, wang: Customer) -> None:
    relation = relate("works-for", wang, acme, since=date(2024, 1, 1))
    path = url("relation_end", acme, relation.pk)
    early = client.post(path, {"until": "2023-01-01", "seen_version": 1})
    assert "It ends before it begins" in early.content.decode()
    assert client.post(path, {"until": "2025-06-30", "seen_version": 1}).status_code == 302
    relation.refresh_from_db()
    assert relation.until == date(2025, 6, 30)
    stale = client.post(path, {"until": "2025-07-30", "seen_version": 1})
    assert "Somebody changed this relation" in stale.content.decode()


def test_what_they_are_to_us_becomes_something_else(client: Client, acme: Customer) -> None:
    relation = relate("prospect", acme, since=date(2023, 5, 1))
    path = url("relation_succeed", acme, relation.pk)
    offered = client.get(path).context["succeed_form"].fields["following"].queryset
    assert "prospect" not in {row.code for row in offered} and "works-for" not in {row.code for row in offered}
    data = {"following": type_of("client").pk, "since": "2024-07-01", "note": "signed", "seen_version": 1}
    assert client.post(path, data).status_code == 302
    steps = client.get(url("page", acme)).context["with_us"]
    assert [(s.verb, s.relation.since, s.relation.until, s.is_past) for s in steps] == [
        ("prospect of ours", date(2023, 5, 1), date(2024, 6, 30), True),
        ("client of ours", date(2024, 7, 1), None, False),
    ]
    again = client.post(path, {**data, "since": "2020-01-01", "seen_version": 2})
    assert list(again.context["succeed_form"].errors) == ["since"]


def test_a_relation_to_another_customer_is_not_succeeded(client: Client, acme: Customer, wang: Customer) -> None:
    relation = relate("works-for", wang, acme)
    assert client.get(url("relation_succeed", acme, relation.pk)).status_code == 404


def test_a_page_that_asks_gets_the_form_alone(client: Client, acme: Customer, wang: Customer) -> None:
    relation, ours = relate("works-for", wang, acme), relate("client", acme)
    for path in (
        url("relation_add", acme),
        url("relation", acme, relation.pk),
        url("relation_succeed", acme, ours.pk),
    ):
        whole, part = client.get(path), client.get(path, headers=HX)
        assert "<html" in whole.content.decode() and "<form" in whole.content.decode()
        assert "<html" not in part.content.decode() and "<form" in part.content.decode()


def test_an_outsider_finds_neither_customer_nor_relation(
    log_in: LogIn, otto: User, acme: Customer, wang: Customer
) -> None:
    relation = relate("works-for", wang, acme)
    client = log_in(otto)
    assert add(client, acme, "works-for:in", wang).status_code == 404
    assert edit(client, acme, relation, role="x").status_code == 404


def test_a_relation_of_others_is_not_found_on_this_page(
    client: Client, acme: Customer, wang: Customer, north: Team
) -> None:
    (c,) = persons(north, "C")
    relation = relate("works-for", wang, acme)
    assert edit(client, c, relation, role="x").status_code == 404


def test_one_whose_other_end_is_out_of_sight_is_not_found(client: Client, acme: Customer, stranger: Customer) -> None:
    relation = relate("referred-by", acme, stranger)
    assert client.get(url("relation", acme, relation.pk)).status_code == 404


def test_whoever_may_only_read_writes_nothing(log_in: LogIn, north: Team, acme: Customer, wang: Customer) -> None:
    from tests.cast import make_user

    client = log_in(make_user("ana", north, role="Analyst"))
    relation = relate("works-for", wang, acme)
    assert add(client, acme, "client:us").status_code == 403
    assert edit(client, acme, relation, role="x").status_code == 403
    assert client.post(url("relation_end", acme, relation.pk), {"until": "2026-01-01"}).status_code == 403
    text = client.get(url("page", acme)).content.decode()
    assert "Add a relation" not in text and "became" not in text


def test_the_others_are_found_while_one_types(
    client: Client, acme: Customer, wang: Customer, stranger: Customer, north: Team
) -> None:
    Customer.objects.create(kind="organisation", name="Acme Valves", country="GB", team=north)
    path = url("others", acme)

    def found(**query: str) -> list[str]:
        return [row["name"] for row in client.get(path, query).json()["results"]]

    assert found(q="acme") == ["Acme Valves"]  # not itself
    assert found(q="王") == ["王芳"]
    assert found(q="a") == found(q="") == []
    assert found(q="stranger") == []
    employs = f"{type_of('works-for').pk}:in"
    assert found(q="acme", phrase=employs) == []
    assert found(q="王芳", phrase=employs) == ["王芳"]


def test_a_small_group_is_shown_with_household_hierarchy_and_picture(client: Client, north: Team) -> None:
    a, b, c = firms(north, "ABC")
    relate("parent-of", a, b)
    relate("parent-of", b, c)
    page = client.get(url("page", b))
    standing = page.context["standing"]
    assert ([[row.name for row in level] for level in standing.above], [row.name for row in standing.below]) == (
        [["A"]],
        ["C"],
    )
    picture = page.context["picture"]
    assert {node.title for node in picture.wide.nodes} >= {
        "B",
        "B subsidiary of A · strength 3 of 5",
        "B parent of C · strength 3 of 5",
    }
    text = page.content.decode()
    assert text.count('<svg class="cp-drawing') == 2
    assert "As a table" in text

    x, y = persons(north, "XY")
    relate("lives-with", x, y)
    assert [row.name for row in client.get(url("page", y)).context["household"].members] == ["Y", "X"]


def test_a_name_in_the_picture_is_never_markup(client: Client, acme: Customer, wang: Customer) -> None:
    relate("works-for", wang, acme)
    Customer.objects.filter(pk=wang.pk).update(name="<script>alert(1)</script>")
    RelationType.objects.filter(code="works-for").update(inverse_name="<b>employs</b>")
    text = client.get(url("page", acme)).content.decode()
    assert "<script>alert(1)" not in text and "<b>employs" not in text


def test_the_list_of_relations_can_be_that_of_one_customer(client: Client, acme: Customer, wang: Customer) -> None:
    relate("works-for", wang, acme)
    relate("client", acme)
    path = reverse("admin:customers_relation_changelist")
    for customer, count in (acme, 2), (wang, 1):
        assert len(client.get(path, {"customer": customer.pk}).context["cl"].result_list) == count
    assert len(client.get(path, {"customer": "x"}).context["cl"].result_list) == 0


def test_what_holds_comes_before_what_ended(client: Client, acme: Customer, north: Team) -> None:
    old, new = persons(north, "ON")
    relate("works-for", old, acme, strength=5, until=timezone.localdate() - timedelta(days=1))
    relate("works-for", new, acme, strength=1)
    relations = client.get(url("page", acme)).context["relations"]
    assert [(s.other.name, s.is_past) for s in relations] == [("N", False), ("O", True)]


def test_what_matters_most_is_shown_however_many_there_are(
    client: Client, north: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customers.admin.relations_card.AT_MOST", 3)
    top, firm = firms(north, "TF")
    relate("prospect", firm, until=date(2020, 1, 1))
    for person in persons(north, "ABCDE"):
        relate("works-for", person, firm, strength=5)
    relate("parent-of", top, firm, strength=1)
    page = client.get(url("page", firm))
    assert [s.verb for s in page.context["with_us"]] == ["prospect of ours"]
    assert [s.verb for s in page.context["relations"]] == ["subsidiary of", "employs"]
    assert page.context["has_more_relations"]
    assert [[row.name for row in level] for level in page.context["standing"].above] == [["T"]]
    assert "All relations" in page.content.decode()
