"""The inputs I, P and M of some series, each as far as it is known: see analytics.demand.panel.INPUTS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from analytics.choices import ForecastKind, MarketEventKind, MarketIndexKind
from analytics.demand.calendar import first_day, shares, step_of
from analytics.demand.panel import DISCOUNTS, Array, Panel
from analytics.models import MarketEvent, MarketIndex
from analytics.operations.demand_history import Grid, History, enquiries_by_step, views_of
from customers.models import Product
from services.models import Holiday, Queue


@dataclass(frozen=True, slots=True)
class Scopes:
    """Of each series: its product, its category, its queue's calendar; 0: none."""

    products: list[int]
    categories: list[int]
    calendars: list[int]


def panel_of(history: History) -> Panel:
    """The series with their inputs. Steps in which a thing was out of stock on any day are censored: nobody knows what
    would have been demanded."""
    grid, horizon = history.grid, history.grid.rhythm.longest
    scopes = _scopes(history)
    events = list(MarketEvent.objects.filter(_in_time(grid, horizon)).order_by("pk"))
    calendars = _holidays(grid, horizon, events)
    known = {"holidays": np.stack([calendars[key if key in calendars else 0] for key in scopes.calendars])}
    lagged: dict[str, Array] = {}
    demand = history.demand
    if history.kind != ForecastKind.TICKETS:
        known["promotion"] = _by_scope(grid, horizon, events, scopes, MarketEventKind.PROMOTION)
        known[DISCOUNTS] = _discounts(grid, horizon, events, scopes)
        out = _by_scope(grid, 0, events, scopes, MarketEventKind.STOCK_OUT) > 0
        demand = np.where(out, np.nan, demand)
        asked = np.log1p(enquiries_by_step(grid))
        lagged["enquiries"] = np.broadcast_to(asked, demand.shape)
        views = views_of(history)
        if views is not None:
            lagged["views"] = np.log1p(views)
        lagged |= _prices(history) | _indexes(grid, scopes)
    return Panel(demand, grid.rhythm.season, known, lagged)


def _scopes(history: History) -> Scopes:
    groups = history.groups
    none = [0] * len(groups)
    if history.kind == ForecastKind.TICKETS:
        calendars = dict(Queue.objects.values_list("pk", "calendar_id"))
        return Scopes(none, none, [calendars.get(key, 0) for key in groups])
    if history.kind == ForecastKind.CATEGORY:
        return Scopes(none, groups, none)
    categories = dict(Product.objects.exclude(category=None).values_list("pk", "category_id"))
    return Scopes(groups, [categories.get(key) or 0 for key in groups], none)


def _day(grid: Grid, step: int) -> date:
    return first_day(grid.first + step, grid.days)


def _in_time(grid: Grid, horizon: int) -> Q:
    return Q(starts_on__lt=_day(grid, grid.number + horizon), ends_on__gte=_day(grid, 0))


def _concerned(event: MarketEvent, scopes: Scopes) -> NDArray[np.bool_]:
    """Which series an event is about. One about a product says nothing of its whole category."""
    number = len(scopes.products)
    if event.product_id:
        return np.array([key == event.product_id for key in scopes.products], dtype=bool)
    if event.category_id:
        return np.array([key == event.category_id for key in scopes.categories], dtype=bool)
    return np.ones(number, dtype=bool)


def _by_scope(grid: Grid, horizon: int, events: Sequence[MarketEvent], scopes: Scopes, kind: MarketEventKind) -> Array:
    found = np.zeros((len(scopes.products), grid.number + horizon))
    for event in events:
        if event.kind == kind:
            share = shares([(event.starts_on, event.ends_on, 1.0)], grid.first, grid.number + horizon, grid.days)
            concerned = _concerned(event, scopes)
            found[concerned] = np.maximum(found[concerned], share)
    return found


def _discounts(grid: Grid, horizon: int, events: Sequence[MarketEvent], scopes: Scopes) -> Array:
    """ln(1 - discount), times the share of the days, of each step: what promotions do to the price."""
    found = np.zeros((len(scopes.products), grid.number + horizon))
    for event in events:
        if event.kind == MarketEventKind.PROMOTION and event.discount:
            share = shares([(event.starts_on, event.ends_on, 1.0)], grid.first, grid.number + horizon, grid.days)
            found[_concerned(event, scopes)] += float(np.log1p(-float(event.discount) / 100)) * share
    return found


def _holidays(grid: Grid, horizon: int, events: Sequence[MarketEvent]) -> dict[int, Array]:
    """By calendar the share of holidays in each step; 0: of the company, as the mean of its calendars. Those that staff
    put down as events count everywhere."""
    steps = grid.number + horizon
    everywhere = [(row.starts_on, row.ends_on, 1.0) for row in events if row.kind == MarketEventKind.HOLIDAY]
    days = Holiday.objects.filter(date__gte=_day(grid, 0), date__lt=_day(grid, steps)).values_list("calendar", "date")
    by_calendar: dict[int, list[tuple[date, date, float]]] = {}
    for calendar, day in days:
        by_calendar.setdefault(calendar, []).append((day, day, 1.0))
    found = {key: shares([*spans, *everywhere], grid.first, steps, grid.days) for key, spans in by_calendar.items()}
    nobody = shares(everywhere, grid.first, steps, grid.days)
    return {**found, 0: np.mean([*found.values()], axis=0) if found else nobody}


def _prices(history: History) -> dict[str, Array]:
    """ln(paid / reference); a step without a sale knows no price. Nothing where no order has a list price."""
    known = (history.reference > 0) & (history.paid > 0)
    if not known.any():
        return {}
    ratio = np.where(known, history.paid, 1.0) / np.where(known, history.reference, 1.0)
    return {"price": np.where(known, np.log(ratio), np.nan)}


def _indexes(grid: Grid, scopes: Scopes) -> dict[str, Array]:
    """ln(value / its mean) of the indexes, each value until the next. What staff put down for later weeks is not known
    yet: an index is measured, not planned."""
    found: dict[str, Array] = {}
    rows = list(MarketIndex.objects.filter(on__lt=_day(grid, grid.number)).order_by("on", "pk"))
    for kind, name in ((MarketIndexKind.MARKET, "market"), (MarketIndexKind.COMPETITOR, "competitor")):
        by_category: dict[int, list[tuple[date, float]]] = {}
        for row in rows:
            if row.kind == kind:
                by_category.setdefault(row.category_id or 0, []).append((row.on, float(row.value)))
        if not by_category:
            continue
        lines = {key: _index_line(grid, values) for key, values in by_category.items()}
        unknown = np.full(grid.number, np.nan)
        found[name] = np.stack([lines.get(key, lines.get(0, unknown)) for key in scopes.categories])
    return found


def _index_line(grid: Grid, values: list[tuple[date, float]]) -> Array:
    sums: dict[int, list[float]] = {}
    for on, value in values:
        sums.setdefault(max(step_of(on, grid.days) - grid.first, 0), []).append(value)
    line, current = np.full(grid.number, np.nan), np.nan
    for step in range(grid.number):
        if step in sums:
            current = float(np.mean(sums[step]))
        line[step] = current
    seen = line[np.isfinite(line)]
    logs: Array = np.log(line / seen.mean()) if seen.size else line
    return logs
