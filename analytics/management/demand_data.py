"""Demand of real data sets, by group and step, for the command that measures forecasts on them."""

import csv
import lzma
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
from holidays import country_holidays

from analytics.demand.calendar import DAY, WEEK, first_day, shares, step_of
from analytics.demand.panel import Array, Panel
from analytics.demand.plan import DAYS, WEEKS, Rhythm

MOST_PRODUCTS = 500
# A category or queue of fewer would be measured on chance.
FEWEST_ROWS = 50


@dataclass(frozen=True, slots=True)
class DataSet:
    """`cuts`: as of which steps the forecasts are made, `horizon` ahead."""

    name: str
    about: str
    rhythm: Rhythm
    cuts: tuple[int, ...]
    horizon: int
    panel: Panel


def online_retail(folder: Path) -> DataSet:
    """Quantities of the 500 products with the most lines, by week. Cancellations, free items and codes that are no
    product (postage, fees) are no demand; the last week is not whole and is left out."""
    rows = []
    for row in _rows(folder / "online_retail" / "online_retail.csv.xz"):
        quantity, price = float(row["Quantity"]), float(row["UnitPrice"])
        if not row["InvoiceNo"].startswith("C") and quantity > 0 and price > 0 and row["StockCode"][:5].isdigit():
            rows.append(
                (row["StockCode"].strip().upper(), date.fromisoformat(row["InvoiceDate"][:10]), quantity, price)
            )
    panel = _panel(rows, WEEK, most=MOST_PRODUCTS, country="GB")
    cuts = tuple(panel.steps - 4 * back for back in (4, 3, 2, 1))
    return DataSet("online_retail", "500 products by week", WEEKS, cuts, 4, panel)


def olist(folder: Path) -> DataSet:
    """Items by category and week from January 2017 on, of orders that were not cancelled; price of an item."""
    path = folder / "olist"
    days = {
        row["order_id"]: date.fromisoformat(row["order_purchase_timestamp"][:10])
        for row in _rows(path / "olist_orders_dataset.csv.xz")
        if row["order_status"] not in ("canceled", "unavailable")
    }
    categories = {
        row["product_id"]: row["product_category_name"] or "-" for row in _rows(path / "olist_products_dataset.csv.xz")
    }
    rows = [
        (categories.get(row["product_id"], "-"), days[row["order_id"]], 1.0, float(row["price"]))
        for row in _rows(path / "olist_order_items_dataset.csv.xz")
        if row["order_id"] in days and date(2017, 1, 2) <= days[row["order_id"]] < date(2018, 8, 27)
    ]
    panel = _panel(rows, WEEK, fewest=FEWEST_ROWS, country="BR")
    cuts = tuple(panel.steps - 8 * back for back in (4, 3, 2, 1))
    return DataSet("olist", "categories by week", WEEKS, cuts, 8, panel)


def incidents(folder: Path) -> DataSet:
    """Incidents by the group that they were first assigned to and by day; the last day is not whole."""
    first: dict[str, tuple[str, date, float, float]] = {}
    for row in _rows(folder / "incidents" / "incident_event_log_first119998_untouched.csv.xz"):
        opened = datetime.strptime(row["opened_at"].split()[0], "%d/%m/%Y").date()
        first.setdefault(row["number"], (row["assignment_group"], opened, 1.0, 0.0))
    panel = _panel([*first.values()], DAY, fewest=FEWEST_ROWS)
    return DataSet("incidents", "queues by day", DAYS, (panel.steps - 14, panel.steps - 7), 7, panel)


DATA_SETS: dict[str, Callable[[Path], DataSet]] = {
    "online_retail": online_retail,
    "olist": olist,
    "incidents": incidents,
}


def _panel(
    rows: list[tuple[str, date, float, float]], days: int, *, most: int = 0, fewest: int = 0, country: str = ""
) -> Panel:
    """Sums by group and step, without the last step; ln of the mean price paid, and the public holidays."""
    lines: dict[str, int] = {}
    for group, _day, _quantity, _price in rows:
        lines[group] = lines.get(group, 0) + 1
    groups = sorted((group for group in lines if lines[group] >= fewest), key=lambda group: (-lines[group], group))
    place = {group: number for number, group in enumerate(groups[: most or None])}
    first = min(step_of(row[1], days) for row in rows)
    number = max(step_of(row[1], days) for row in rows) - first
    demand, paid = np.zeros((len(place), number)), np.zeros((len(place), number))
    for group, day, quantity, price in rows:
        step = step_of(day, days) - first
        if group in place and step < number:
            demand[place[group], step] += quantity
            paid[place[group], step] += quantity * price
    begun = np.where(np.cumsum(demand, axis=1) > 0, demand, np.nan)
    known = {"holidays": np.broadcast_to(_holidays(country, first, number, days), demand.shape)} if country else {}
    sold = (demand > 0) & (paid > 0)
    paid_each = np.where(sold, np.log(np.where(sold, paid, 1.0) / np.where(sold, demand, 1.0)), np.nan)
    lagged: dict[str, Array] = {"price": paid_each} if sold.any() else {}
    return Panel(begun, 7 if days == DAY else 52, known, lagged)


def _holidays(country: str, first: int, number: int, days: int) -> Array:
    years = range(first_day(first, days).year, first_day(first + number, days).year + 1)
    spans = [(day, day, 1.0) for day in country_holidays(country, years=years)]
    return shares(spans, first, number, days)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with _opened(path) as file:
        yield from csv.DictReader(file)


def _opened(path: Path) -> IO[Any]:
    return lzma.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
