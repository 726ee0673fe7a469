"""A form field for each custom attribute, of its type."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from customers.choices import AttributeType
from customers.models import AttributeDefinition, CustomAttribute
from customers.operations.clean_attributes import check_value, read_value

PREFIX = "attribute_"
CLASSES = " ".join(INPUT_CLASSES)


def name_of(definition: AttributeDefinition) -> str:
    """The name of the form's field."""
    return f"{PREFIX}{definition.pk}"


def definitions_of(request: HttpRequest) -> list[CustomAttribute]:
    """All definitions, in their order; read once per request."""
    if not hasattr(request, "_attribute_definitions"):
        request._attribute_definitions = list(CustomAttribute.objects.all())  # type: ignore[attr-defined]
    return request._attribute_definitions  # type: ignore[attr-defined, no-any-return]


class AttributeField(forms.Field):
    """A value as text, read as the type of its attribute. One that does not fit its type any more is kept as long as
    nobody touches it."""

    def __init__(self, definition: AttributeDefinition, *, standing: Any = None) -> None:
        self.definition, self.standing = definition, standing
        help_text = _("Must be given.") if definition.is_required else ""
        super().__init__(label=definition.name, required=False, widget=self._widget(), help_text=help_text)
        self.widget.attrs["data-of-kind"] = getattr(definition, "kind", "")

    def prepare_value(self, value: Any) -> Any:
        """As the widget shows it."""
        if isinstance(value, bool):
            return "true" if value else "false"
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether somebody touched it."""
        return str(self.prepare_value("" if initial is None else initial)) != ("" if data is None else str(data))

    def clean(self, value: Any) -> Any:
        """What is stored; None for nothing."""
        text = "" if value is None else str(value)
        if not self.has_changed(self.standing, text):
            return self.standing
        try:
            return read_value(self.definition, text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def _widget(self) -> Any:
        if not self._fits():
            return UnfoldAdminTextInputWidget()
        match self.definition.type:
            case AttributeType.NUMBER:
                return forms.NumberInput(attrs={"step": "any", "class": CLASSES})
            case AttributeType.DATE:
                return forms.DateInput(attrs={"type": "date", "class": CLASSES})
            case AttributeType.YES_NO:
                return UnfoldAdminSelectWidget(choices=[("", "–"), ("true", _("Yes")), ("false", _("No"))])
            case AttributeType.CHOICE:
                return UnfoldAdminSelectWidget(choices=self._choices())
        if len(str(self.standing or "")) > 80:
            return UnfoldAdminExpandableTextareaWidget(attrs={"rows": 1})
        return UnfoldAdminTextInputWidget()

    def _fits(self) -> bool:
        """Whether what stands can be shown in the widget of its type. A choice that was taken away can."""
        if self.definition.type == AttributeType.CHOICE:
            return self.standing is None or isinstance(self.standing, str)
        try:
            check_value(self.definition, self.standing)
        except ValueError:
            return False
        return True

    def _choices(self) -> list[tuple[str, str]]:
        choices = [("", "–"), *((choice, choice) for choice in self.definition.choices)]
        if self.standing and self.standing not in self.definition.choices:
            choices.append((self.standing, _("%(choice)s (no longer offered)") % {"choice": self.standing}))
        return choices
