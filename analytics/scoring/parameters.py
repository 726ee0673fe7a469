"""What a score model version freezes: half-life, prior weight, baseline and exponent of each factor."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, Self

FACTOR_NAMES = ("quality", "reliability", "responsiveness", "price")
"""The factors in the order of every array and tuple of this package; column = FactorCode - 1."""

PRICE_LIMIT = 4.0
"""A price ratio and the price factor stay inside [1/4, 4] (SCORES.md §1)."""

BASELINE_LIMITS = {
    "quality": (0.001, 0.999),
    "reliability": (0.001, 0.999),
    "responsiveness": (0.001, 0.999),
    "price": (1.0 / PRICE_LIMIT, PRICE_LIMIT),
}
"""Lowest and highest baseline of each factor: strictly inside (0, 1), so that every logarithm is finite."""

FIELD_NAMES = ("exponent", "half_life_days", "prior_weight", "baseline")
"""The fields of a factor, in the order in which people read them."""


def limits_of(factor: str, field: str) -> tuple[float, float]:
    """The lowest and the highest value that a field of a factor takes."""
    if field == "baseline":
        return BASELINE_LIMITS[factor]
    if field == "exponent":
        # The sign is fixed: with the other one, a better rating or a lower price would lower the score.
        return (-10.0, 0.0) if factor == "price" else (0.0, 10.0)
    return {"half_life_days": (0.01, 36_500.0), "prior_weight": (0.01, 1e6)}[field]


class FactorCode(IntEnum):
    """The number by which the database stores a factor."""

    QUALITY = 1
    RELIABILITY = 2
    RESPONSIVENESS = 3
    PRICE = 4

    @property
    def label(self) -> str:
        """The name used in parameters, JSON and results."""
        return self.name.lower()


FACTOR_CODES = {code.label: code for code in FactorCode}
"""From the name of a factor to its code."""


@dataclass(frozen=True, slots=True)
class FactorParameters:
    """How one factor is measured.

    half_life_days: after so many days an observation weighs half. prior_weight: K, how many observations the
    baseline is worth. baseline: the factor of the average customer, in the factor's own unit (a share
    between 0 and 1; for price a ratio in [1/4, 4]). exponent: the power to which the factor enters the
    formula.
    """

    half_life_days: float
    prior_weight: float
    baseline: float
    exponent: float


@dataclass(frozen=True, slots=True)
class ScoreParameters:
    """The whole model: one FactorParameters per factor. The defaults are those of SCORES.md §1."""

    quality: FactorParameters = FactorParameters(180.0, 5.0, 0.8, 1.0)
    reliability: FactorParameters = FactorParameters(180.0, 5.0, 0.9, 1.0)
    responsiveness: FactorParameters = FactorParameters(180.0, 5.0, 0.5, 1.0)
    price: FactorParameters = FactorParameters(365.0, 3.0, 1.0, -1.0)

    def __post_init__(self) -> None:
        for name, factor in self:
            _check(name, factor)

    def __iter__(self) -> Iterator[tuple[str, FactorParameters]]:
        """The (name, parameters) pairs in the order of FACTOR_NAMES."""
        yield "quality", self.quality
        yield "reliability", self.reliability
        yield "responsiveness", self.responsiveness
        yield "price", self.price

    @property
    def raw_baseline(self) -> float:
        """The formula Q·R·S/p at the baseline values, with the exponents of this model."""
        return math.prod(math.pow(factor.baseline, factor.exponent) for _, factor in self)

    def as_dict(self) -> dict[str, dict[str, float]]:
        """Plain JSON values, read back by `from_dict`."""
        return {name: asdict(factor) for name, factor in self}

    def overridden_by(self, data: Mapping[str, Mapping[str, Any]]) -> Self:
        """These parameters with the fields that `data` gives in the place of their own; it may give a few alone.

        Raises ValueError that names the field for an unknown or impossible one.
        """
        _refuse_unknown("", data, FACTOR_NAMES)
        return type(self)(**{name: _read(name, data.get(name, {}), own) for name, own in self})

    @classmethod
    def from_dict(cls, data: Mapping[str, Mapping[str, Any]]) -> Self:
        """Read what `as_dict` wrote. A missing factor or field takes the default.

        Raises ValueError that names the field ("quality.half_life_days ...") for an unknown or impossible
        one.
        """
        return cls().overridden_by(data)


def _read(name: str, data: Mapping[str, Any], default: FactorParameters) -> FactorParameters:
    if not isinstance(data, Mapping):
        raise ValueError(f"{name} must be a mapping of its fields, not {data!r}")
    defaults = asdict(default)
    _refuse_unknown(f"{name}.", data, tuple(defaults))
    return FactorParameters(**{key: _number(f"{name}.{key}", data.get(key, value)) for key, value in defaults.items()})


def _refuse_unknown(prefix: str, data: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in data:
        if key not in known:
            raise ValueError(f"{prefix}{key} is not a field; known are {', '.join(known)}")


def _number(field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{field} must be a number, not {value!r}")
    return float(value)


def _check(name: str, factor: FactorParameters) -> None:
    for field, value in asdict(factor).items():
        _check_range(f"{name}.{field}", value, *limits_of(name, field))


def _check_range(field: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{field} must be between {low:g} and {high:g}, not {value!r}")
