"""Segments: the list with its counts, and the page on which they are built."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Segment, Tag, User
from customers.operations.create_segment import create_segment
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.forms import problems
from customers.tests.segments.asking import all_of, asks
from tests.cast import NOW

pytestmark = pytest.mark.django_db

ADD = "admin:customers_segment_add"
LIST = "admin:customers_segment_changelist"
CUSTOMERS = "admin:customers_customer_changelist"

# The builder's form of one group with two conditions.
TWO: dict[str, Any] = {
    "name": "British regulars",
    "description": "",
    "is_shared": "on",
    "match": "all",
    "groups": ["0"],
    "g0-match": "all",
    "g0-conditions": ["0", "1"],
    "g0-c0-was": "country",
    "g0-c0-fact": "country",
    "g0-c0-op": "one_of",
    "g0-c0-value": ["GB", "CN"],
    "g0-c1-was": "orders",
    "g0-c1-fact": "orders",
    "g0-c1-op": "at_most",
    "g0-c1-value": "2",
    "g0-c1-days": "90",
    "g0-c1-where-status": ["placed", "shipped"],
}
MEANT = {
    "match": "all",
    "groups": [
        {
            "match": "all",
            "conditions": [
                asks("country", "one_of", ["GB", "CN"]),
                asks("orders", "at_most", 2, days=90, where={"status": ["placed", "shipped"]}),
            ],
        }
    ],
}


@pytest.fixture
def client(log_in: LogIn, ann: User) -> Client:
    """Ann's browser."""
    return log_in(ann)


@pytest.fixture
def segment(ann: User) -> Segment:
    """Ann's segment of customers in Great Britain."""
    return create_segment(name="British", definition=all_of(asks("country", "is", "GB")), owner=ann, at=NOW)


def change(row: Segment) -> str:
    return reverse("admin:customers_segment_change", args=[row.pk])


def as_posted(page: Any) -> dict[str, Any]:
    """What a browser would post of the builder as the page shows it."""
    form = page.context["adminform"].form
    data: dict[str, Any] = {
        "name": form["name"].value() or "",
        "description": form["description"].value() or "",
        "is_shared": "on" if form["is_shared"].value() else "",
        "seen_version": form["seen_version"].value() or "",
        "match": form.builder.match,
        "groups": [],
    }
    for group in form.builder.groups:
        data["groups"].append(str(group.number))
        data[f"{group.prefix}-match"] = group.match
        data[f"{group.prefix}-conditions"] = [str(n) for n in range(len(group.conditions))]
        for one in group.conditions:
            values = [option.value for option in one.picker.chosen] if one.picker else [v for v in one.values if v]
            data |= {
                f"{one.prefix}-was": one.state.fact,
                f"{one.prefix}-fact": one.state.fact,
                f"{one.prefix}-op": next((op.value for op in one.ops if op.is_chosen), ""),
                f"{one.prefix}-value": values,
                f"{one.prefix}-days": one.state.days,
            }
            data |= {picker.name: [option.value for option in picker.chosen] for picker in one.narrowings}
    return data


def test_a_segment_is_built_and_saved(client: Client, ann: User) -> None:
    assert client.get(reverse(ADD)).status_code == 200
    assert client.post(reverse(ADD), TWO).status_code == 302
    row = Segment.objects.get()
    assert (row.name, row.owner, row.definition) == ("British regulars", ann, MEANT)


def test_a_saved_segment_is_shown_as_it_was_built(client: Client) -> None:
    client.post(reverse(ADD), TWO)
    row = Segment.objects.get()
    data = as_posted(client.get(change(row)))
    assert client.post(change(row), {**data, "name": "Renamed"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.definition, row.version) == ("Renamed", MEANT, 2)


def test_every_kind_of_value_survives_the_form(client: Client, ann: User) -> None:
    tag = Tag.objects.create(name="VIP")
    definition = {
        "match": "any",
        "groups": [
            {
                "match": "any",
                "conditions": [
                    asks("name", "contains", "pump, valve"),
                    asks("name", "one_of", ["a, b", "c"]),
                    asks("created", "between", ["2026-01-01", "2026-01-31"]),
                    asks("created", "more_than_ago", 30),
                    asks("has_email", "is", False),
                    asks("low_evidence", "is_not", True),
                    asks("score", "between", [20.5, 40]),
                    asks("owner", "empty"),
                ],
            },
            {
                "match": "all",
                "conditions": [
                    asks("tag", "none_of", [tag.pk]),
                    asks("owner", "is", ann.pk),
                    asks("tickets", "at_least", 1, where={"priority": [3, 4]}),
                    asks("score_moved_by", "is", 2),
                    asks("relation", "is", "works-for:inverse"),
                    asks("email", "one_of", ["ana@one.example", "b@two.example"]),
                    asks("orders_total", "at_least", 10.25, where={"currency": ["EUR"]}),
                ],
            },
        ],
    }
    row = create_segment(name="All kinds", definition=definition, owner=ann, at=NOW)
    response = client.post(change(row), {**as_posted(client.get(change(row))), "name": "Still"})
    assert response.status_code == 302, problems(response)
    again = client.get(change(row)).context["adminform"].form.standing_definition
    assert again == definition


def test_what_is_wrong_is_shown_at_its_condition(client: Client) -> None:
    response = client.post(reverse(ADD), {**TWO, "g0-c1-value": "many"})
    assert problems(response)["__all__"] == ["Group 1, condition 2: Give a number."]
    builder = response.context["adminform"].form.builder
    assert [bool(one.errors) for one in builder.groups[0].conditions] == [False, True]
    assert 'value="many"' in response.content.decode()
    assert not Segment.objects.exists()


def test_a_segment_without_conditions_is_refused(client: Client) -> None:
    assert "__all__" in problems(client.post(reverse(ADD), {"name": "x", "groups": ["0"], "g0-conditions": []}))
    assert "__all__" in problems(client.post(reverse(ADD), {"name": "x"}))
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("command", "shape"),
    [
        ("add-group", [2, 1]),
        ("add:0", [3]),
        ("remove:0:0", [1]),
        ("remove:0:7", [2]),
        ("remove-group:0", [1]),
        ("remove-group:9", [2]),
        ("refresh", [2]),
        ("nonsense:x", [2]),
        ("add:-1", [2]),
    ],
)
def test_its_buttons_work_without_javascript(client: Client, command: str, shape: list[int]) -> None:
    response = client.post(reverse(ADD), {**TWO, "edit": command})
    assert [len(group.conditions) for group in response.context["adminform"].form.builder.groups] == shape
    assert "not saved yet" in response.content.decode()
    assert not Segment.objects.exists()
    alone = client.post(reverse("admin:customers_segment_builder"), {**TWO, "edit": command})
    assert [len(group.conditions) for group in alone.context["builder"].groups] == shape
    assert "<html" not in alone.content.decode()


def test_another_fact_begins_anew(client: Client) -> None:
    response = client.post(reverse("admin:customers_segment_builder"), {**TWO, "g0-c0-fact": "created"})
    first = response.context["builder"].groups[0].conditions[0]
    assert (first.widget, first.values) == ("days", [""])


def test_a_stale_save_is_refused_and_shows_both_sentences(client: Client, segment: Segment) -> None:
    mine = as_posted(client.get(change(segment)))
    theirs = as_posted(client.get(change(segment)))
    client.post(change(segment), {**theirs, "g0-c0-value": "CN"})
    response = client.post(change(segment), {**mine, "g0-c0-value": "FR"})
    differences = [(row.theirs, row.yours) for row in response.context["adminform"].form.differences]
    assert differences == [("Customers in CN", "Customers in FR")]
    segment.refresh_from_db()
    assert segment.definition == {**MEANT, "groups": [{"match": "all", "conditions": [asks("country", "is", "CN")]}]}


def test_what_is_gone_is_shown_and_can_be_mended(client: Client, ann: User, acme: Customer) -> None:
    tag = Tag.objects.create(name="VIP")
    gone = tag.pk
    row = create_segment(
        name="VIPs", definition=all_of(asks("tag", "is", tag.pk), asks("country", "is", "GB")), owner=ann, at=NOW
    )
    Segment.objects.filter(pk=row.pk).update(
        definition=all_of(*row.definition["groups"][0]["conditions"], asks("attribute.lost", "is", 5))
    )
    Tag.objects.all().delete()
    page = client.get(change(row))
    text = page.content.decode()
    assert f"{gone} (gone)" in text
    assert "attribute.lost (gone)" in text
    data = as_posted(page)
    assert "does not exist (any more)" in str(problems(client.post(change(row), data)))
    edited = client.post(change(row), {**data, "edit": "remove:0:0"})
    edited = client.post(change(row), {**as_posted(edited), "edit": "remove:0:1"})
    assert client.post(change(row), as_posted(edited)).status_code == 302
    listed = client.get(reverse(CUSTOMERS) + f"?segment={row.pk}")
    assert list(listed.context["cl"].result_list) == [acme]


def test_the_list_counts_each_in_a_request_of_its_own(client: Client, segment: Segment, acme: Customer) -> None:
    text = client.get(reverse(LIST)).content.decode()
    address = reverse("admin:customers_segment_count", args=[segment.pk])
    assert f'hx-get="{address}"' in text
    assert f"{reverse(CUSTOMERS)}?segment={segment.pk}" in text
    assert ">1<" in client.get(address).content.decode()
    Segment.objects.filter(pk=segment.pk).update(definition={})
    assert "needs mending" in client.get(address).content.decode()


def test_one_that_is_not_shared_is_its_owners(log_in: LogIn, bob: User, segment: Segment) -> None:
    client = log_in(bob)
    assert client.get(change(segment)).status_code == 200
    refused = client.post(change(segment), {**as_posted(client.get(change(segment))), "is_shared": ""})
    assert list(problems(refused)) == ["is_shared"]
    Segment.objects.update(is_shared=False)
    assert client.get(change(segment)).status_code == 404
    assert client.get(reverse("admin:customers_segment_count", args=[segment.pk])).status_code == 404
    assert segment.name not in client.get(reverse(LIST)).content.decode()


def test_the_history_says_that_conditions_changed(client: Client, segment: Segment) -> None:
    client.post(change(segment), {**as_posted(client.get(change(segment))), "g0-c0-value": "CN"})
    text = client.get(reverse("admin:customers_segment_history", args=[segment.pk])).content.decode()
    assert "Conditions" in text and "CN" in text


@pytest.mark.parametrize("count", [2, 30])
def test_the_builder_keeps_to_its_budget(
    client: Client, ann: User, count: int, django_assert_max_num_queries: Any
) -> None:
    tags = [Tag.objects.create(name=f"T{n}") for n in range(count)]
    conditions = [asks("tag", "is", tag.pk) for tag in tags]
    row = create_segment(name="Many", definition=all_of(*conditions), owner=ann, at=NOW)
    client.get(change(row))
    with django_assert_max_num_queries(14):
        client.get(change(row))
