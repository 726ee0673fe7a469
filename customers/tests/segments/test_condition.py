"""The customers of a segment: under the sight of whoever asks."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Category, CustomAttribute, Customer, Order, OrderLine, Product, Segment, Tag, Team, User
from customers.operations.place_order import NewLine, place_order
from customers.segments.condition import segment_customers
from customers.segments.definition import SegmentInvalid
from customers.tests.segments.asking import all_of, any_of, asks, whom
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def saved(definition: dict[str, Any]) -> Segment:
    return Segment.objects.create(name="S", definition=definition)


@pytest.fixture
def stranger(south: Team) -> Customer:
    """A customer of South."""
    return Customer.objects.create(name="Stranger", team=south, created_at=NOW)


def test_each_sees_the_customers_that_are_theirs(
    ann: User, otto: User, root: User, acme: Customer, stranger: Customer
) -> None:
    segment = saved(all_of(asks("kind", "one_of", ["person", "organisation"])))
    seen = {user: set(segment_customers(segment=segment, user=user, at=NOW)) for user in (ann, otto, root, None)}
    assert seen == {ann: {acme}, otto: {stranger}, root: {acme, stranger}, None: {acme, stranger}}


def test_one_who_was_merged_away_is_in_no_segment(acme: Customer, wang: Customer) -> None:
    Customer.objects.filter(pk=wang.pk).update(merged_into=acme)
    assert list(segment_customers(segment=saved(all_of(asks("name", "is_not", "x"))), user=None, at=NOW)) == [acme]


def test_a_segment_that_asks_for_what_is_gone_finds_no_one_quietly(acme: Customer) -> None:
    tag = Tag.objects.create(name="VIP")
    segment = saved(all_of(asks("tag", "is_not", tag.pk)))
    assert list(segment_customers(segment=segment, user=None, at=NOW)) == [acme]
    tag.delete()
    with pytest.raises(SegmentInvalid, match="does not exist"):
        segment_customers(segment=segment, user=None, at=NOW)


def test_a_segment_without_conditions_is_not_everybody(acme: Customer) -> None:
    with pytest.raises(SegmentInvalid):
        segment_customers(segment=saved({}), user=None, at=NOW)


def test_is_not_holds_of_whoever_has_no_value(acme: Customer, wang: Customer) -> None:
    CustomAttribute.objects.create(code="size", name="Size", type="number")
    CustomAttribute.objects.create(code="vip", name="VIP", type="yes_no")
    Customer.objects.filter(pk=acme.pk).update(attributes={"size": 7, "vip": True})
    assert whom(all_of(asks("attribute.size", "is_not", 7))) == [wang]
    assert whom(all_of(asks("attribute.vip", "is_not", True))) == [wang]
    assert whom(all_of(asks("attribute.vip", "is", False))) == []
    assert whom(all_of(asks("owner", "empty"), asks("industry", "is_not", "pumps"))) == [acme, wang]


def test_time_is_told_not_read(acme: Customer) -> None:
    segment = saved(all_of(asks("created", "in_last", 30)))
    assert list(segment_customers(segment=segment, user=None, at=NOW + timedelta(days=29))) == [acme]
    assert list(segment_customers(segment=segment, user=None, at=NOW + timedelta(days=31))) == []


def test_a_category_holds_those_below_it(acme: Customer) -> None:
    pumps = Category.objects.create(name="Pumps")
    small = Category.objects.create(name="Small pumps", parent=pumps)
    product = Product.objects.create(sku="P", name="P", category=small)
    line = NewLine(product=product, unit_price=Decimal(10))
    place_order(customer=acme, currency="EUR", lines=[line], at=NOW)
    assert whom(all_of(asks("category", "is", pumps.pk))) == [acme]
    assert whom(all_of(asks("orders", "at_least", 1, where={"category": [pumps.pk]}))) == [acme]
    pumps.parent = small
    pumps.save()  # a circle, as it may come from another system, ends
    assert whom(all_of(asks("category", "is", pumps.pk))) == [acme]


def test_a_cancelled_order_counts_only_where_it_is_asked_for(acme: Customer) -> None:
    order = Order.objects.create(number="1", customer=acme, currency="EUR", ordered_at=NOW, status="cancelled")
    OrderLine.objects.create(order=order, product=Product.objects.create(sku="P", name="P"), unit_price=1)
    assert whom(all_of(asks("orders", "at_least", 1))) == []
    assert whom(all_of(asks("orders", "at_least", 1, where={"status": ["cancelled"]}))) == [acme]
    assert whom(all_of(asks("product", "is", Product.objects.get().pk))) == []


def test_what_lies_ahead_has_not_happened(acme: Customer) -> None:
    Order.objects.create(number="1", customer=acme, currency="EUR", ordered_at=NOW + timedelta(days=1))
    assert whom(all_of(asks("orders", "at_least", 1))) == []
    assert whom(all_of(asks("last_ordered", "empty"))) == [acme]


def test_no_condition_multiplies_or_joins_rows(acme: Customer) -> None:
    tags = [Tag.objects.create(name=name) for name in "abc"]
    acme.tags.set(tags)
    for number in range(3):
        Order.objects.create(number=str(number), customer=acme, currency="EUR", ordered_at=NOW)
    definition = any_of(
        asks("tag", "one_of", [tag.pk for tag in tags]),
        asks("orders", "at_least", 2),
        asks("country", "is", "GB"),
        asks("tag", "empty"),
    )
    with CaptureQueriesContext(connection) as asked:
        assert whom(definition) == [acme]
    sql = asked.captured_queries[-1]["sql"].lower()
    outer = sql.split(" where ", 1)[0]
    assert " join " not in outer
    assert "union" in sql


def test_it_takes_few_queries_however_many_values(acme: Customer, django_assert_max_num_queries: Any) -> None:
    tags = [Tag.objects.create(name=f"tag {n}") for n in range(30)]
    conditions = [asks("tag", "is_not", tag.pk) for tag in tags]
    with django_assert_max_num_queries(3):  # the attributes, the tags, the customers
        assert whom(all_of(*conditions)) == [acme]


@pytest.mark.parametrize("stored", ["ÜBERGROSS Émile", "übergross émile", "Übergross ÉMILE"])
def test_case_does_not_matter_in_any_script_but_accents_do(acme: Customer, stored: str) -> None:
    CustomAttribute.objects.create(code="note", name="Note")
    Customer.objects.filter(pk=acme.pk).update(attributes={"note": stored}, industry=stored)
    for fact in ("attribute.note", "industry"):
        for op, value, found in [
            ("is", "übergROSS émile", True),
            ("is", "ubergross emile", False),
            ("contains", "ÉMI", True),
            ("contains", "emi", False),
            ("begins_with", "ÜB", True),
            ("begins_with", "ub", False),
            ("one_of", ["x", "Übergross Émile"], True),
            ("is", "übergross émile ", True),  # what is asked for is trimmed
        ]:
            assert (whom(all_of(asks(fact, op, value))) == [acme]) == found, (fact, op, value)
