"""What was demanded, by group and step, as arrays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import numpy as np
from django.utils import timezone

from analytics.choices import ForecastKind
from analytics.demand.calendar import DAY, WEEK, Offset, beginning, offsets, step_of
from analytics.demand.panel import Array
from analytics.demand.plan import DAYS, WEEKS, Rhythm
from analytics.operations.product_interest import match_products
from analytics.sql.demand_sums import (
    Counted,
    Sold,
    enquiries,
    most_ordered_products,
    sold_by_category,
    sold_by_product,
    tickets_by_queue,
)
from analytics.sql.product_views import views_by_step
from customers.models import Customer, Segment
from customers.segments.condition import segment_condition
from customers.segments.definition import SegmentInvalid

# Three years tell the season; older ones tell of another time.
MOST_WEEKS, MOST_DAYS = 156, 371
MOST_PRODUCTS = 1_000
MOST_SEGMENTS = 20
# A segment of fewer customers would tell of persons, not of demand.
FEWEST_CUSTOMERS = 10


@dataclass(frozen=True, slots=True)
class Grid:
    """The steps that a kind is read by: `first` <= step < `first + number`, the last one whole."""

    rhythm: Rhythm
    days: int
    first: int
    number: int
    since: datetime
    until: datetime
    zone: Sequence[Offset]


@dataclass(frozen=True, slots=True)
class History:
    """Series of one kind: rows of the arrays in the order of `groups`; NaN before a series begins."""

    kind: ForecastKind
    segment: int | None
    groups: list[int]
    grid: Grid
    demand: Array
    paid: Array
    reference: Array

    def lengths(self) -> Array:
        """How long each has been going on."""
        begun = np.isfinite(self.demand)
        lengths: Array = np.where(begun.any(axis=1), self.grid.number - np.argmax(begun, axis=1), 0)
        return lengths


def grid_of(kind: ForecastKind, *, as_of: datetime) -> Grid:
    """Whole weeks, or whole days, up to a moment."""
    zone: tzinfo = timezone.get_default_timezone()
    rhythm, days, most = (DAYS, DAY, MOST_DAYS) if kind == ForecastKind.TICKETS else (WEEKS, WEEK, MOST_WEEKS)
    end = step_of(as_of.astimezone(zone).date(), days)
    first = end - most
    since, until = beginning(first, days, zone), beginning(end, days, zone)
    return Grid(rhythm, days, first, most, since, until, offsets(zone, since, until))


def histories(kind: ForecastKind, *, as_of: datetime) -> Iterator[History]:
    """Everything that is forecast of a kind; of categories once for all customers and once for each shared segment."""
    grid = grid_of(kind, as_of=as_of)
    span = {"since": grid.since, "until": grid.until, "zone": grid.zone, "days": grid.days}
    if kind == ForecastKind.TICKETS:
        yield _counted(kind, grid, tickets_by_queue(**span))  # type: ignore[arg-type]
    elif kind == ForecastKind.PRODUCT:
        lately = grid.until - timedelta(weeks=52)
        products = most_ordered_products(since=lately, until=grid.until, most=MOST_PRODUCTS)
        yield _sold(kind, None, grid, sold_by_product(products, **span))  # type: ignore[arg-type]
    else:
        yield _sold(kind, None, grid, sold_by_category(**span))  # type: ignore[arg-type]
        for segment in Segment.objects.filter(is_shared=True).order_by("pk")[:MOST_SEGMENTS]:
            customers = _customers(segment, as_of)
            if customers is not None:
                yield _sold(kind, segment.pk, grid, sold_by_category(**span, customers=customers))  # type: ignore[arg-type]


def enquiries_by_step(grid: Grid) -> Array:
    """How often customers asked for something, in each step."""
    counts = np.zeros(grid.number)
    for row in enquiries(since=grid.since, until=grid.until, zone=grid.zone, days=grid.days):
        counts[row.step - grid.first] += row.number
    return counts


def views_of(history: History) -> Array | None:
    """How often the products of each series were looked at by anybody, in each step; None where none ever was. Of a
    segment there is no telling: its series have none."""
    places = {group: place for place, group in enumerate(history.groups)}
    grid = history.grid
    if history.segment is not None or history.kind == ForecastKind.TICKETS:
        return None
    rows = list(views_by_step(since=grid.since, until=grid.until, zone=grid.zone, days=grid.days))
    known = match_products((row.product, row.source_id) for row in rows)
    counts = np.zeros((len(places), grid.number))
    for row in rows:
        product = known.get((row.product, row.source_id))
        if product is None:
            continue
        place = places.get((product.id if history.kind == ForecastKind.PRODUCT else product.category_id) or 0)
        if place is not None:
            counts[place, row.step - grid.first] += row.number
    return counts if counts.any() else None


def _customers(segment: Segment, at: datetime) -> "object | None":
    """Those of a segment who may be profiled: to be in one is a profile. None where they are too few."""
    try:
        condition = segment_condition(definition=segment.definition, user=None, at=at)
    except SegmentInvalid:
        return None
    customers = Customer.objects.profiled().meeting(condition)
    return customers if customers[:FEWEST_CUSTOMERS].count() >= FEWEST_CUSTOMERS else None


def _sold(kind: ForecastKind, segment: int | None, grid: Grid, rows: Iterable[Sold]) -> History:
    places: dict[int, int] = {}
    kept = [(places.setdefault(row.group, len(places)), row) for row in rows]
    demand, paid, reference = (np.zeros((len(places), grid.number)) for _ in range(3))
    for place, row in kept:
        step = row.step - grid.first
        demand[place, step], paid[place, step], reference[place, step] = row.quantity, row.paid, row.reference
    return History(kind, segment, [*places], grid, _begun(demand), paid, reference)


def _counted(kind: ForecastKind, grid: Grid, rows: Iterable[Counted]) -> History:
    places: dict[int, int] = {}
    kept = [(places.setdefault(row.group, len(places)), row) for row in rows]
    demand = np.zeros((len(places), grid.number))
    for place, row in kept:
        demand[place, row.step - grid.first] = row.number
    nothing = np.zeros_like(demand)
    return History(kind, None, [*places], grid, _begun(demand), nothing, nothing)


def _begun(demand: Array) -> Array:
    """NaN before the first step with any demand: a thing that was not sold yet is not a thing that nobody wanted."""
    started = np.cumsum(demand, axis=1) > 0
    return np.where(started, demand, np.nan)
