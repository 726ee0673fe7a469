from datetime import timedelta
from typing import Any

import pytest

from customers.models import ContactPoint, CustomAttribute, Customer, Merge, Relation, RelationType, Tag, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import merge_customers
from customers.operations.relate_customers import relate_customers
from customers.operations.undo_merge import UndoRefused, undo_merge
from customers.operations.update_customer import update_customer
from customers.tests.operations.merging import pair_of, twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def merged(kept: Customer, gone: Customer, by: User, **more: Any) -> Merge:
    return merge_customers(kept=kept, gone=gone, by=by, at=NOW, **more)


def test_it_says_when_and_by_whom_and_happens_once(north: Team, ann: User, bob: User) -> None:
    kept, gone = twins(north)
    merge = merged(kept, gone, bob)
    undone = undo_merge(merge=merge, by=ann, at=NOW + HOUR)
    assert (undone.merge.undone_by, undone.merge.undone_at) == (ann, NOW + HOUR)
    assert set(Customer.objects.living()) == {kept, gone}
    stale = Merge.objects.get(pk=merge.pk)
    with pytest.raises(UndoRefused, match="before"):
        undo_merge(merge=stale, by=ann, at=NOW + HOUR)


def test_both_move_on_so_that_their_scores_are_made_anew(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    undo_merge(merge=merged(kept, gone, bob), by=bob, at=NOW + HOUR)
    for customer in (kept, gone):
        row = Customer.objects.get(pk=customer.pk)
        assert (row.activity_version, row.last_activity_at) == (3, NOW + HOUR)
        assert row.version == 3


def test_what_somebody_edited_since_stays_and_is_named(north: Team, bob: User) -> None:
    for code, kind in (("size", "number"), ("vat", "text"), ("new", "number")):
        CustomAttribute.objects.create(code=code, name=code, type=kind)
    kept, gone = twins(north, gone={"industry": "Pumps", "language": "de", "attributes": {"size": 2, "vat": "1"}})
    merge = merged(kept, gone, bob, choices={"name": "gone"})
    kept.refresh_from_db()
    update_customer(
        customer=kept, changes={"name": "Acme", "attributes": {"size": 3, "vat": "1", "new": 1}}, at=NOW + HOUR
    )
    undone = undo_merge(merge=merge, by=bob, at=NOW + 2 * HOUR)
    assert sorted(undone.edited) == ["attributes.size", "name"]
    row = Customer.objects.get(pk=kept.pk)
    assert (row.name, row.search_name, row.industry, row.language) == ("Acme", "acme", "", "")
    assert row.attributes == {"size": 3, "new": 1}


def test_an_owner_who_left_the_house_meanwhile_is_not_put_back(north: Team, bob: User, ann: User) -> None:
    kept, gone = twins(north, kept={"owner": ann}, gone={"owner": bob})
    merge = merged(kept, gone, bob, choices={"owner": "gone"})
    ann.agent.delete()
    ann.delete()
    undone = undo_merge(merge=merge, by=bob, at=NOW + HOUR)
    assert undone.edited == ["owner"]
    assert Customer.objects.get(pk=kept.pk).owner == bob


def test_what_came_to_the_kept_one_since_stays_there(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    given: dict[str, Any] = {"kind": "call", "direction": "inbound", "author": bob}
    theirs = log_interaction(customer=gone, subject="before", at=NOW, **given)
    merge = merged(kept, gone, bob)
    since = log_interaction(customer=kept, subject="since", at=NOW, **given)
    theirs.refresh_from_db()
    theirs.subject = "edited since"
    theirs.save_checked()
    undo_merge(merge=merge, by=bob, at=NOW + HOUR)
    assert list(kept.interactions.all()) == [since]
    assert [row.subject for row in gone.interactions.all()] == ["edited since"]


def test_what_was_deleted_since_stays_deleted(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    tag, both = Tag.objects.create(name="VIP"), Tag.objects.create(name="pumps")
    gone.tags.add(tag, both)
    kept.tags.add(both)
    add_contact_point(customer=gone, kind="email", value="a@example.com", at=NOW)
    merge = merged(kept, gone, bob)
    kept.tags.clear()
    kept.contact_points.all().delete()
    undone = undo_merge(merge=merge, by=bob, at=NOW + HOUR)
    assert set(gone.tags.all()) == {both}  # that could not go over then, so that nobody took it away
    assert not kept.tags.exists()
    assert not ContactPoint.objects.exists()
    assert undone.missing == {}


def test_a_row_comes_back_only_where_nothing_stands_in_its_way(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    other = Customer.objects.create(kind="organisation", name="Other", team=north)
    kind = RelationType.objects.get(code="supplies")
    for customer in (kept, gone):
        relate_customers(type=kind, from_customer=customer, to_customer=other, at=NOW)
    merge = merged(kept, gone, bob)
    Relation.objects.all().delete()
    other.delete()
    undone = undo_merge(merge=merge, by=bob, at=NOW + HOUR)
    assert undone.missing == {"customers.Relation": 1}
    assert set(Customer.objects.living()) == {kept, gone}


def test_a_relation_comes_back_to_whom_its_other_end_was_merged_into_since(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    other, new = twins(north, kept={"name": "Other"}, gone={"name": "New"})
    kind = RelationType.objects.get(code="supplies")
    for customer in (kept, gone):
        relate_customers(type=kind, from_customer=customer, to_customer=other, at=NOW)
    merge = merged(kept, gone, bob)
    merged(new, other, bob)
    undo_merge(merge=merge, by=bob, at=NOW + HOUR)
    ends = set(Relation.objects.values_list("from_customer", "to_customer"))
    assert ends == {(kept.pk, new.pk), (gone.pk, new.pk)}


def test_a_relation_that_would_close_a_circle_by_now_is_left_out(north: Team, bob: User) -> None:
    """Y > gone > Z, and Y above kept, so that Y > gone was left out; since then somebody put Z above Y."""
    kept, gone = twins(north)
    y, z = twins(north, kept={"name": "Y"}, gone={"name": "Z"})
    kind = RelationType.objects.get(code="parent-of")
    for start, end in ((y, kept), (y, gone), (gone, z)):
        relate_customers(type=kind, from_customer=start, to_customer=end, at=NOW)
    merge = merged(kept, gone, bob)
    assert len(merge.dropped["customers.Relation"]) == 1
    Relation.objects.filter(from_customer=y).delete()
    relate_customers(type=kind, from_customer=z, to_customer=y, at=NOW)
    undone = undo_merge(merge=merge, by=bob, at=NOW + HOUR)
    assert undone.missing == {"customers.Relation": 1}
    ends = set(Relation.objects.values_list("from_customer", "to_customer"))
    assert ends == {(gone.pk, z.pk), (z.pk, y.pk)}


def test_a_relation_that_is_on_record_by_now_does_not_come_twice(north: Team, bob: User) -> None:
    """gone relates to both of two who were merged since: the one that went over comes back, the other is the same."""
    kept, gone = twins(north)
    one, other = twins(north, kept={"name": "One"}, gone={"name": "Other"})
    kind = RelationType.objects.get(code="supplies")
    for start, end in ((kept, other), (gone, other), (gone, one)):
        relate_customers(type=kind, from_customer=start, to_customer=end, at=NOW)
    merge = merged(kept, gone, bob)
    merged(one, other, bob)
    undone = undo_merge(merge=merge, by=bob, at=NOW + HOUR)
    assert undone.missing == {"customers.Relation": 1}
    assert Relation.objects.filter(from_customer=gone, to_customer=one).count() == 1


def test_the_last_of_a_chain_goes_first(north: Team, bob: User) -> None:
    """A into B, B into C."""
    b, a = twins(north)
    c = Customer.objects.create(kind="organisation", name="Acme Group", team=north)
    log_interaction(customer=a, kind="call", direction="inbound", subject="x", author=None, at=NOW)
    first = merged(b, a, bob)
    second = merged(c, b, bob)
    with pytest.raises(UndoRefused, match="Acme Pumps was merged into Acme Group since"):
        undo_merge(merge=first, by=bob, at=NOW + HOUR)
    undo_merge(merge=second, by=bob, at=NOW + HOUR)
    assert b.interactions.count() == 1
    undo_merge(merge=first, by=bob, at=NOW + HOUR)
    assert a.interactions.count() == 1
    assert Customer.objects.living().count() == 3


def test_of_two_merges_into_one_either_can_be_undone_first(north: Team, bob: User) -> None:
    kept, one = twins(north)
    two = Customer.objects.create(kind="organisation", name="Acme Ltd", team=north, industry="Pumps")
    for customer in (one, two):
        log_interaction(customer=customer, kind="call", direction="inbound", subject="x", author=None, at=NOW)
        add_contact_point(customer=customer, kind="email", value="info@example.com", at=NOW)
    first, second = merged(kept, one, bob), merged(kept, two, bob)
    undo_merge(merge=first, by=bob, at=NOW + HOUR)
    assert (one.interactions.count(), kept.interactions.count()) == (1, 1)
    undo_merge(merge=second, by=bob, at=NOW + HOUR)
    assert two.interactions.count() == 1
    assert not kept.interactions.exists()
    for customer in (one, two):
        assert [point.value for point in customer.contact_points.all()] == ["info@example.com"]
    assert Customer.objects.get(pk=kept.pk).industry == ""


def test_the_pair_is_open_again_and_pairs_go_back(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    other = Customer.objects.create(kind="organisation", name="Other", team=north)
    pair, theirs = pair_of(kept, gone), pair_of(gone, other)
    merge = merged(kept, gone, bob, pair=pair)
    undo_merge(merge=merge, by=bob, at=NOW + HOUR)
    pair.refresh_from_db()
    theirs.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == ("open", None, None)
    assert (theirs.first, theirs.second) == (gone, other)


def test_a_pair_goes_back_whoever_its_other_customer_was_merged_into_since(north: Team, bob: User) -> None:
    first = Customer.objects.create(kind="organisation", name="First", team=north)
    kept, gone = twins(north)
    other = Customer.objects.create(kind="organisation", name="Other", team=north)
    theirs = pair_of(gone, other)
    merge = merged(kept, gone, bob)
    merged(first, other, bob)
    theirs.refresh_from_db()
    assert (theirs.first, theirs.second) == (first, kept)
    undo_merge(merge=merge, by=bob, at=NOW + HOUR)
    theirs.refresh_from_db()
    assert (theirs.first, theirs.second) == (first, gone)


def test_it_asks_as_much_for_each_five_hundred_rows(north: Team, bob: User, django_assert_max_num_queries: Any) -> None:
    for rows in (1, 400):
        kept, gone = twins(north)
        for n in range(rows):
            gone.interactions.create(kind="call", subject=f"Call {n}", at=NOW)
        merge = merged(kept, gone, bob)
        with django_assert_max_num_queries(60):
            undo_merge(merge=merge, by=bob, at=NOW + HOUR)
        assert gone.interactions.count() == rows
