import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models import PreferenceModelVersion
from analytics.operations.category_statistics import measure_statistics
from analytics.operations.compute_preferences import Yardstick, likings
from analytics.operations.ensure_run import CHUNK_CUSTOMERS
from analytics.operations.override_sets import sets_among
from analytics.operations.preference_weights import weight_rows
from analytics.operations.preview_groups import (
    MOST_MOVERS,
    is_member,
    shared_segments,
    told_by_override,
    told_by_segment,
)
from analytics.operations.product_interest import Looked, looks_back_to, product_interest
from analytics.operations.product_statistics import measure_products
from analytics.scoring.preference_parameters import NUMBER_LIMITS, PreferenceParameters
from analytics.sql.customer_ranges import customer_ranges
from analytics.sql.purchases import BoughtRow, purchases
from analytics.sql.said import SaidRow, said_preferences
from analytics.sql.whose import Whose
from customers.models import Customer
from customers.segments.facts import Catalogue

# What a customer is shown: products that are new to them, products that they bought, and categories.
KINDS = ("next", "again", "category")
# So many that gain, and so many that lose the most first places.
MOST_PLACES = 10

Row = dict[str, Any]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What one version shows a customer: of each kind the names by key, best first."""

    best: Mapping[str, Mapping[int, str]]

    def first(self, kind: str) -> tuple[int, str] | None:
        return next(iter(self.best[kind].items()), None)


@dataclass(slots=True)
class _Places:
    """Who comes first how often, of one kind."""

    customers: int = 0
    changed: int = 0
    before: Counter[int] = field(default_factory=Counter)
    after: Counter[int] = field(default_factory=Counter)
    names: dict[int, str] = field(default_factory=dict)

    def add(self, before: tuple[int, str] | None, after: tuple[int, str] | None) -> bool:
        """Count a customer in; whether another comes first."""
        self.customers += before is not None or after is not None
        for counter, first in ((self.before, before), (self.after, after)):
            if first is not None:
                counter[first[0]] += 1
                self.names[first[0]] = first[1]
        is_other = (before and before[0]) != (after and after[0])
        self.changed += is_other
        return is_other

    def as_dict(self) -> Row:
        rows: list[Row] = [
            {"key": key, "name": name, "before": self.before[key], "after": self.after[key]}
            for key, name in self.names.items()
        ]
        gained = sorted(rows, key=lambda row: (row["before"] - row["after"], row["key"]))[:MOST_PLACES]
        lost = sorted(rows, key=lambda row: (row["after"] - row["before"], row["key"]))[:MOST_PLACES]
        return {
            "customers": self.customers,
            "changed": self.changed,
            "gained": [row for row in gained if row["after"] > row["before"]],
            "lost": [row for row in lost if row["after"] < row["before"]],
        }


@dataclass(slots=True)
class _Group:
    """The members of a segment, or of an override, who are shown anything, and for how many another comes first."""

    customers: int = 0
    changed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def add(self, is_shown: Bools, changed: Mapping[str, Bools], rows: Bools) -> None:
        self.customers += int((is_shown & rows).sum())
        for kind, column in changed.items():
            self.changed[kind] += int((column & rows).sum())

    def as_dict(self) -> Row:
        return {"customers": self.customers, "changed": self.changed}


@dataclass(frozen=True, slots=True)
class _Side:
    """A version, and what its likings are measured with."""

    version: PreferenceModelVersion
    by: Yardstick

    def shown(self, given: "_Given", as_of: datetime) -> tuple[dict[int, _Shown], NDArray[np.int64]]:
        """What each of these customers is shown, and which override of the version is whose."""
        sets = sets_among(overrides=self.version.overrides, whose=given.whose, customer_ids=given.ids, at=as_of)
        weights = weight_rows(self.version, sets)
        found = likings(
            ids=given.ids.tolist(),
            bought=given.bought,
            said=given.said,
            looked=given.looked,
            weights=weights,
            by=self.by,
            as_of=as_of,
        )
        return {pk: _shown(categories, products) for pk, categories, products in found}, sets


@dataclass(frozen=True, slots=True)
class _Given:
    """Some customers, what they bought, said and looked at."""

    ids: NDArray[np.int64]
    whose: Whose
    bought: Sequence[BoughtRow]
    said: Sequence[SaidRow]
    looked: Looked


def preview_preferences(
    *,
    version: PreferenceModelVersion,
    against: PreferenceModelVersion,
    as_of: datetime,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Who would be shown other products and categories first if `version` were in force instead of `against`: both rank
    for everybody by the same facts as of a moment, with the code of the nightly run. Writes nothing.

    {"customers": who are shown anything, "firsts": by kind (see KINDS) {"customers", "changed", "gained", "lost":
    [{"key", "name", "before", "after": how many have it first}]}, "movers": for whom most of what is shown is another,
    [{"customer", "others", "of", and by kind [first before, first after], {"key", "name"} or None}], "segments",
    "overrides": [{"segment", "name", "customers", "changed": by kind}]}. `tell` hears how many of all customers were
    read."""
    ranges = customer_ranges(size=CHUNK_CUSTOMERS)
    total, done = sum(part.customers for part in ranges), 0
    before, after = _sides(against, version, as_of, lambda: tell(0, total))
    tally = _Tally(version)
    since = min(looks_back_to(side.by.parameters, as_of) for side in (before, after))
    for part in ranges:
        given = _given(part.lo, part.hi, as_of, since)
        old, _sets = before.shown(given, as_of)
        new, sets = after.shown(given, as_of)
        tally.add(given, old, new, sets, as_of)
        done += part.customers
        tell(done, total)
    return tally.as_dict()


class _Tally:
    """What a preview counts, chunk by chunk."""

    def __init__(self, version: PreferenceModelVersion) -> None:
        self._version = version
        self._customers = 0
        self._places = {kind: _Places() for kind in KINDS}
        self._movers: list[Row] = []
        self._segments = {segment: _Group() for segment in shared_segments()}
        self._overrides = [_Group() for _override in version.overrides]

    def add(
        self,
        given: _Given,
        old: Mapping[int, _Shown],
        new: Mapping[int, _Shown],
        sets: NDArray[np.int64],
        as_of: datetime,
    ) -> None:
        """Count some customers in: what they are shown by the one version and by the other."""
        is_shown = np.zeros(len(given.ids), dtype=bool)
        changed = {kind: np.zeros(len(given.ids), dtype=bool) for kind in KINDS}
        found = []
        for place, pk in enumerate(given.ids.tolist()):
            if pk not in old or pk not in new:
                continue
            is_shown[place] = True
            for kind, counted in self._places.items():
                changed[kind][place] = counted.add(old[pk].first(kind), new[pk].first(kind))
            found.append(_mover(pk, old[pk], new[pk]))
        self._customers += int(is_shown.sum())
        self._movers = heapq.nlargest(MOST_MOVERS, [*self._movers, *filter(_moves, found)], key=_farthest)
        catalogue = Catalogue(None)
        for segment, group in self._segments.items():
            rows = is_member(segment, whose=given.whose, customer_ids=given.ids, at=as_of, catalogue=catalogue)
            group.add(is_shown, changed, rows)
        for number, group in enumerate(self._overrides, start=1):
            group.add(is_shown, changed, sets == number)

    def as_dict(self) -> Row:
        """The preview as it is stored."""
        return {
            "customers": self._customers,
            "firsts": {kind: counted.as_dict() for kind, counted in self._places.items()},
            "movers": self._movers,
            "segments": told_by_segment(self._segments.items()),
            "overrides": told_by_override(self._version.overrides, self._overrides),
        }


def _sides(
    against: PreferenceModelVersion, version: PreferenceModelVersion, as_of: datetime, tell: Callable[[], None]
) -> tuple[_Side, _Side]:
    """Both versions. What everybody's purchases say is measured once where both have the same half-lives and priors:
    weights do not change it."""
    old, new = (PreferenceParameters.from_dict(one.parameters) for one in (against, version))
    first = _yardstick(old, as_of, tell)
    if all(getattr(old, name) == getattr(new, name) for name in NUMBER_LIMITS):
        second = Yardstick(first.statistics, first.catalogue, new)
    else:
        second = _yardstick(new, as_of, tell)
    return _Side(against, first), _Side(version, second)


def _yardstick(parameters: PreferenceParameters, as_of: datetime, tell: Callable[[], None]) -> Yardstick:
    statistics = measure_statistics(as_of=as_of, parameters=parameters)
    tell()
    catalogue = measure_products(as_of=as_of, categories=statistics, parameters=parameters)
    tell()
    return Yardstick(statistics, catalogue, parameters)


def _given(lo: int, hi: int, as_of: datetime, since: datetime) -> _Given:
    whose = Whose(lo, hi)
    ids = Customer.objects.living().filter(whose.at("pk")).order_by("pk").values_list("pk", flat=True)
    bought, said = purchases(whose=whose, as_of=as_of), said_preferences(whose=whose, as_of=as_of)
    looked = product_interest(whose=whose, as_of=as_of, since=since)
    return _Given(np.array(ids, dtype=np.int64), whose, list(bought), list(said), looked)


def _shown(categories: Iterable[Row], products: Iterable[Row]) -> _Shown:
    best: dict[str, dict[int, str]] = {kind: {} for kind in KINDS}
    for row in products:
        best["again" if row["bought"] else "next"][row["product"]] = row["name"]
    best["category"] = {row["category"]: row["name"] for row in categories}
    return _Shown(best)


def _mover(customer: int, before: _Shown, after: _Shown) -> Row:
    """How much of what a customer is shown was not shown before."""
    firsts = {kind: [_named(side.first(kind)) for side in (before, after)] for kind in KINDS}
    others = sum(len(after.best[kind].keys() - before.best[kind].keys()) for kind in KINDS)
    return {"customer": customer, "others": others, "of": sum(map(len, after.best.values())), **firsts}


def _named(first: tuple[int, str] | None) -> Row | None:
    return None if first is None else {"key": first[0], "name": first[1]}


def _moves(mover: Row) -> bool:
    return _farthest(mover)[:2] > (0, 0)


def _farthest(mover: Row) -> tuple[int, int, int]:
    """Most others first; of equal ones who has another first in more kinds, then the older customer."""
    firsts = sum(mover[kind][0] != mover[kind][1] for kind in KINDS)
    return mover["others"], firsts, -mover["customer"]
