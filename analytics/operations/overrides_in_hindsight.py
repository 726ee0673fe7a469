from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from analytics.models import CustomerScore, ScoreModelVersion, ScoreSnapshot
from analytics.operations.override_sets import override_sets
from analytics.sql.whose import Whose

CUSTOMERS_AT_ONCE = 1_000

Ints = NDArray[np.int64]


def overrides_in_hindsight(
    *,
    version: ScoreModelVersion,
    customer_ids: Ints,
    at: NDArray[np.float64],
    tell: Callable[[], None] = lambda: None,
) -> Ints:
    """Which parameters of a version were whose, each at a moment (seconds since 1970): by position 0 for those of
    everybody, n for those of its n-th override.

    As replay decides it: what the newest score of that day in TIME_ZONE and of this version names, up to the moment;
    where none is stored, whoever was in the segment as of the beginning of that day, so that nothing of the day itself
    is known. Segments ask what is on record now: a country that was corrected since is taken as it is.

    A query for each override, day and 1,000 customers, and two for each 1,000 customers; none without an override.
    `tell` is called as it goes."""
    sets = np.zeros(len(at), dtype=np.int64)
    if not (version.overrides and len(at)):
        return sets
    zone = timezone.get_current_timezone()
    days = np.array([datetime.fromtimestamp(one, zone).toordinal() for one in at.tolist()], dtype=np.int64)
    for day, rows in _by_value(days):
        sets[rows] = _asked(version, customer_ids[rows], date.fromordinal(day))
        tell()
    _take_stored(version, customer_ids, days, at, sets, tell)
    return sets


def _by_value(column: Ints) -> Iterator[tuple[int, Ints]]:
    """Each value with the positions that have it."""
    order = np.argsort(column, kind="stable")
    values, begins = np.unique(column[order], return_index=True)
    yield from zip(values.tolist(), np.split(order, begins[1:]), strict=True)


def _asked(version: ScoreModelVersion, customer_ids: Ints, day: date) -> Ints:
    morning = timezone.make_aware(datetime.combine(day, time.min))
    ids, position = np.unique(customer_ids, return_inverse=True)
    found = [
        override_sets(version=version, whose=Whose.these(part.tolist()), customer_ids=part, at=morning)
        for part in _parts(ids)
    ]
    return np.asarray(np.concatenate(found)[position], dtype=np.int64)


def _parts(ids: Ints) -> list[Ints]:
    return [ids[start : start + CUSTOMERS_AT_ONCE] for start in range(0, len(ids), CUSTOMERS_AT_ONCE)]


def _take_stored(
    version: ScoreModelVersion,
    customer_ids: Ints,
    days: Ints,
    at: NDArray[np.float64],
    sets: Ints,
    tell: Callable[[], None],
) -> None:
    """Put in what the scores name that were stored on the very days."""
    wanted = set(zip(customer_ids.tolist(), days.tolist(), strict=True))
    stored: dict[tuple[int, int], list[tuple[float, int]]] = {}
    zone = timezone.get_current_timezone()
    for part in _parts(np.unique(customer_ids)):
        for key, as_of, override in _scores(version, part.tolist()):
            of_day = (key, as_of.astimezone(zone).toordinal())
            if of_day in wanted:
                stored.setdefault(of_day, []).append((as_of.timestamp(), override))
        tell()
    for place in np.flatnonzero([pair in stored for pair in zip(customer_ids.tolist(), days.tolist(), strict=True)]):
        known = [row for row in stored[int(customer_ids[place]), int(days[place])] if row[0] <= at[place]]
        if known:
            sets[place] = max(known)[1]


def _scores(version: ScoreModelVersion, customer_ids: list[int]) -> Iterator[tuple[int, datetime, int]]:
    models: tuple[Any, ...] = (ScoreSnapshot, CustomerScore)
    for model in models:
        rows = model.objects.filter(version=version, customer_id__in=customer_ids).order_by()
        yield from rows.values_list("customer_id", "as_of", "override").iterator()
