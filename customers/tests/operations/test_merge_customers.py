import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from customers.models import (
    Consent,
    Customer,
    ExternalId,
    Merge,
    Observation,
    RelationType,
    StaleVersion,
    Tag,
    Team,
    User,
)
from customers.operations.add_contact_point import add_contact_point
from customers.operations.choose_columns import BadChoice
from customers.operations.dismiss_pair import PairIsDecided, dismiss_pair
from customers.operations.import_customers import import_customers
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import MergeRefused, merge_customers
from customers.operations.observe import NewFact, observe
from customers.operations.record_activity import CustomerIsMerged
from customers.operations.records import CustomerRecord
from customers.operations.source import Source
from customers.tests.operations.merging import pair_of, twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_the_one_who_is_gone_points_to_the_kept_one_and_is_seen_by_nobody(north: Team, bob: User, root: User) -> None:
    kept, gone = twins(north)
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert (merge.kept, merge.gone, merge.by, merge.at, merge.undone_at) == (kept, gone, bob, NOW, None)
    for user in (bob, root):
        assert list(Customer.objects.visible_to(user)) == [kept]


def test_both_move_on_so_that_stale_pages_and_scores_are_known(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW + DAY)
    for customer in (kept, gone):
        row = Customer.objects.get(pk=customer.pk)
        assert (row.version, row.activity_version, row.last_activity_at) == (2, 2, NOW + DAY)


def test_the_kept_one_keeps_its_values_and_gets_what_it_has_not(north: Team, bob: User) -> None:
    kept, gone = twins(
        north,
        kept={"country": "GB", "attributes": {"size": 10, "note": ""}},
        gone={"country": "DE", "industry": "Pumps", "owner": bob, "attributes": {"size": 20, "note": "x", "vat": "1"}},
    )
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    kept.refresh_from_db()
    assert (kept.name, kept.country, kept.industry, kept.owner) == ("Acme Pumps", "GB", "Pumps", bob)
    assert kept.attributes == {"size": 10, "note": "x", "vat": "1"}
    assert merge.columns == {
        "industry": {"before": "", "after": "Pumps"},
        "owner": {"before": None, "after": bob.pk},
        "attributes.note": {"before": "", "after": "x"},
        "attributes.vat": {"after": "1"},
    }


def test_a_choice_decides_field_by_field(north: Team, south: Team, bob: User) -> None:
    kept, gone = twins(
        north,
        kept={"industry": "Pumps", "attributes": {"size": 10, "vat": "1"}},
        gone={"team": south, "attributes": {"size": 20}},
    )
    choices = {"name": "gone", "team": "gone", "industry": "gone", "attributes.size": "gone", "attributes.vat": "gone"}
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW, choices=choices)
    kept.refresh_from_db()
    assert (kept.name, kept.search_name, kept.team, kept.industry) == ("ACME Pumps Ltd.", "acme pumps ltd.", south, "")
    assert kept.attributes == {"size": 20}


def test_the_kept_one_can_be_told_to_stay_empty(north: Team, bob: User) -> None:
    kept, gone = twins(north, gone={"industry": "Pumps"})
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW, choices={"industry": "kept"})
    assert Customer.objects.get(pk=kept.pk).industry == ""


def test_whoever_was_here_first_has_been_here_since(north: Team, bob: User) -> None:
    kept, gone = twins(north, gone={"created_at": NOW - 90 * DAY})
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    assert Customer.objects.get(pk=kept.pk).created_at == NOW - 90 * DAY


@pytest.mark.parametrize(
    "choices", [{"colour": "gone"}, {"name": "mine"}, {"attributes.size": "gone"}, {"kind": "gone"}]
)
def test_it_refuses_a_choice_that_makes_no_sense(north: Team, bob: User, choices: dict[str, str]) -> None:
    kept, gone = twins(north)
    with pytest.raises(BadChoice) as refusal:
        merge_customers(kept=kept, gone=gone, by=bob, at=NOW, choices=choices)
    assert [refusal.value.field] == list(choices)
    assert not Merge.objects.exists()


def test_it_refuses_two_that_cannot_be_one(north: Team, wang: Customer, bob: User) -> None:
    kept, gone = twins(north)
    for other in (kept, wang):
        with pytest.raises(MergeRefused):
            merge_customers(kept=kept, gone=other, by=bob, at=NOW)
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    third = Customer.objects.create(kind="organisation", name="Acme", team=north)
    for one, other in ((third, gone), (gone, third)):
        with pytest.raises(MergeRefused, match=r"ACME Pumps Ltd\. was merged"):
            merge_customers(kept=one, gone=other, by=bob, at=NOW)
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("who", ["kept", "gone"])
def test_it_refuses_what_changed_since_it_was_looked_at(north: Team, bob: User, who: str) -> None:
    kept, gone = twins(north)
    seen: dict[str, Any] = {"kept_version": kept.version, "gone_version": gone.version}
    Customer.objects.filter(pk={"kept": kept, "gone": gone}[who].pk).update(version=7)
    with pytest.raises(StaleVersion):
        merge_customers(kept=kept, gone=gone, by=bob, at=NOW, **seen)
    assert not Merge.objects.exists()
    assert Customer.objects.living().count() == 2


def test_labels_ids_and_consents_are_those_of_both(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    shared, new = Tag.objects.create(name="VIP"), Tag.objects.create(name="pumps")
    kept.tags.add(shared)
    gone.tags.add(shared, new)
    for customer in (kept, gone):
        ExternalId.objects.create(customer=customer, source="old", source_id=f"c{customer.pk}")
        Consent.objects.create(
            customer=customer, purpose="marketing", is_given=customer == kept, at=NOW, recorded_at=NOW
        )
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    assert set(kept.tags.all()) == {shared, new}
    assert kept.external_ids.count() == 2
    assert kept.consents.in_force().get().is_given is False  # what was said last holds
    (dropped,) = merge.dropped["customers.Customer_tags"]
    assert (dropped["customer_id"], dropped["tag_id"]) == (gone.pk, shared.pk)


def test_importing_either_of_them_again_finds_the_kept_one(north: Team, bob: User) -> None:
    records = [CustomerRecord("a", "Acme Pumps", kind="organisation"), CustomerRecord("b", "Acme", kind="organisation")]
    given: dict[str, Any] = {"source": Source("old"), "team": north, "at": NOW, "report": lambda *_: None}
    import_customers(records=records, **given)
    kept, gone = (ExternalId.objects.get(source_id=name).customer for name in "ab")
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    for record in records:
        assert import_customers(records=[record], **given).created == 0
    assert Customer.objects.living().get() == kept
    assert Customer.objects.get(pk=gone.pk).name == "Acme"


def test_the_pair_is_merged_and_pairs_with_others_go_over(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    one, two, three = (Customer.objects.create(name=name, team=north, kind="organisation") for name in "XYZ")
    pair = pair_of(kept, gone)
    open_, twin, same, dismissed = pair_of(gone, one), pair_of(gone, two), pair_of(kept, two), pair_of(gone, three)
    dismiss_pair(pair=dismissed, by=bob, at=NOW)
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW, pair=pair)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == ("merged", bob, NOW)
    for row, other, state in ((open_, one, "open"), (same, two, "open"), (dismissed, three, "dismissed")):
        row.refresh_from_db()
        assert (row.first, row.second, row.state) == (kept, other, state)
    assert [row["id"] for row in merge.dropped["customers.DuplicatePair"]] == [twin.pk]


def test_a_pair_is_in_order_whoever_is_kept(north: Team, bob: User) -> None:
    gone, kept = twins(north)
    between = Customer.objects.create(name="X", team=north, kind="organisation")
    last = Customer.objects.create(kind="organisation", name="Y", team=north)
    row = pair_of(gone, between)
    merge_customers(kept=last, gone=gone, by=bob, at=NOW)
    row.refresh_from_db()
    assert (row.first, row.second) == (between, last)
    assert kept.merged_into is None


def test_it_refuses_a_pair_that_somebody_else_decided(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    pair = pair_of(kept, gone)
    dismiss_pair(pair=pair, by=bob, at=NOW)
    with pytest.raises(PairIsDecided, match="Not the same"):
        merge_customers(kept=kept, gone=gone, by=bob, at=NOW, pair=pair)
    assert not Merge.objects.exists()


def test_nothing_is_put_down_to_the_one_who_is_gone(north: Team, bob: User) -> None:
    """A page that was open before the merge holds the old row: what is typed there must not vanish."""
    kept, gone = twins(north)
    held = Customer.objects.get(pk=gone.pk)
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    given: dict[str, Any] = {"kind": "call", "direction": "inbound", "subject": "x", "author": bob, "at": NOW}
    with pytest.raises(CustomerIsMerged):
        log_interaction(customer=held, **given)
    with pytest.raises(CustomerIsMerged):
        add_contact_point(customer=held, kind="email", value="a@example.com", at=NOW)
    log_interaction(customer=kept, **given)
    assert kept.interactions.count() == 1
    assert not gone.interactions.exists()


def test_what_is_encrypted_stays_encrypted_in_its_record(north: Team, bob: User) -> None:
    kept, gone = twins(north, kept={"country": "DE"}, gone={"country": "GB"})
    for customer in (kept, gone):
        add_contact_point(customer=customer, kind="email", value="canary@example.com", at=NOW)
    add_contact_point(customer=gone, kind="phone", value="020 7946 0018", at=NOW)
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    text = json.dumps([merge.columns, merge.moved, merge.dropped, merge.changed, merge.facts])
    assert merge.dropped["customers.ContactPoint"] and merge.changed["customers.ContactPoint"]
    assert "canary" not in text and "7946" not in text and "79460018" not in text


def add_much(gone: Customer, rows: int) -> None:
    """Rows of several kinds, so many of each."""
    kind = RelationType.objects.get(code="supplies")
    given: dict[str, Any] = {"kind": "organisation", "team": gone.team}
    for n in range(rows):
        other = Customer.objects.create(name=f"C{n}", **given)
        other.relations_from.create(type=kind, to_customer=gone)
        gone.external_ids.create(source="old", source_id=f"x{n}")
        gone.interactions.create(kind="call", subject=f"Call {n}", at=NOW)
    observe(facts=[NewFact(gone.pk, 1, 1, 4.0, None, NOW, "rating", 10**6 + n) for n in range(rows)], at=NOW)


def test_it_asks_as_much_for_a_customer_with_a_long_history(
    north: Team, bob: User, django_assert_max_num_queries: Any
) -> None:
    for rows in (1, 300):
        kept, gone = twins(north)
        ExternalId.objects.all().delete()
        add_much(gone, rows)
        with django_assert_max_num_queries(69):
            merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
        assert kept.interactions.count() == kept.relations_to.count() == rows
        assert Observation.objects.filter(customer=kept, superseded_version=None).count() == rows


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_the_same_customer_at_once_one_wins(north: Team) -> None:
    first, second = twins(north)
    third = Customer.objects.create(kind="organisation", name="Acme", team=north)
    for n in range(20):
        first.interactions.create(kind="call", subject=f"Call {n}", at=NOW)
    start = threading.Barrier(3)
    outcomes: list[str] = []

    def merge(kept: int, gone: int) -> None:
        try:
            start.wait()
            merge_customers(kept=Customer.objects.get(pk=kept), gone=Customer.objects.get(pk=gone), by=None, at=NOW)
            outcomes.append("merged")
        except MergeRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    asked = [(second.pk, first.pk), (third.pk, first.pk), (first.pk, second.pk)]
    threads = [threading.Thread(target=merge, args=pair) for pair in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["merged", "refused", "refused"] or sorted(outcomes) == ["merged", "merged", "refused"]
    assert Merge.objects.count() == outcomes.count("merged")
    for customer in Customer.objects.exclude(merged_into=None):
        assert not customer.interactions.exists()
    assert sum(customer.interactions.count() for customer in Customer.objects.living()) == 20
