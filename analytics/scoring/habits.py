"""How a customer likes to be served: the usual channel, language, hour and topic (SCORES.md §2, last paragraph)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import fsum

from analytics.scoring.ages import since_epoch
from analytics.scoring.preference import decay

KINDS = ("channel", "language", "hour", "topic")


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing the customer did: by which channel, in which language, at which local hour or about which topic."""

    kind: str
    value: str | int
    at: datetime


@dataclass(frozen=True, slots=True)
class Habit:
    """A habit and its evidence. count: how often ever; weight: the decayed count; share: of its kind's weight."""

    value: str | int
    count: int
    weight: float
    share: float
    last_seen: datetime


def service_habits(
    signals: Iterable[Signal], as_of: datetime, half_life_days: float = 180.0
) -> dict[str, tuple[Habit, ...]]:
    """The habits of each of KINDS, the strongest first: the first one is the preference.

    Equal weights go by the latest seen, then by value. Raises ValueError for an unknown kind, a naive time and a
    signal after as_of.
    """
    seen: dict[str, dict[str | int, list[datetime]]] = {kind: {} for kind in KINDS}
    for signal in signals:
        if signal.kind not in seen:
            raise ValueError(f"{signal.kind!r} is not a kind of habit; known are {', '.join(KINDS)}")
        seen[signal.kind].setdefault(signal.value, []).append(signal.at)
    return {kind: _ranked(values, as_of, half_life_days) for kind, values in seen.items()}


def _ranked(values: dict[str | int, list[datetime]], as_of: datetime, half_life_days: float) -> tuple[Habit, ...]:
    weights = {value: fsum(decay(at, as_of, half_life_days) for at in times) for value, times in values.items()}
    total = fsum(weights.values())
    habits = [
        Habit(
            value,
            len(times),
            weights[value],
            weights[value] / total if total > 0.0 else 0.0,
            max(times, key=since_epoch),
        )
        for value, times in values.items()
    ]
    return tuple(sorted(habits, key=lambda habit: (-habit.weight, -since_epoch(habit.last_seen), _order(habit.value))))


def _order(value: str | int) -> tuple[int, str]:
    """Numbers by size, before words by the alphabet."""
    return (value, "") if isinstance(value, int) else (sys.maxsize, value)
