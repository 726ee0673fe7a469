"""How a customer likes to be served."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.habits import KINDS, Habit, Signal, service_habits
from analytics.tests.scoring.strategies import AS_OF, moments, quick

signals = st.lists(st.builds(Signal, st.sampled_from(KINDS), st.integers(0, 4), moments), max_size=15)


def ago(days: float) -> datetime:
    return AS_OF - timedelta(days=days)


def test_the_habit_is_what_was_done_most_of_late() -> None:
    rows = [Signal("channel", "phone", ago(720))] * 3 + [Signal("channel", "email", ago(10))]
    email, phone = service_habits(rows, AS_OF)["channel"]
    assert (email.value, email.count, email.last_seen) == ("email", 1, ago(10))
    assert (phone.value, phone.count) == ("phone", 3)
    assert phone.weight == pytest.approx(3 / 16)
    assert email.share + phone.share == pytest.approx(1)


def test_equal_habits_go_by_the_latest_and_then_by_value() -> None:
    rows = [Signal("hour", 9, ago(0)), Signal("hour", 14, ago(0))]
    assert [habit.value for habit in service_habits(rows, AS_OF)["hour"]] == [9, 14]


def test_nothing_known_is_told_as_nothing() -> None:
    assert service_habits([], AS_OF) == dict.fromkeys(KINDS, ())


def test_impossible_signals_are_refused() -> None:
    with pytest.raises(ValueError, match="'mood' is not a kind of habit"):
        service_habits([Signal("mood", "good", AS_OF)], AS_OF)
    with pytest.raises(ValueError, match="after"):
        service_habits([Signal("hour", 9, ago(-1))], AS_OF)
    with pytest.raises(ValueError, match="time zone"):
        service_habits([Signal("hour", 9, AS_OF.replace(tzinfo=None))], AS_OF)


@quick
@given(signals, st.randoms(use_true_random=False))
def test_order_changes_nothing_and_counts_add_up(rows: list[Signal], chance: random.Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    habits = service_habits(rows, AS_OF)
    assert service_habits(shuffled, AS_OF) == habits
    found: list[Habit] = [habit for kind in KINDS for habit in habits[kind]]
    assert sum(habit.count for habit in found) == len(rows)
    assert all(habit.weight <= habit.count for habit in found)
    for kind in KINDS:
        weights = [habit.weight for habit in habits[kind]]
        assert weights == sorted(weights, reverse=True)
