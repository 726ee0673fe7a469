"""Numbers of demand, and the names of what drives it, in words."""

import math
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DRIVERS = {
    "enquiries": gettext_lazy("Enquiries in the weeks before"),
    "views": gettext_lazy("Views in the weeks before"),
    "price": gettext_lazy("Price against the list price"),
    "promotion": gettext_lazy("Promotion"),
    "holidays": gettext_lazy("Holidays"),
    "market": gettext_lazy("Market index"),
    "competitor": gettext_lazy("Competitors' prices"),
    "momentum": gettext_lazy("Demand in the steps before"),
}
# Of these the coefficient is an elasticity; the others are shares of the days.
ELASTIC = {"enquiries", "views", "price", "market", "competitor", "momentum"}
SURE = 1.96


def amount(value: float | None) -> str:
    """A quantity: whole above ten, else with one digit."""
    if value is None:
        return "–"
    return str(
        number_format(round(value), 0, force_grouping=True) if value >= 10 else number_format(round(value, 1), 1)
    )


def span(low: float, high: float) -> str:
    """From a quantity to another."""
    return f"{amount(low)} … {amount(high)}"


def share(value: float | None) -> str:
    """A share in per cent."""
    return "–" if value is None else f"{number_format(round(100 * value, 1), 1)} %"


def figure(value: float | None) -> str:
    """A figure with two digits."""
    return "–" if value is None else str(number_format(round(value, 2), 2))


def driver_lines(drivers: dict[str, Any], days: int) -> list[dict[str, Any]]:
    """What the regression learned, one line each: {"name", "effect", "words", "tone"}."""
    lines = [_line(entry, days) for entry in drivers.get("inputs", [])]
    trend = drivers.get("trend")
    if trend is not None:
        lines.append({"name": _("Trend"), "effect": _signed(trend), "words": _("a year, fading out"), "tone": ""})
    return lines


def _line(entry: dict[str, Any], days: int) -> dict[str, Any]:
    name, value, error = entry["name"], entry["coefficient"], entry["error"]
    is_clear = abs(value) > SURE * error
    if name in ELASTIC:
        effect = _decimal(value)
        words = _("% for each 1 % more")
    else:
        effect = _signed(value)
        words = _("in a full week of it") if days > 1 else _("on such a day")
    return {
        "name": DRIVERS.get(name, name),
        "effect": effect,
        "interval": f"{_edge(name, value - SURE * error)} … {_edge(name, value + SURE * error)}",
        "words": words,
        "tone": ("good" if value > 0 else "bad") if is_clear else "muted",
        "is_clear": is_clear,
    }


def _edge(name: str, value: float) -> str:
    return _decimal(value) if name in ELASTIC else _signed(value)


def _decimal(value: float) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{number_format(round(abs(value), 2), 2)}"


def _signed(log: float) -> str:
    """A change on the scale of ln demand, in per cent."""
    change = 100 * math.expm1(min(log, 5.0))
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return f"{sign}{number_format(round(abs(change)), 0)} %"
