import pytest

from customers.models import Team, User
from customers.operations.dismiss_pair import PairIsDecided, dismiss_pair
from customers.operations.merge_customers import merge_customers
from customers.operations.reopen_pair import reopen_pair
from customers.tests.operations.merging import pair_of, twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_dismissed_pair_waits_again(north: Team, bob: User) -> None:
    pair = dismiss_pair(pair=pair_of(*twins(north)), by=bob, at=NOW)
    reopen_pair(pair=pair)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == ("open", None, None)


def test_it_refuses_a_pair_that_waits_or_was_merged(north: Team, bob: User) -> None:
    kept, gone = twins(north)
    pair = pair_of(kept, gone)
    with pytest.raises(PairIsDecided):
        reopen_pair(pair=pair)
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW, pair=pair)
    with pytest.raises(PairIsDecided):
        reopen_pair(pair=pair)
