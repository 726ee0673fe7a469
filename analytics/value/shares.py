"""What a campaign moved: two shares and their difference, with an interval."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Difference:
    """Shares of 0..1. difference: treated less held out; low, high: its 95% interval."""

    treated: float
    held_out: float
    difference: float
    low: float
    high: float


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share by Wilson (1927): never outside 0..1, and of use for a handful of rows.

    Raises ValueError unless 0 <= hits <= of and of > 0."""
    if not 0 <= hits <= of or of == 0:
        raise ValueError("a share needs 0 <= hits <= of, of > 0")
    share, squared = hits / of, Z_95 * Z_95
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = Z_95 * sqrt(share * (1 - share) / of + squared / (4 * of * of)) / (1 + squared / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def difference_of_shares(*, treated_hits: int, treated: int, held_hits: int, held: int) -> Difference | None:
    """The difference of two shares with Newcombe's (1998) hybrid score interval; None where one group is empty."""
    if not treated or not held:
        return None
    one, other = treated_hits / treated, held_hits / held
    one_low, one_high = wilson(treated_hits, treated)
    other_low, other_high = wilson(held_hits, held)
    difference = one - other
    low = difference - sqrt((one - one_low) ** 2 + (other_high - other) ** 2)
    high = difference + sqrt((one_high - one) ** 2 + (other - other_low) ** 2)
    return Difference(one, other, difference, max(-1.0, low), min(1.0, high))
