"""Order lines of a file in the format of Online Retail, for commands that measure on real data."""

import csv
import lzma
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np

from analytics.scoring.backtest import History

SECONDS_A_DAY = 86_400.0


def read_history(path: Path) -> tuple[History, datetime]:
    """The purchases of a file `InvoiceNo, StockCode, Quantity, InvoiceDate, UnitPrice, CustomerID` (also .xz), and the
    moment of the last. Lines without a customer, cancellations, free items and codes that are no product (postage,
    fees) are left out. Raises OSError; ValueError for a file without such columns."""
    customers: dict[str, int] = {}
    items: dict[str, int] = {}
    rows = np.array(
        [
            (customers.setdefault(who, len(customers)), items.setdefault(what, len(items)), at, price)
            for who, what, at, price in _lines(path)
        ],
        dtype=[("customer", "i8"), ("item", "i8"), ("at", "f8"), ("price", "f8")],
    )
    if not rows.size:
        raise ValueError(f"{path.name} has no purchases of customers")
    # No categories: all products are of none.
    none = np.zeros(len(items), dtype=np.int64)
    history = History(
        rows["customer"], rows["item"], rows["at"] / SECONDS_A_DAY, np.log(rows["price"]), len(customers), none, 0
    )
    return history, datetime.fromtimestamp(float(rows["at"].max()), UTC)


def _lines(path: Path) -> Iterator[tuple[str, str, float, float]]:
    with _opened(path) as file:
        reader = csv.DictReader(file)
        needed = {"InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"}
        missing = needed - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path.name} has no column {', '.join(sorted(missing))}")
        for row in reader:
            price = float(row["UnitPrice"])
            is_product = row["StockCode"][:5].isdigit()
            if not row["CustomerID"] or row["InvoiceNo"].startswith("C") or not is_product:
                continue
            if float(row["Quantity"]) > 0 and price > 0 and math.isfinite(price):
                at = datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=UTC).timestamp()
                yield row["CustomerID"], row["StockCode"].strip().upper(), at, price


def _opened(path: Path) -> IO[Any]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return path.open(encoding="utf-8-sig", errors="replace", newline="")
