"""Forms of the score model: a number for each factor and field, with what it means, and what is wrong in words."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from analytics.admin.score_display import FACTOR_NAMES
from analytics.models import ScoreModelVersion
from analytics.scoring.parameters import FACTOR_NAMES as FACTORS
from analytics.scoring.parameters import FIELD_NAMES, ScoreParameters, limits_of
from customers.admin.forms import CandidForm
from customers.models import Segment

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
# Enough for what people type; a measured baseline keeps all its digits where it is left as it is.
DIGITS = 6


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


def number_field(factor: str, field: str, *, required: bool) -> forms.FloatField:
    """The form field of one parameter, with its limits in words."""
    low, high = limits_of(factor, field)
    span = {"low": number_format(shown(low)), "high": number_format(shown(high))}
    wrong = format_lazy(gettext_lazy("Give a number from {low} to {high}."), **span)
    made = forms.FloatField(
        label=capfirst(LABELS[field]),
        help_text=meaning(factor, field) if _is_told(factor, field) else "",
        required=required,
        min_value=low,
        max_value=high,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        error_messages={"min_value": wrong, "max_value": wrong, "invalid": wrong},
    )
    made.widget.attrs["title"] = meaning(factor, field)
    made.widget.attrs["aria-label"] = format_lazy("{}: {}", FACTOR_NAMES[factor], LABELS[field])
    return made


def shown(value: float) -> float:
    """A parameter as it stands in a form: 180, 0.706332."""
    rounded = round(value, DIGITS)
    return int(rounded) if rounded == int(rounded) else rounded


def parameters_in(cleaned: Mapping[str, Any], standing: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """The parameters that a form was filled with; a number that was left as it was shown keeps all its digits."""
    found: dict[str, dict[str, float]] = {}
    for factor in FACTORS:
        for field in FIELD_NAMES:
            value = cleaned.get(field_name(factor, field))
            if value is not None:
                old = standing.get(factor, {}).get(field)
                found.setdefault(factor, {})[field] = old if old is not None and shown(old) == value else value
    return found


class _ScoreVersionForm(CandidForm):
    """Label, note, and the parameters for everybody. `base`: the version whose parameters a new draft begins with."""

    base: ScoreModelVersion | None = None
    in_force: ScoreModelVersion | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "note" in self.fields:
            self.fields["note"].widget.attrs["rows"] = 3
        begun = self.instance if self.instance.pk else self.base
        active = self.in_force.parameters if self.in_force else None
        for factor, parameters in ScoreParameters.from_dict(begun.parameters if begun else {}):
            for field in FIELD_NAMES:
                name = field_name(factor, field)
                if name not in self.fields:  # a page that is only read
                    continue
                self.initial[name] = shown(getattr(parameters, field))
                if active is not None:
                    now = number_format(shown(active[factor][field]))
                    told = [str(self.fields[name].help_text), _("In force: %(value)s.") % {"value": now}]
                    self.fields[name].help_text = " ".join(filter(None, told))

    def parameters(self) -> dict[str, dict[str, float]]:
        """What was typed."""
        begun = self.instance if self.instance.pk else self.base
        return parameters_in(self.cleaned_data, begun.parameters if begun else {})

    def standing(self, name: str) -> Any:
        """What stands now in a field."""
        if SEPARATOR not in name:
            return super().standing(name)
        factor, field = name.split(SEPARATOR, 1)
        return shown(self.instance.parameters[factor][field])

    def typed(self, name: str, value: Any) -> Any:
        """What was typed into a field."""
        return value if SEPARATOR in name else super().typed(name, value)


ScoreVersionForm: Any = type(
    "ScoreVersionForm",
    (_ScoreVersionForm,),
    {
        field_name(factor, field): number_field(factor, field, required=True)
        for factor in FACTORS
        for field in FIELD_NAMES
    },
)


class OverrideForm(forms.Form):
    """Other parameters for the customers of a segment; what is left empty is as for everybody."""

    def __init__(
        self, *args: Any, version: ScoreModelVersion, segments: Any = None, own: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        if segments is not None:
            self.fields["segment"] = forms.ModelChoiceField(
                segments,
                label=_("Segment"),
                widget=UnfoldAdminSelectWidget,
                empty_label=_("Choose a segment"),
                error_messages={"required": _("Choose a segment.")},
            )
        for factor in FACTORS:
            for field in FIELD_NAMES:
                made = number_field(factor, field, required=False)
                made.widget.attrs["placeholder"] = number_format(shown(version.parameters[factor][field]))
                value = own.get(factor, {}).get(field)
                made.initial = None if value is None else shown(value)
                self.fields[field_name(factor, field)] = made

    def rows(self) -> list[tuple[Any, Any, list[Any]]]:
        """One row a factor: its name, what it is made of, and its fields."""
        return [
            (FACTOR_NAMES[factor], DESCRIPTIONS[factor], [self[field_name(factor, field)] for field in FIELD_NAMES])
            for factor in FACTORS
        ]

    def parameters(self) -> dict[str, dict[str, float]]:
        """What was typed."""
        return parameters_in(self.cleaned_data, self.own)


def choosable_segments(user: Any, version: ScoreModelVersion) -> Any:
    """The segments that a user may take for an override: those without one."""
    taken = [row["segment"] for row in version.overrides]
    return Segment.objects.visible_to(user).exclude(pk__in=taken)
