"""The customer list by segment, tag and custom attributes, and its filter saved as a segment."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.admin.sites import site
from django.test import Client
from django.urls import reverse

from customers.admin.segment_from_list import definition_from_list
from customers.models import CustomAttribute, Customer, Segment, Tag, User
from customers.operations.create_segment import create_segment
from customers.segments.facts import Catalogue
from customers.tests.admin.conftest import LogIn
from customers.tests.segments.asking import all_of, any_of, asks, whom
from tests.cast import NOW

pytestmark = pytest.mark.django_db

LIST = "admin:customers_customer_changelist"


@pytest.fixture
def client(log_in: LogIn, ann: User) -> Client:
    """Ann's browser."""
    return log_in(ann)


@pytest.fixture(autouse=True)
def definitions() -> None:
    CustomAttribute.objects.create(code="level", name="Level", type="choice", choices=["gold", "silver"])
    CustomAttribute.objects.create(code="größe", name="Größe", type="number")
    CustomAttribute.objects.create(code="vip", name="VIP", type="yes_no")
    CustomAttribute.objects.create(code="renewal", name="Renewal", type="date")
    CustomAttribute.objects.create(code="note", name="Note", type="text")


def listed(client: Client, **query: Any) -> list[Customer]:
    response = client.get(reverse(LIST) + "?" + urlencode(query))
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_the_list_is_narrowed_down_to_a_segment(client: Client, ann: User, acme: Customer, wang: Customer) -> None:
    row = create_segment(name="British", definition=all_of(asks("country", "is", "GB")), owner=ann, at=NOW)
    assert listed(client, segment=row.pk) == [acme]
    assert listed(client, segment=row.pk, kind__exact="person") == []
    assert listed(client, segment="999999") == []
    assert listed(client, segment="x") == []
    text = client.get(reverse(LIST) + f"?segment={row.pk}").content.decode()
    assert ">British</h2>" in text


def test_a_segment_that_asks_for_what_is_gone_says_so(client: Client, acme: Customer) -> None:
    row = Segment.objects.create(name="Lost", definition=all_of(asks("tag", "is", 99)))
    response = client.get(reverse(LIST) + f"?segment={row.pk}")
    assert list(response.context["cl"].result_list) == []
    assert "does not exist (any more)" in response.content.decode()


def test_anothers_segment_finds_nobody(client: Client, otto: User, acme: Customer) -> None:
    definition = all_of(asks("country", "is", "GB"))
    row = create_segment(name="British", definition=definition, owner=otto, is_shared=False, at=NOW)
    assert listed(client, segment=row.pk) == []


def test_the_list_is_narrowed_down_by_a_tag(client: Client, acme: Customer, wang: Customer) -> None:
    vip = Tag.objects.create(name="VIP")
    acme.tags.add(vip, Tag.objects.create(name="Other"))
    assert listed(client, tag=vip.pk) == [acme]
    assert listed(client, tag="x") == []


def test_the_list_is_narrowed_down_by_attributes(client: Client, acme: Customer, wang: Customer) -> None:
    Customer.objects.filter(pk=acme.pk).update(attributes={"level": "gold", "größe": 7, "renewal": "2026-05-01"})
    Customer.objects.filter(pk=wang.pk).update(attributes={"vip": True, "größe": 20})
    for query, expected in [
        ({"attribute.level": "gold"}, [acme]),
        ({"attribute.level": "silver"}, []),
        ({"attribute.vip": "true"}, [wang]),
        ({"attribute.vip": "false"}, []),
        ({"attribute.größe.min": "7.5"}, [wang]),
        ({"attribute.größe.min": "5", "attribute.größe.max": "10"}, [acme]),
        ({"attribute.renewal.max": "2026-05-01"}, [acme]),
        ({"attribute.level": "", "attribute.größe.min": ""}, [wang, acme]),
    ]:
        assert listed(client, **query) == expected, query


def test_a_value_that_is_none_is_told(client: Client, acme: Customer) -> None:
    response = client.get(reverse(LIST) + "?attribute.gr%C3%B6%C3%9Fe.min=many")
    assert list(response.context["cl"].result_list) == []
    assert "Größe: Give a number." in response.content.decode()


def test_the_sheet_offers_what_can_be_chosen_and_a_button(client: Client, acme: Customer) -> None:
    text = client.get(reverse(LIST)).content.decode()
    assert 'name="attribute.level"' in text
    assert 'name="attribute.größe.min"' in text
    assert 'type="date" name="attribute.renewal.max"' in text
    assert "attribute.note" not in text
    assert "Apply Filters" in text
    assert "Show counts" not in text
    assert client.get(reverse(LIST) + "?_facets=True").status_code == 200


FILTERS: dict[str, Any] = {
    "q": "acme",
    "kind__exact": "organisation",
    "country": "GB",
    "attribute.level": "gold",
    "attribute.größe.min": "5",
    "band": "bad",
    "evidence": "low",
    "moved": "fell",
    "o": "1",
}


def test_the_filter_of_the_list_becomes_a_definition(acme: Customer) -> None:
    definition, left_out = definition_from_list(urlencode(FILTERS), Catalogue(None))
    assert left_out == []
    assert definition["groups"][0]["conditions"] == [
        asks("name", "contains", "acme"),
        asks("kind", "is", "organisation"),
        asks("country", "is", "GB"),
        asks("attribute.level", "is", "gold"),
        asks("attribute.größe", "at_least", 5),
        asks("score", "less_than", 35.0),
        asks("low_evidence", "is", True),
        asks("score_change", "at_most", -10.0),
    ]


def test_the_list_and_its_segment_show_the_same(client: Client, ann: User, acme: Customer, wang: Customer) -> None:
    vip = Tag.objects.create(name="VIP")
    acme.tags.add(vip)
    Customer.objects.filter(pk=acme.pk).update(owner=ann, attributes={"größe": 7})
    for query in (
        {"q": "acme"},
        {"q": "nobody@example.com"},
        {"q": "+44 20 7946 0000"},
        {"kind__exact": "person"},
        {"team__id__exact": acme.team_id},
        {"owner__id__exact": ann.pk},
        {"tag": vip.pk},
        {"country": "CN"},
        {"attribute.größe.max": "7"},
        {"band": "none"},
    ):
        definition, left_out = definition_from_list(urlencode(query), Catalogue(ann))
        assert left_out == []
        shown = sorted(listed(client, **query), key=lambda row: row.name)
        assert whom(definition, ann) == shown, query


def test_a_segment_in_the_filter_is_taken_over_where_it_can_be_joined(ann: User) -> None:
    one = create_segment(
        name="One", definition=any_of(asks("country", "is", "GB"), asks("orders", "is", 0)), owner=ann, at=NOW
    )
    definition, left_out = definition_from_list(f"segment={one.pk}&kind__exact=person", Catalogue(ann))
    assert [group["match"] for group in definition["groups"]] == ["all", "any"]
    assert left_out == []
    groups = [{"conditions": [asks("orders", "is", 0)]}] * 2
    two = create_segment(name="Two", definition={"match": "any", "groups": groups}, owner=ann, at=NOW)
    assert definition_from_list(f"segment={two.pk}", Catalogue(ann)) == ({}, [f"segment = {two.pk}"])


def test_anothers_segment_in_the_filter_is_not_taken_over(ann: User, otto: User) -> None:
    one = create_segment(
        name="One", definition=all_of(asks("country", "is", "GB")), owner=otto, is_shared=False, at=NOW
    )
    assert definition_from_list(f"segment={one.pk}", Catalogue(ann)) == ({}, [f"segment = {one.pk}"])


def test_what_means_nothing_is_named(ann: User) -> None:
    asked = "team__id__exact=999999&colour=red&attribute.lost=1&attribute.level=bronze&band=odd&segment=x&tag=x"
    definition, left_out = definition_from_list(asked, Catalogue(ann))
    assert definition == {}
    assert len(left_out) == 7


def test_the_builder_begins_with_the_filter(client: Client, acme: Customer) -> None:
    text = client.get(reverse(LIST) + "?country=GB&q=a%26b").content.decode()
    link = text.split('href="', 1)[0] and next(
        part.split('"')[0] for part in text.split('href="') if "from_list=" in part.split('"')[0]
    )
    response = client.get(link)
    conditions = response.context["adminform"].form.builder.groups[0].conditions
    assert [(one.state.fact, one.state.values) for one in conditions] == [("country", ["GB"]), ("name", ["a&b"])]
    odd = client.get(reverse("admin:customers_segment_add") + "?from_list=colour%3Dred")
    assert "Could not be taken over from the list: colour = red." in odd.content.decode()


def test_a_segment_alone_is_not_offered_to_be_saved_again(client: Client, ann: User) -> None:
    one = create_segment(name="British", definition=all_of(asks("country", "is", "GB")), owner=ann, at=NOW)
    assert "from_list=" not in client.get(f"{reverse(LIST)}?segment={one.pk}").content.decode()
    assert "from_list=" in client.get(f"{reverse(LIST)}?segment={one.pk}&q=a").content.decode()


def test_every_filter_of_the_list_can_be_taken_over(log_in: LogIn, root: User) -> None:
    """A filter without a translation would be lost silently: whoever adds one adds its meaning."""
    request: Any = log_in(root).get(reverse(LIST)).wsgi_request
    page: Any = site._registry[Customer]
    from customers.admin.segment_from_list import _translations

    for one in page.get_list_filter(request):
        name = getattr(one, "parameter_name", None)
        if name is None:
            continue  # of a column (kind, team, owner), or of an attribute
        assert name == "segment" or name in _translations, name


def test_the_filtered_list_keeps_to_its_budget(
    client: Client, ann: User, acme: Customer, django_assert_max_num_queries: Any
) -> None:
    vip = Tag.objects.create(name="VIP")
    definition = all_of(asks("tag", "is", vip.pk), asks("orders", "is", 0))
    row = create_segment(name="VIPs", definition=definition, owner=ann, at=NOW)
    address = reverse(LIST) + f"?segment={row.pk}&tag={vip.pk}"
    client.get(address)
    with django_assert_max_num_queries(16):  # the log-in and the frame included
        client.get(address)
