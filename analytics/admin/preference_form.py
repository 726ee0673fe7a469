"""Forms of the preference model: a weight for each feature, and what fades how fast."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from analytics.admin.version_form import shown
from analytics.models import PreferenceModelVersion
from analytics.scoring.preference_parameters import (
    ITEM_FEATURES,
    NUMBER_LIMITS,
    TABLE_LIMITS,
    PreferenceParameters,
)
from customers.admin.forms import CandidForm
from customers.models import Segment

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
    "recent_interest": gettext_lazy("They viewed or asked lately. Views are not recorded yet."),
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


def _number(label: Any, meaning: Any, low: float, high: float, *, required: bool = True) -> forms.FloatField:
    span = {"low": number_format(shown(low)), "high": number_format(shown(high))}
    wrong = format_lazy(gettext_lazy("Give a number from {low} to {high}."), **span)
    return forms.FloatField(
        label=capfirst(label),
        help_text=meaning,
        required=required,
        min_value=low,
        max_value=high,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        error_messages={"min_value": wrong, "max_value": wrong, "invalid": wrong},
    )


def weight_field(feature: str, *, required: bool = True) -> forms.FloatField:
    """The form field of one weight, with its limits in words."""
    _features, low, high = TABLE_LIMITS["weights"]
    return _number(FEATURE_NAMES[feature], MEANINGS[feature], low, high, required=required)


class _PreferenceVersionForm(CandidForm):
    """Label, note, weights and numbers. `base`: the version whose parameters a new draft begins with."""

    base: PreferenceModelVersion | None = None
    in_force: PreferenceModelVersion | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "note" in self.fields:
            self.fields["note"].widget.attrs["rows"] = 3
        begun, active = self._begun(), _values(self.in_force.parameters if self.in_force else {})
        for name, value in begun.items():
            if name in self.fields:
                self.initial[name] = shown(value)
                if self.in_force:
                    told = _("In force: %(value)s.") % {"value": number_format(shown(active[name]))}
                    self.fields[name].help_text = f"{self.fields[name].help_text} {told}"

    def parameters(self) -> dict[str, Any]:
        """What was typed; a number that was left as it was shown keeps all its digits."""
        row = self.instance if self.instance.pk else self.base
        given = {
            name: old if shown(old) == self.cleaned_data[name] else self.cleaned_data[name]
            for name, old in self._begun().items()
        }
        weights = {feature: given.pop(weight_name(feature)) for feature in ITEM_FEATURES}
        return {**(row.parameters if row else {}), **given, "weights": weights}

    def standing(self, name: str) -> Any:
        """What stands now in a field."""
        values = _values(self.instance.parameters)
        return shown(values[name]) if name in values else super().standing(name)

    def typed(self, name: str, value: Any) -> Any:
        """What was typed into a field."""
        return value if name in NUMBERS or name.startswith(WEIGHT) else super().typed(name, value)

    def _begun(self) -> dict[str, float]:
        row = self.instance if self.instance.pk else self.base
        return _values(row.parameters if row else {})


def _values(parameters: Mapping[str, Any]) -> dict[str, float]:
    read = PreferenceParameters.from_dict(parameters)
    weights = {weight_name(feature): read.weights[feature] for feature in ITEM_FEATURES}
    return {**weights, **{name: getattr(read, name) for name in NUMBERS}}


PreferenceVersionForm: Any = type(
    "PreferenceVersionForm",
    (_PreferenceVersionForm,),
    {weight_name(feature): weight_field(feature) for feature in ITEM_FEATURES}
    | {name: _number(*told, *NUMBER_LIMITS[name]) for name, told in NUMBERS.items()},
)


class WeightOverrideForm(forms.Form):
    """Other weights for the customers of a segment; what is left empty is as for everybody."""

    def __init__(
        self,
        *args: Any,
        version: PreferenceModelVersion,
        segments: Any = None,
        own: Mapping[str, float],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if segments is not None:
            self.fields["segment"] = forms.ModelChoiceField(
                segments,
                label=_("Segment"),
                widget=UnfoldAdminSelectWidget,
                empty_label=_("Choose a segment"),
                error_messages={"required": _("Choose a segment.")},
            )
        everybody = PreferenceParameters.from_dict(version.parameters).weights
        for feature in ITEM_FEATURES:
            made = weight_field(feature, required=False)
            made.widget.attrs["placeholder"] = number_format(shown(everybody[feature]))
            made.initial = shown(own[feature]) if feature in own else None
            self.fields[weight_name(feature)] = made

    def weights(self) -> dict[str, float]:
        """What was typed."""
        given = {feature: self.cleaned_data.get(weight_name(feature)) for feature in ITEM_FEATURES}
        return {feature: value for feature, value in given.items() if value is not None}


def choosable(user: Any, version: PreferenceModelVersion) -> Any:
    """The segments that a user may take for an override: those without one."""
    return Segment.objects.visible_to(user).exclude(pk__in=[row["segment"] for row in version.overrides])
