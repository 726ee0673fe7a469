"""Forms of versions: a number for each parameter, with what it means, and what is wrong in words; the same for an
override, where what is left empty is as for everybody."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from customers.admin.forms import CandidForm
from customers.models import Segment

# Enough for what people type; a measured number keeps all its digits where it is left as it is.
DIGITS = 6

Numbers = dict[str, float]


def number_field(label: Any, meaning: Any, limits: tuple[float, float], *, required: bool) -> forms.FloatField:
    """The form field of one parameter, with its limits in words."""
    low, high = limits
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


def shown(value: float) -> float:
    """A parameter as it stands in a form: 180, 0.706332."""
    rounded = round(value, DIGITS)
    return int(rounded) if rounded == int(rounded) else rounded


def typed_numbers(cleaned: Mapping[str, Any], names: Iterable[str], standing: Mapping[str, float]) -> Numbers:
    """The numbers that a form was filled with, by field; one that was left as it was shown keeps all its digits."""
    found = {}
    for name in names:
        value = cleaned.get(name)
        if value is not None:
            old = standing.get(name)
            found[name] = old if old is not None and shown(old) == value else value
    return found


class VersionForm(CandidForm):
    """Label, note, and the parameters for everybody. `base`: the version whose parameters a new draft begins with. A
    subclass says which numbers parameters hold, by form field, and what parameters they make."""

    base: Any = None
    in_force: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "note" in self.fields:
            self.fields["note"].widget.attrs["rows"] = 3
        active = self.numbers_in(self.in_force.parameters) if self.in_force else {}
        for name, value in self._begun().items():
            if name not in self.fields:  # a page that is only read
                continue
            self.initial[name] = shown(value)
            if name in active:
                told = _("In force: %(value)s.") % {"value": number_format(shown(active[name]))}
                self.fields[name].help_text = " ".join(filter(None, [str(self.fields[name].help_text), told]))

    def numbers_in(self, parameters: Mapping[str, Any]) -> Numbers:
        """The numbers that parameters hold, by form field."""
        raise NotImplementedError

    def made_of(self, numbers: Numbers, standing: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that these numbers make, beside what stands."""
        raise NotImplementedError

    def parameters(self) -> dict[str, Any]:
        """What was typed."""
        begun = self._begun()
        return self.made_of(typed_numbers(self.cleaned_data, begun, begun), self._standing())

    def standing(self, name: str) -> Any:
        """What stands now in a field."""
        numbers = self.numbers_in(self.instance.parameters)
        return shown(numbers[name]) if name in numbers else super().standing(name)

    def typed(self, name: str, value: Any) -> Any:
        """What was typed into a field."""
        return value if name in self._begun() else super().typed(name, value)

    def _begun(self) -> Numbers:
        return self.numbers_in(self._standing())

    def _standing(self) -> Mapping[str, Any]:
        row = self.instance if self.instance.pk else self.base
        return row.parameters if row else {}


class VersionOverrideForm(forms.Form):
    """Other parameters for the customers of a segment; what is left empty is as for everybody."""

    def __init__(
        self, *args: Any, version: Any, segments: Any = None, own: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.own = self.numbers_in(own or {})
        if segments is not None:
            self.fields["segment"] = forms.ModelChoiceField(
                segments,
                label=_("Segment"),
                widget=UnfoldAdminSelectWidget,
                empty_label=_("Choose a segment"),
                error_messages={"required": _("Choose a segment.")},
            )
        everybody = self.numbers_in(version.parameters)
        for name, made in self.number_fields():
            made.widget.attrs["placeholder"] = number_format(shown(everybody[name]))
            made.initial = shown(self.own[name]) if name in self.own else None
            self.fields[name] = made

    def number_fields(self) -> Iterable[tuple[str, forms.FloatField]]:
        """The fields by name."""
        raise NotImplementedError

    def numbers_in(self, parameters: Mapping[str, Any]) -> Numbers:
        """The numbers that parameters hold, by form field; of an override those that differ."""
        raise NotImplementedError

    def made_of(self, numbers: Numbers) -> dict[str, Any]:
        """The parameters that these numbers make."""
        raise NotImplementedError

    def rows(self) -> list[tuple[Any, Any, list[Any]]]:
        """The fields in groups: a name, what it is made of, and its fields."""
        raise NotImplementedError

    def parameters(self) -> dict[str, Any]:
        """What was typed."""
        names = [name for name in self.fields if name != "segment"]
        return self.made_of(typed_numbers(self.cleaned_data, names, self.own))


def choosable_segments(user: Any, version: Any) -> Any:
    """The segments that a user may take for an override: those without one."""
    taken = [row["segment"] for row in version.overrides]
    return Segment.objects.visible_to(user).exclude(pk__in=taken)
