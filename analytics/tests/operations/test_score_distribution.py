import pytest

from analytics.operations.score_distribution import percentile_of

EVEN = {"quantiles": [float(n) for n in range(101)]}


def test_no_run_yet_no_percentile() -> None:
    assert percentile_of(50.0, None) is None
    assert percentile_of(50.0, {"quantiles": []}) is None


@pytest.mark.parametrize(("score", "percent"), [(0.0, 0.0), (25.0, 25.0), (25.5, 25.5), (100.0, 100.0)])
def test_it_reads_between_the_quantiles(score: float, percent: float) -> None:
    assert percentile_of(score, EVEN) == percent


def test_equal_scores_stand_in_the_middle_of_their_block() -> None:
    same = {"quantiles": [10.0] * 20 + [50.0] * 61 + [90.0] * 20}
    assert percentile_of(50.0, same) == 50.0
    assert percentile_of(10.0, same) == 9.5


def test_beyond_the_ends_it_is_none_or_all() -> None:
    narrow = {"quantiles": [40.0 + n / 10 for n in range(101)]}
    assert percentile_of(3.0, narrow) == 0.0
    assert percentile_of(99.0, narrow) == 100.0
