import pytest

from customers.models import DuplicatePair, Team, User
from customers.operations.dismiss_pair import dismiss_pair
from customers.operations.propose_pair import propose_pair
from customers.tests.operations.merging import twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_pair_is_there_once_whoever_is_named_first(north: Team) -> None:
    one, other = twins(north)
    reasons = [{"what": "name", "similarity": 0.9, "points": 4.0}]
    for a, b, score in ((other, one, 0.7), (one, other, 0.8)):
        propose_pair(one_id=a.pk, other_id=b.pk, score=score, reasons=reasons, found_by="entry", at=NOW)
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second, pair.score, pair.found_by) == (one, other, 0.8, "entry")
    assert (pair.reasons, pair.state, pair.found_at) == (reasons, "open", NOW)


def test_what_somebody_decided_stays_decided(north: Team, bob: User) -> None:
    one, other = twins(north)
    pair = propose_pair(one_id=one.pk, other_id=other.pk, score=0.7, reasons=[], found_by="sweep", at=NOW)
    dismiss_pair(pair=pair, by=bob, at=NOW)
    propose_pair(one_id=one.pk, other_id=other.pk, score=0.9, reasons=[], found_by="sweep", at=NOW)
    pair.refresh_from_db()
    assert (pair.state, pair.score) == ("dismissed", 0.7)
