"""What higher rooms add where two customers are compared; customers never hears of analytics."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from customers.models import Customer


@dataclass(frozen=True, slots=True)
class Compared:
    """One line about two customers: its name, and what is shown of each, in their order."""

    label: Any
    shown: list[SafeString | str]


Comparison = Callable[[HttpRequest, list[Customer]], list[Compared]]

_comparisons: list[Comparison] = []


def register_comparison(comparison: Comparison) -> Comparison:
    """Have the lines of `comparison(request, customers)` shown when two customers are compared. Usable as a
    decorator."""
    if comparison not in _comparisons:
        _comparisons.append(comparison)
    return comparison


def more_compared(request: HttpRequest, customers: list[Customer]) -> list[Compared]:
    """What the higher rooms know of these customers. The caller has made sure that the user may see them."""
    return [line for comparison in _comparisons for line in comparison(request, customers)]
