"""Forms of the preference model: a weight for each feature, and what fades how fast."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.version_form import Numbers, VersionForm, VersionOverrideForm, number_field
from analytics.scoring.preference_parameters import (
    ITEM_FEATURES,
    NUMBER_LIMITS,
    TABLE_LIMITS,
    PreferenceParameters,
)

WEIGHT = "weight__"
FEATURE_NAMES = {
    "affinity": gettext_lazy("affinity"),
    "category_lift": gettext_lazy("category lift"),
    "price_fit": gettext_lazy("price fit"),
    "recent_interest": gettext_lazy("recent interest"),
    "rating": gettext_lazy("rating"),
    "popularity": gettext_lazy("popularity"),
    "stated": gettext_lazy("stated preference"),
}
MEANINGS = {
    "affinity": gettext_lazy("It goes with what they bought, or they bought it. Products only."),
    "category_lift": gettext_lazy("They buy more of its category than others do."),
    "price_fit": gettext_lazy("Its price is near what they pay in its category."),
    "recent_interest": gettext_lazy("They viewed products of its category lately."),
    "rating": gettext_lazy("Customers rated it well."),
    "popularity": gettext_lazy("Many buy it lately."),
    "stated": gettext_lazy("They said so. It comes first whatever this weight is; the weight adds points."),
}
NUMBERS = {
    "purchase_half_life_days": (
        gettext_lazy("half-life of purchases, days"),
        gettext_lazy("After so many days a purchase says half as much of taste in categories and prices."),
    ),
    "interest_half_life_days": (
        gettext_lazy("half-life of interest, days"),
        gettext_lazy("After so many days a view or an enquiry counts half."),
    ),
    "item_half_life_days": (
        gettext_lazy("half-life for products, days"),
        gettext_lazy("After so many days a purchase says half as much of which product is next."),
    ),
    "lift_prior_weight": (
        gettext_lazy("prior of taste, purchases"),
        gettext_lazy("Everybody's taste counts like so many purchases of one's own."),
    ),
    "rating_prior_weight": (
        gettext_lazy("prior of ratings"),
        gettext_lazy("The mean rating counts like so many ratings."),
    ),
    "item_prior_weight": (
        gettext_lazy("prior of products, customers"),
        gettext_lazy("So many customers must buy two products together before they go well with each other."),
    ),
}


def weight_name(feature: str) -> str:
    """The name of a weight's form field."""
    return f"{WEIGHT}{feature}"


def told_of_weights() -> str:
    """What weights are."""
    return _("How much each reason counts, against the others; 0 leaves it out. Only how they compare matters.")


def _weight_fields(*, required: bool) -> Iterable[tuple[str, forms.FloatField]]:
    _features, low, high = TABLE_LIMITS["weights"]
    for feature in ITEM_FEATURES:
        made = number_field(FEATURE_NAMES[feature], MEANINGS[feature], (low, high), required=required)
        yield weight_name(feature), made


class _PreferenceVersionForm(VersionForm):
    def numbers_in(self, parameters: Mapping[str, Any]) -> Numbers:
        read = PreferenceParameters.from_dict(parameters)
        weights = {weight_name(feature): read.weights[feature] for feature in ITEM_FEATURES}
        return {**weights, **{name: getattr(read, name) for name in NUMBERS}}

    def made_of(self, numbers: Numbers, standing: Mapping[str, Any]) -> dict[str, Any]:
        weights = {feature: numbers.pop(weight_name(feature)) for feature in ITEM_FEATURES}
        return {**standing, **numbers, "weights": weights}  # what is usual stays as it was measured


PreferenceVersionForm: Any = type(
    "PreferenceVersionForm",
    (_PreferenceVersionForm,),
    dict(_weight_fields(required=True))
    | {name: number_field(*told, NUMBER_LIMITS[name], required=True) for name, told in NUMBERS.items()},
)


class WeightOverrideForm(VersionOverrideForm):
    """Other weights for the customers of a segment."""

    def number_fields(self) -> Iterable[tuple[str, forms.FloatField]]:
        """The weights."""
        return _weight_fields(required=False)

    def numbers_in(self, parameters: Mapping[str, Any]) -> Numbers:
        """The weights."""
        return {weight_name(feature): value for feature, value in parameters.get("weights", {}).items()}

    def made_of(self, numbers: Numbers) -> dict[str, Any]:
        """Those that differ."""
        return {"weights": {name.removeprefix(WEIGHT): value for name, value in numbers.items()}}

    def rows(self) -> list[tuple[Any, Any, list[Any]]]:
        """All in one."""
        return [(_("Weights"), told_of_weights(), [self[weight_name(feature)] for feature in ITEM_FEATURES])]
