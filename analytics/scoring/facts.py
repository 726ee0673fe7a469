"""One row of the observation ledger, and the unitless x that the formulas read from it (SCORES.md §1)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from analytics.scoring.parameters import PRICE_LIMIT

LOG_PRICE_LIMIT = math.log(PRICE_LIMIT)


class MeasureCode(IntEnum):
    """The number by which the database stores a measure."""

    CSAT = 1
    REVIEW = 2
    NPS = 3
    CES = 4
    DEFECT = 5
    PROMISES = 6
    REPLY = 7
    PRICE = 8

    @property
    def label(self) -> str:
        """The name used in facts and JSON."""
        return self.name.lower()


MEASURE_CODES = {code.label: code for code in MeasureCode}
"""From the name of a measure to its code."""

_FACTOR_OF = {
    MeasureCode.PROMISES: "reliability",
    MeasureCode.REPLY: "responsiveness",
    MeasureCode.PRICE: "price",
}
FACTOR_OF_MEASURE = {name: _FACTOR_OF.get(code, "quality") for name, code in MEASURE_CODES.items()}
"""From the name of a measure to the name of the factor that it feeds."""

SCALES = {"csat": (1.0, 5.0), "review": (1.0, 5.0), "nps": (0.0, 10.0), "ces": (1.0, 7.0)}
"""Lowest and highest answer of each questionnaire; x = (answer - lowest) / (highest - lowest)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One observation as a score reads it, already known to be visible and not excluded.

    factor, measure: names (FACTOR_CODES, MEASURE_CODES). value, reference: by measure, see `fact_value`.
    at: when it happened, aware. subject_type, subject_id: the ticket, rating or order behind it.
    elapsed_seconds: business seconds from the message to as_of, only for a reply still waited for (value
    None).
    """

    factor: str
    measure: str
    value: float | None
    reference: float | None
    at: datetime
    subject_type: str
    subject_id: int
    observation_id: int
    elapsed_seconds: float | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether this is a reply that has not come: it is still happening, so its age is 0 at any as_of."""
        return self.measure == "reply" and self.value is None


def fact_value(fact: Fact) -> float | None:
    """The unitless x of an observation; None where it does not count yet (SCORES.md §1, column x).

    csat, review 1..5, nps 0..10, ces 1..7: position on the scale, in [0, 1]. defect: 0.
    promises: kept (value) / that apply (reference), in [0, 1].
    reply: 2^(-τ/τ*), τ = value and τ* = reference in the same unit of business time, in [0, 1]; a waiting
    reply (value None) takes τ from elapsed_seconds and is None until τ > τ*.
    price: ln(paid/reference) clipped to ±ln 4; paid 0 is the lower clip.

    Raises ValueError, naming the observation, for a measure of another factor and an impossible number.
    """
    if FACTOR_OF_MEASURE.get(fact.measure) != fact.factor:
        raise ValueError(f"observation {fact.observation_id}: {fact.factor} has no measure {fact.measure!r}")
    return _VALUE_OF[fact.measure](fact)


def _number(fact: Fact, name: str, value: float | None, low: float, high: float = math.inf) -> float:
    if value is None or not low <= value <= high or math.isinf(value):
        problem = f"{name} of {fact.measure} must be {low:g} to {high:g}, not {value!r}"
        raise ValueError(f"observation {fact.observation_id}: {problem}")
    return value


def _positive(fact: Fact) -> float:
    reference = _number(fact, "reference", fact.reference, 0.0)
    if reference == 0.0:
        raise ValueError(f"observation {fact.observation_id}: reference of {fact.measure} must be above 0")
    return reference


def _answer(fact: Fact) -> float:
    low, high = SCALES[fact.measure]
    return (_number(fact, "value", fact.value, low, high) - low) / (high - low)


def _defect(_fact: Fact) -> float:
    return 0.0


def _promises(fact: Fact) -> float:
    apply = _number(fact, "reference", fact.reference, 1.0)
    return _number(fact, "value", fact.value, 0.0, apply) / apply


def _reply(fact: Fact) -> float | None:
    target = _positive(fact)
    if not fact.is_waiting:
        return float(2.0 ** -(_number(fact, "value", fact.value, 0.0) / target))
    waited = _number(fact, "elapsed_seconds", fact.elapsed_seconds, 0.0)
    return float(2.0 ** -(waited / target)) if waited > target else None


def _price(fact: Fact) -> float:
    reference = _positive(fact)
    paid = _number(fact, "value", fact.value, 0.0)
    # log(a) - log(b) cannot overflow where a/b could; a price of 0 is the clip itself.
    ratio = math.log(paid) - math.log(reference) if paid > 0.0 else -math.inf
    return min(max(ratio, -LOG_PRICE_LIMIT), LOG_PRICE_LIMIT)


_VALUE_OF: dict[str, Callable[[Fact], float | None]] = {
    **dict.fromkeys(SCALES, _answer),
    "defect": _defect,
    "promises": _promises,
    "reply": _reply,
    "price": _price,
}
