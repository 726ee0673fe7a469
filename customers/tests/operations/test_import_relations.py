from collections.abc import Callable
from datetime import date

import pytest

from customers.models import Customer, Relation, Team
from customers.operations.import_customers import import_customers
from customers.operations.import_relations import import_relations
from customers.operations.records import Counts, CustomerRecord, RelationRecord
from customers.operations.source import Source
from tests.cast import NOW
from tests.imports import refusals_into

pytestmark = pytest.mark.django_db
Importing = Callable[..., Counts]


@pytest.fixture
def refused() -> dict[str, str]:
    return {}


@pytest.fixture
def bring(north: Team, refused: dict[str, str]) -> Importing:
    """Import relations between two persons and three organisations."""
    common = {"source": Source("old"), "team": north, "at": NOW, "report": refusals_into(refused)}
    people = [CustomerRecord(name, name) for name in ("ana", "rui")]
    firms = [CustomerRecord(name, name, kind="organisation") for name in ("a", "b", "c")]
    import_customers(records=[*people, *firms], **common)  # type: ignore[arg-type]

    def importing(*records: RelationRecord) -> Counts:
        return import_relations(records=records, **common)  # type: ignore[arg-type]

    return importing


def test_it_relates_customers_to_each_other_and_to_us(bring: Importing) -> None:
    assert bring(RelationRecord("works-for", "ana", "a", role="CEO"), RelationRecord("client", "a", "")) == Counts(2)
    row = Relation.objects.get(type__code="works-for")
    assert (row.from_customer.name, row.to_customer and row.to_customer.name, row.role) == ("ana", "a", "CEO")
    touched = Customer.objects.filter(activity_version=2).order_by("name").values_list("name", flat=True)
    assert list(touched) == ["a", "ana"]


def test_the_same_again_changes_nothing_not_even_activity(bring: Importing) -> None:
    records = RelationRecord("works-for", "ana", "a"), RelationRecord("client", "a", "")
    bring(*records)
    before = list(Relation.objects.values()), list(Customer.objects.values())
    assert bring(*records) == Counts(unchanged=2)
    assert (list(Relation.objects.values()), list(Customer.objects.values())) == before


def test_an_end_and_another_beginning_are_told_apart(bring: Importing) -> None:
    bring(RelationRecord("works-for", "ana", "a", since=date(2020, 1, 1)))
    ended = RelationRecord("works-for", "ana", "a", since=date(2020, 1, 1), until=date(2021, 1, 1))
    assert bring(ended, RelationRecord("works-for", "ana", "a", since=date(2024, 1, 1))) == Counts(1, 1)
    assert list(Relation.objects.order_by("pk").values_list("until", flat=True)) == [date(2021, 1, 1), None]


def test_a_hierarchy_has_no_circle_neither_in_the_file_nor_with_what_is_here(
    bring: Importing, refused: dict[str, str]
) -> None:
    bring(RelationRecord("parent-of", "a", "b"))
    closing = RelationRecord("parent-of", "c", "a")
    assert bring(RelationRecord("parent-of", "b", "c"), closing) == Counts(created=1, refused=1)
    assert bring(closing) == Counts(refused=1)
    assert "circle" in refused["parent-of c a"]


def test_a_bad_row_is_refused_and_stops_no_other(bring: Importing, refused: dict[str, str]) -> None:
    bad = [
        RelationRecord("haunts", "ana", "a"),
        RelationRecord("works-for", "ana", "z"),
        RelationRecord("works-for", "a", "b"),
        RelationRecord("works-for", "rui", ""),
        RelationRecord("client", "a", "b"),
        RelationRecord("married-to", "ana", "ana"),
        RelationRecord("referred-by", "ana", "b", strength=9),
        RelationRecord("referred-by", "rui", "b", since=date(2020, 1, 2), until=date(2020, 1, 1)),
    ]
    assert bring(*bad, RelationRecord("married-to", "ana", "rui")) == Counts(created=1, refused=8)
    assert len(refused) == 8


def test_a_record_that_does_not_say_since_when_is_of_the_relation_that_is_here(bring: Importing) -> None:
    bring(RelationRecord("works-for", "ana", "a", since=date(2020, 1, 1), role="CEO"))
    assert bring(RelationRecord("works-for", "ana", "a")) == Counts(unchanged=1)
    assert bring(RelationRecord("works-for", "ana", "a", role="CFO", note="since May")) == Counts(updated=1)
    row = Relation.objects.get()
    assert (row.role, row.note, row.since, row.strength) == ("CFO", "since May", date(2020, 1, 1), 3)


def test_the_day_it_began_is_added_to_one_that_had_none(bring: Importing) -> None:
    bring(RelationRecord("works-for", "ana", "a", role="CEO"))
    assert bring(RelationRecord("works-for", "ana", "a", since=date(2020, 1, 1))) == Counts(updated=1)
    row = Relation.objects.get()
    assert (row.role, row.since) == ("CEO", date(2020, 1, 1))


def test_of_several_the_one_that_lasts_is_meant(bring: Importing) -> None:
    bring(
        RelationRecord("works-for", "ana", "a", since=date(2024, 1, 1), until=date(2025, 1, 1)),
        RelationRecord("works-for", "ana", "a", since=date(2020, 1, 1)),
    )
    bring(RelationRecord("works-for", "ana", "a", role="CEO"))
    assert Relation.objects.get(role="CEO").since == date(2020, 1, 1)


def test_a_refused_change_leaves_the_relation_as_it_was(bring: Importing) -> None:
    bring(RelationRecord("works-for", "ana", "a", since=date(2020, 1, 1), strength=5))
    bad = RelationRecord("works-for", "ana", "a", since=date(2020, 1, 1), until=date(2019, 1, 1), role="CEO")
    assert bring(bad, RelationRecord("works-for", "ana", "a", note="x")) == Counts(updated=1, refused=1)
    row = Relation.objects.get()
    assert (row.until, row.role, row.note, row.strength) == (None, "", "x", 5)
