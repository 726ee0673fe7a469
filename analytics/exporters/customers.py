"""What an export of customers tells of their scores."""

from collections.abc import Sequence
from typing import Any

from analytics.models import CustomerScore
from customers.importers.candid import pass_over
from customers.operations.derived_columns import DerivedColumns, register_derived_columns

FIGURES = ("score", "change", "quality", "reliability", "responsiveness", "price", "low_evidence", "as_of")
DIGITS = {"score": 1, "change": 1, "quality": 3, "reliability": 3, "responsiveness": 3, "price": 3}


def _scores(keys: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    rows = CustomerScore.objects.filter(customer__in=keys).profiled().order_by().values("customer_id", *FIGURES)
    return {row["customer_id"]: tuple(_cell(name, row[name]) for name in FIGURES) for row in rows}


def _cell(name: str, value: Any) -> Any:
    return round(value, DIGITS[name]) if name in DIGITS and value is not None else value


SCORES = DerivedColumns(
    names=("satisfaction", *(f"satisfaction {name}" for name in FIGURES[1:])),
    values=_scores,
    needs="analytics.view_customerscore",
)


def register_columns_of_analytics() -> None:
    """Make the columns known, to exports and to imports."""
    register_derived_columns(SCORES)
    pass_over(SCORES.names)
