"""Filters of the customer list: segments, tags and custom attributes."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ListFilter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.contrib.filters.forms import DropdownForm
from unfold.widgets import INPUT_CLASSES

from customers.admin.filters import Choices, remembered
from customers.choices import AttributeType
from customers.models import CustomAttribute, Customer, Segment, Tag
from customers.segments.attribute_filters import BadFilters, attribute_conditions
from customers.segments.attributes import PREFIX
from customers.segments.condition import segment_condition
from customers.segments.definition import SegmentInvalid
from customers.segments.facts import Catalogue

CLASSES = " ".join(INPUT_CLASSES)
RANGES = (AttributeType.NUMBER, AttributeType.DATE)


class KeptFilter(DropdownFilter):
    """A filter that is asked even where it has nothing to offer: else the list would show everybody."""

    def has_output(self) -> bool:
        """Whether it takes part."""
        return bool(self.value()) or bool(super().has_output())


class SegmentFilter(KeptFilter):
    """Customers who are in a saved segment now."""

    title = gettext_lazy("segment")
    parameter_name = "segment"
    # The one that was chosen, where there is one.
    segment: Segment | None = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """The segments that the user may use."""
        rows = Segment.objects.visible_to(request.user).order_by("name")
        return remembered(request, "segment", lambda: [(row.pk, row.name) for row in rows.only("name")])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Its customers; nobody, and the reason, where it asks for what is gone."""
        key = self.value()
        if not key:
            return queryset
        rows = Segment.objects.visible_to(request.user)
        segment = rows.filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
        self.segment = segment
        if segment is None:
            return queryset.none()
        user: Any = request.user
        try:
            condition = segment_condition(definition=segment.definition, user=user, at=timezone.now())
            return queryset.for_campaigns().meeting(condition)
        except SegmentInvalid as error:
            messages.error(request, f"{segment}: {error}")
            return queryset.none()


class TagFilter(KeptFilter):
    """Customers who have a tag."""

    title = gettext_lazy("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """All tags."""
        rows = Tag.objects.visible_to(request.user).order_by("name")
        return remembered(request, "tag", lambda: [(row.pk, row.name) for row in rows])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Its customers, each once."""
        key = self.value()
        if not key:
            return queryset
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            return queryset.none()
        return queryset.filter(pk__in=Customer.tags.through.objects.filter(tag=int(key)).values("customer"))


class RangeForm(forms.Form):
    """From and to."""

    def __init__(self, *, name: str, type: str, data: dict[str, Any]) -> None:
        super().__init__(data)
        kind = {"type": "date"} if type == AttributeType.DATE else {"type": "number", "step": "any"}
        for end, placeholder in ((".min", pgettext("range", "From")), (".max", pgettext("range", "To"))):
            widget = forms.TextInput(
                attrs={**kind, "placeholder": placeholder, "aria-label": placeholder, "class": CLASSES}
            )
            self.fields[name + end] = forms.CharField(label="", required=False, widget=widget)


class AttributeFilter(ListFilter):
    """Customers by one custom attribute: by a choice, by yes or no, or by a range. A subclass for each definition."""

    definition: CustomAttribute
    form_class = DropdownForm

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.request = request
        self.name = PREFIX + self.definition.code
        self.title = self.definition.name
        is_range = self.definition.type in RANGES
        self.template = f"unfold/filters/filters_{'numeric_range' if is_range else 'field'}.html"
        super().__init__(request, params, model, model_admin)
        for name in self._parameters():
            values = params.pop(name, None) or [""]
            self.used_parameters[name] = values[-1] if isinstance(values, list) else values

    def has_output(self) -> bool:
        """A list of choices may be empty, a range never is."""
        return True

    def expected_parameters(self) -> list[str | None]:
        """`attribute.code`, or its two ends."""
        return list(self._parameters())

    def _parameters(self) -> list[str]:
        return [self.name + end for end in (".min", ".max")] if self.definition.type in RANGES else [self.name]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The customers asked for; what is no value is told, and asks for nobody."""
        asked = {name: str(text) for name, text in self.used_parameters.items() if text}
        if not asked:
            return queryset
        user: Any = request.user
        try:
            conditions = attribute_conditions(asked, catalogue=Catalogue(user))
        except BadFilters as error:
            messages.error(request, f"{self.title}: {' '.join(error.errors.values())}")
            return queryset.none()
        definition = {"groups": [{"conditions": conditions}]}
        return queryset.meeting(segment_condition(definition=definition, user=user, at=timezone.now()))

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """The form of this filter."""
        label = _("By %(filter_title)s") % {"filter_title": self.title}
        if self.definition.type in RANGES:
            form: Any = RangeForm(name=self.name, type=self.definition.type, data=self.used_parameters)
        else:
            form = DropdownForm(name=self.name, label=label, choices=self._options(), data=self.used_parameters)
        yield {"form": form}

    def _options(self) -> list[tuple[str, Any]]:
        if self.definition.type == AttributeType.YES_NO:
            return [("", _("All")), ("true", _("Yes")), ("false", _("No"))]
        return [("", _("All")), *((choice, choice) for choice in self.definition.choices)]


def attribute_filters(request: HttpRequest) -> list[type[AttributeFilter]]:
    """A filter for each attribute that is a choice, yes or no, a number or a date; the definitions are a minute old at
    most."""

    def definitions() -> Any:
        return [row for row in CustomAttribute.objects.all() if row.type != AttributeType.TEXT]

    return [
        type("AttributeFilter", (AttributeFilter,), {"definition": row})
        for row in remembered(request, "attributes", definitions)
    ]
