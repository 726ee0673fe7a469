"""Facts of scores beyond what tests/segments compares with plain Python."""

import pytest

from analytics.models import CustomerScore, ScoringRun
from analytics.operations.score_distribution import percentile_of
from analytics.tests.histories import score_everybody
from customers.models import Customer
from customers.tests.segments.asking import all_of, asks, whom

pytestmark = pytest.mark.django_db


def test_before_the_first_run_nobody_has_a_percentile(acme: Customer) -> None:
    assert whom(all_of(asks("score_percentile", "at_least", 0))) == []
    assert whom(all_of(asks("score", "empty"))) == [acme]


def test_the_percentile_is_the_one_on_the_page(acme: Customer, wang: Customer) -> None:
    score_everybody()
    run = ScoringRun.objects.over_everybody().first()
    quantiles = [50.0] * 60 + [50.0 + n for n in range(41)]
    distribution = {"quantiles": quantiles}
    ScoringRun.objects.filter(pk=run.pk if run else 0).update(distribution=distribution)
    for score in (10.0, 50.0, 50.5, 51.0, 89.9, 90.0, 99.0):
        CustomerScore.objects.filter(pk=acme.pk).update(score=score)
        percentile = percentile_of(score, distribution)
        assert percentile is not None
        for percent in (0, 1, 29, 30, 59, 60, 61, 99, 100):
            found = acme in whom(all_of(asks("score_percentile", "at_least", percent)))
            assert found == (percentile >= percent), (score, percent)
            found = acme in whom(all_of(asks("score_percentile", "at_most", percent)))
            assert found == (percentile <= percent), (score, percent)
