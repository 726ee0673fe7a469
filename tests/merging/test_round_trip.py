"""A merge and its undoing, over everything that a customer can have: nothing is lost, nothing is left behind."""

import pytest

from customers.choices import OnMerge
from customers.models import Merge, Team, User
from customers.operations.customer_links import customer_links
from customers.operations.merge_customers import merge_customers
from customers.operations.undo_merge import undo_merge
from services.models import Queue
from tests.cast import NOW
from tests.merging.conftest import Pair
from tests.merging.lives import HOUR, Lives, standing_facts, tables

pytestmark = pytest.mark.django_db

SEEDS = range(12)


@pytest.fixture(params=["firms", "persons"])
def pair(request: pytest.FixtureRequest) -> Pair:
    """Organisations, and persons, who also ask for others."""
    pair: Pair = request.getfixturevalue(request.param)
    return pair


@pytest.mark.parametrize("seed", SEEDS)
def test_undone_it_is_as_if_it_had_never_been(
    seed: int, pair: Pair, north: Team, queue: Queue, ann: User, bob: User
) -> None:
    Lives(seed, pair=pair, team=north, queue=queue, agent=ann).live()
    kept, gone = pair if seed % 2 else (pair[1], pair[0])
    before, facts = tables(), standing_facts()
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW, choices={"name": "gone", "country": "gone"})
    assert tables() != before
    undone = undo_merge(merge=Merge.objects.get(pk=merge.pk), by=bob, at=NOW + HOUR)
    assert (undone.edited, undone.missing) == ([], {})
    assert tables() == before
    assert standing_facts() == facts


@pytest.mark.parametrize("seed", SEEDS)
def test_merged_everything_leads_to_the_one_who_is_kept(
    seed: int, pair: Pair, north: Team, queue: Queue, ann: User, bob: User
) -> None:
    Lives(seed, pair=pair, team=north, queue=queue, agent=ann).live()
    kept, gone = pair
    before = {link: link.rows_of(kept.pk, gone.pk).count() for link in customer_links(OnMerge.MOVE)}
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    for link in customer_links(OnMerge.MOVE, OnMerge.FORGET):
        assert not link.rows_of(gone.pk).exists(), link
    for link, count in before.items():
        assert link.rows_of(kept.pk).count() == count - len(merge.dropped.get(link.label, [])), link
    assert not gone.relations_from.exists() and not gone.relations_to.exists()
    assert not gone.contact_points.exists()
    assert not gone.observations.filter(superseded_version=None).exists()


def test_the_same_two_can_be_merged_and_parted_again(
    firms: Pair, north: Team, queue: Queue, ann: User, bob: User
) -> None:
    Lives(3, pair=firms, team=north, queue=queue, agent=ann).live()
    before, facts = tables(), standing_facts()
    for kept, gone in (firms, firms, (firms[1], firms[0])):
        merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
        undo_merge(merge=merge, by=bob, at=NOW + HOUR)
        assert tables() == before
        assert standing_facts() == facts
