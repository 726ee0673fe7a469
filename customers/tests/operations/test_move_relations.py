from datetime import date
from typing import Any

import pytest

from customers.models import Customer, Merge, Relation, RelationType, Team
from customers.operations.merge_customers import merge_customers
from customers.operations.relate_customers import relate_customers
from customers.operations.undo_merge import undo_merge
from customers.tests.operations.merging import twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db

Ends = tuple[int, int | None]


def relate(code: str, start: Customer, end: Customer | None = None, **more: Any) -> Relation:
    return relate_customers(
        type=RelationType.objects.get(code=code), from_customer=start, to_customer=end, at=NOW, **more
    )


def merge(kept: Customer, gone: Customer) -> Merge:
    return merge_customers(kept=kept, gone=gone, by=None, at=NOW)


def ends() -> set[Ends]:
    return set(Relation.objects.values_list("from_customer", "to_customer"))


def dropped(row: Merge) -> list[int]:
    return [one["id"] for one in row.dropped.get("customers.Relation", [])]


@pytest.fixture
def firms(north: Team) -> list[Customer]:
    """Three others."""
    return [Customer.objects.create(kind="organisation", name=name, team=north) for name in "XYZ"]


def test_relations_go_over_at_either_end(north: Team, firms: list[Customer]) -> None:
    kept, gone = twins(north)
    x, y, _ = firms
    relate("supplies", gone, x)
    relate("supplies", y, gone)
    relate("client", gone)
    merge(kept, gone)
    assert ends() == {(kept.pk, x.pk), (y.pk, kept.pk), (kept.pk, None)}
    assert set(Relation.objects.values_list("version", flat=True)) == {2}


def test_one_between_the_two_cannot_go_over_and_comes_back(north: Team) -> None:
    kept, gone = twins(north)
    row = relate("supplies", gone, kept, note="a secret", strength=5)
    done = merge(kept, gone)
    assert (ends(), dropped(done)) == (set(), [row.pk])
    undo_merge(merge=done, by=None, at=NOW)
    back = Relation.objects.get()
    assert (back.pk, back.from_customer, back.to_customer, back.note, back.strength) == (
        row.pk, gone, kept, "a secret", 5,
    )  # fmt: skip


def test_the_same_relation_is_there_once(north: Team, firms: list[Customer]) -> None:
    kept, gone = twins(north)
    mine = [relate("supplies", kept, firms[0]), relate("client", kept)]
    theirs = [relate("supplies", gone, firms[0]), relate("client", gone)]
    done = merge(kept, gone)
    assert set(Relation.objects.all()) == set(mine)
    assert dropped(done) == [row.pk for row in theirs]


def test_of_a_relation_that_reads_the_same_from_both_ends_either_way_counts(north: Team) -> None:
    kept, gone = twins(north, kind="person")
    wife = Customer.objects.create(name="Wife", team=north)
    relate("married-to", kept, wife)
    theirs = relate("married-to", wife, gone)
    assert dropped(merge(kept, gone)) == [theirs.pk]


def test_the_same_relation_at_another_time_is_another_one(north: Team, firms: list[Customer]) -> None:
    kept, gone = twins(north)
    relate("supplies", kept, firms[0], until=date(2020, 12, 31))
    relate("supplies", gone, firms[0], since=date(2021, 1, 1))
    assert dropped(merge(kept, gone)) == []
    assert Relation.objects.filter(from_customer=kept).count() == 2


def test_one_that_would_close_a_circle_cannot_go_over(north: Team, firms: list[Customer]) -> None:
    """kept > X > Y > gone > Z: once they are one, Y cannot stand above it."""
    kept, gone = twins(north)
    x, y, z = firms
    relate("parent-of", kept, x)
    relate("parent-of", x, y)
    closing = relate("parent-of", y, gone)
    relate("parent-of", gone, z)
    done = merge(kept, gone)
    assert dropped(done) == [closing.pk]
    assert ends() == {(kept.pk, x.pk), (x.pk, y.pk), (kept.pk, z.pk)}


def test_nor_one_that_would_put_a_parent_below(north: Team, firms: list[Customer]) -> None:
    """gone > X > Y > kept, and W > gone stays possible."""
    kept, gone = twins(north)
    x, y, w = firms
    closing = relate("parent-of", gone, x)
    relate("parent-of", x, y)
    relate("parent-of", y, kept)
    relate("parent-of", w, gone)
    done = merge(kept, gone)
    assert dropped(done) == [closing.pk]
    assert ends() == {(x.pk, y.pk), (y.pk, kept.pk), (w.pk, kept.pk)}
    undo_merge(merge=done, by=None, at=NOW)
    assert ends() == {(gone.pk, x.pk), (x.pk, y.pk), (y.pk, kept.pk), (w.pk, gone.pk)}


def test_another_hierarchy_is_another_matter(north: Team, firms: list[Customer]) -> None:
    kept, gone = twins(north)
    other = RelationType.objects.create(
        code="owns", name="owns", inverse_name="is owned by", from_kind="", to_kind="", is_hierarchy=True
    )
    relate("parent-of", kept, firms[0])
    relate_customers(type=other, from_customer=firms[0], to_customer=gone, at=NOW)
    assert dropped(merge(kept, gone)) == []
