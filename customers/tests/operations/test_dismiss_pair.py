import pytest

from customers.models import Team, User
from customers.operations.dismiss_pair import PairIsDecided, dismiss_pair
from customers.operations.merge_customers import merge_customers
from customers.tests.operations.merging import pair_of, twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_it_says_who_decided_and_when(north: Team, bob: User) -> None:
    pair = pair_of(*twins(north))
    dismiss_pair(pair=pair, by=bob, at=NOW)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == ("dismissed", bob, NOW)


def test_it_refuses_a_pair_that_was_decided(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    pair = pair_of(kept, gone)
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    with pytest.raises(PairIsDecided, match="Merged"):
        dismiss_pair(pair=pair, by=bob, at=NOW)
