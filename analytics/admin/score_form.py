"""Forms of the score model: four numbers for each factor."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from analytics.admin.version_form import Numbers, VersionForm, VersionOverrideForm, number_field
from analytics.choices import FACTOR_NAMES
from analytics.scoring.parameters import FACTOR_NAMES as FACTORS
from analytics.scoring.parameters import FIELD_NAMES, ScoreParameters, limits_of

SEPARATOR = "__"
LABELS = {
    "exponent": gettext_lazy("weight"),
    "half_life_days": gettext_lazy("half-life, days"),
    "prior_weight": gettext_lazy("prior, observations"),
    "baseline": gettext_lazy("baseline"),
}
MEANINGS = {
    "exponent": gettext_lazy("The exponent: how strongly this factor moves the score. 1 is usual, 0 leaves it out."),
    "half_life_days": gettext_lazy("After so many days an observation counts half."),
    "prior_weight": gettext_lazy("The average counts like so many observations: the more, the slower a score moves."),
    "baseline": gettext_lazy("What the average customer has, as a share: 0.8 is 80 %."),
}
OF_PRICE = {
    "exponent": gettext_lazy("The exponent: −1 is usual, so that a higher price lowers the score. 0 leaves it out."),
    "baseline": gettext_lazy("What the average customer pays, as a multiple of the usual price: 1 is the same."),
}
DESCRIPTIONS = {
    "quality": gettext_lazy("Ratings, reviews, and returns for a defect."),
    "reliability": gettext_lazy("Promises kept: solved in time, not reopened, delivered on the day."),
    "responsiveness": gettext_lazy("How soon a human answers, against the target."),
    "price": gettext_lazy("What is paid, against the list price or the usual price of the category."),
}


def field_name(factor: str, field: str) -> str:
    """The name of a form field."""
    return f"{factor}{SEPARATOR}{field}"


def meaning(factor: str, field: str) -> Any:
    """What a field means, in a sentence."""
    return OF_PRICE.get(field, MEANINGS[field]) if factor == "price" else MEANINGS[field]


def _is_told(factor: str, field: str) -> bool:
    """Whether the meaning stands below the field: once for all factors, and where price differs. Elsewhere it is a
    hint."""
    return factor == FACTORS[0] or (factor == "price" and field in OF_PRICE)


def _fields(*, required: bool) -> Iterable[tuple[str, forms.FloatField]]:
    for factor in FACTORS:
        for field in FIELD_NAMES:
            told = meaning(factor, field) if _is_told(factor, field) else ""
            made = number_field(LABELS[field], told, limits_of(factor, field), required=required)
            made.widget.attrs["title"] = meaning(factor, field)
            made.widget.attrs["aria-label"] = format_lazy("{}: {}", FACTOR_NAMES[factor], LABELS[field])
            yield field_name(factor, field), made


def _by_field(parameters: Mapping[str, Any]) -> Numbers:
    return {field_name(factor, field): value for factor, row in parameters.items() for field, value in row.items()}


def _by_factor(numbers: Numbers) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name, value in numbers.items():
        factor, field = name.split(SEPARATOR)
        found.setdefault(factor, {})[field] = value
    return found


class _ScoreVersionForm(VersionForm):
    def numbers_in(self, parameters: Mapping[str, Any]) -> Numbers:
        return _by_field(ScoreParameters.from_dict(parameters).as_dict())

    def made_of(self, numbers: Numbers, standing: Mapping[str, Any]) -> dict[str, Any]:
        return _by_factor(numbers)


ScoreVersionForm: Any = type("ScoreVersionForm", (_ScoreVersionForm,), dict(_fields(required=True)))


class ScoreOverrideForm(VersionOverrideForm):
    """Other parameters of the score."""

    def number_fields(self) -> Iterable[tuple[str, forms.FloatField]]:
        """Four for each factor."""
        return _fields(required=False)

    def numbers_in(self, parameters: Mapping[str, Any]) -> Numbers:
        """As they are."""
        return _by_field(parameters)

    def made_of(self, numbers: Numbers) -> dict[str, Any]:
        """Those that differ."""
        return _by_factor(numbers)

    def rows(self) -> list[tuple[Any, Any, list[Any]]]:
        """One row a factor."""
        return [
            (FACTOR_NAMES[factor], DESCRIPTIONS[factor], [self[field_name(factor, field)] for field in FIELD_NAMES])
            for factor in FACTORS
        ]
