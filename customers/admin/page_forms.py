"""The small forms of a customer's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.choices import ConsentChannel, ConsentPurpose, InteractionKind
from customers.models import Consent, Interaction


class MomentInput(forms.DateTimeInput):
    """The browser's own choice of a moment."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Plain:
    """A form whose labels end in nothing: they stand above their fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class DayInput(forms.DateInput):
    """The browser's own choice of a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class InteractionForm(Plain, forms.ModelForm):  # type: ignore[type-arg]
    """A call, a meeting or a note, put down in place. When: now, unless said otherwise."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=InteractionKind.choices, initial=InteractionKind.NOTE, widget=forms.RadioSelect
    )
    at = forms.DateTimeField(label=_("When"), required=False, widget=MomentInput, help_text=_("Empty: now."))

    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=1440)

    class Meta:
        model = Interaction
        fields = ["kind", "subject", "body", "direction", "at"]
        widgets = {"body": forms.Textarea(attrs={"rows": 3})}


class ConsentForm(Plain, forms.Form):
    """What the customer said, of what, and where they said it."""

    is_given = forms.TypedChoiceField(
        label=_("They said"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    purpose = forms.ChoiceField(label=pgettext_lazy("consent", "To"), choices=ConsentPurpose.choices)
    channel = forms.ChoiceField(label=pgettext_lazy("consent", "By"), choices=ConsentChannel.choices)
    source = forms.CharField(
        label=_("Source"),
        max_length=Consent._meta.get_field("source").max_length,
        required=False,
        widget=forms.TextInput(attrs={"list": "consent-sources"}),
    )
    text_version = forms.CharField(
        label=_("Wording"),
        max_length=Consent._meta.get_field("text_version").max_length,
        required=False,
        help_text=_("The text they saw, and its version."),
    )
    said_at = forms.DateTimeField(label=_("When"), required=False, widget=MomentInput, help_text=_("Empty: now."))

    def columns(self) -> dict[str, Any]:
        """What record_consent is told."""
        return dict(self.cleaned_data)
