"""Which definitions ask for what, also those that can no longer be read."""

from typing import Any

import pytest

from customers.models import Segment
from customers.segments.references import conditions_in, replace_value, segments_that_ask_for, segments_that_name
from customers.tests.segments.asking import all_of, asks

pytestmark = pytest.mark.django_db


def test_segments_are_found_by_what_they_ask_for() -> None:
    by_tag = Segment.objects.create(name="A", definition=all_of(asks("tag", "one_of", [3, 4])))
    by_size = Segment.objects.create(name="B", definition=all_of(asks("attribute.size", "at_least", 3)))
    Segment.objects.create(name="C", definition={"groups": "broken"})
    assert segments_that_ask_for("tag") == [by_tag]
    assert segments_that_ask_for("attribute.size") == [by_size]
    assert segments_that_name("tag", [4, 9]) == [by_tag]
    assert segments_that_name("tag", [5]) == []


@pytest.mark.parametrize("data", [None, [], {}, {"groups": None}, {"groups": [None, {}, {"conditions": [None, 5]}]}])
def test_what_is_no_definition_has_no_conditions(data: Any) -> None:
    assert list(conditions_in(data)) == []
    assert replace_value(data, fact="tag", old=[1], new=2) == data


def test_a_value_is_replaced_where_it_stands() -> None:
    other = asks("owner", "is", 1)
    before = all_of(asks("tag", "is", 1), asks("tag", "none_of", [1, 2, 3]), asks("tag", "empty"), other)
    after = all_of(asks("tag", "is", 2), asks("tag", "none_of", [2, 3]), asks("tag", "empty"), other)
    assert replace_value(before, fact="tag", old=[1], new=2) == after
