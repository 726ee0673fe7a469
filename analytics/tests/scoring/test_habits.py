"""How customers like to be served."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.habits import KINDS, Habits, Signals, service_habits
from analytics.tests.scoring.strategies import quick

DAY = 86_400.0
AS_OF = 1_790_000_000.0
CHANNEL, HOUR = KINDS.index("channel"), KINDS.index("hour")

Row = tuple[int, int, int, float]
rows_of_some = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(0, len(KINDS) - 1),
        st.integers(0, 3),
        st.integers(0, 400).map(lambda days: AS_OF - days * DAY),
    ),
    max_size=25,
)


def signals_of(rows: list[Row]) -> Signals:
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    who, kind, value = (np.array(column, dtype=np.int64) for column in columns[:3])
    return Signals(who, kind, value, np.array(columns[3], dtype=np.float64))


def found(rows: list[Row]) -> Habits:
    return service_habits(signals_of(rows), AS_OF)


def naive(rows: list[Row]) -> list[tuple[int, int, int, int, int, float]]:
    """who, kind, value, count, rank, last seen: one after the other."""
    times: dict[tuple[int, int], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for who, kind, value, at in rows:
        times[who, kind][value].append(at)
    result = []
    for (who, kind), values in sorted(times.items()):
        weights = {v: sum(2 ** (-(AS_OF - at) / DAY / 180) for at in sorted(ats)) for v, ats in values.items()}
        best = sorted(values, key=lambda v: (-weights[v], -max(values[v]), v))
        result += [(who, kind, v, len(values[v]), rank, max(values[v])) for rank, v in enumerate(best)]
    return result


def test_the_habit_is_what_was_done_most_of_late() -> None:
    habits = found([(1, CHANNEL, 7, AS_OF - 720 * DAY)] * 3 + [(1, CHANNEL, 2, AS_OF - 10 * DAY)])
    assert habits.value.tolist() == [2, 7]
    assert habits.count.tolist() == [1, 3]
    assert habits.rank.tolist() == [0, 1]
    assert habits.last_seen[0] == AS_OF - 10 * DAY
    assert habits.weight[1] == pytest.approx(3 / 16)
    assert habits.share.sum() == pytest.approx(1)


def test_equal_habits_go_by_the_latest_and_then_by_value() -> None:
    assert found([(1, HOUR, 14, AS_OF), (1, HOUR, 9, AS_OF)]).value.tolist() == [9, 14]


def test_nothing_known_is_told_as_nothing() -> None:
    assert len(found([]).who) == 0


def test_impossible_signals_are_refused() -> None:
    with pytest.raises(ValueError, match="a kind of habit is a position in channel, language"):
        found([(1, len(KINDS), 1, AS_OF)])
    with pytest.raises(ValueError, match="after"):
        found([(1, HOUR, 9, AS_OF + 1)])


@quick
@given(rows_of_some, st.randoms(use_true_random=False))
def test_many_at_once_are_as_one_after_the_other(rows: list[Row], chance: object) -> None:
    habits = found(rows)
    columns = (habits.who, habits.kind, habits.value, habits.count, habits.rank, habits.last_seen)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == naive(rows)
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert found(shuffled).weight.tolist() == habits.weight.tolist()
    assert np.bincount(habits.who, weights=habits.share).sum() == pytest.approx(len({row[:2] for row in rows}))
