"""The form of a webhook. Values of headers are typed and never shown again."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from customers.admin.forms import CandidForm
from customers.models import Webhook
from customers.operations.check_webhook import check_webhook, clean_headers
from customers.operations.webhook_events import events
from customers.wire.destination import LONGEST_URL

MASK = "••••••••"


class Headers(dict[str, str]):
    """Headers, which show their names alone."""

    def __str__(self) -> str:
        return ", ".join(sorted(self))


class HeaderLines(forms.CharField):
    """Headers, one a line: `Name: value`. A value that is left masked stays as it is."""

    def __init__(self, **kwargs: Any) -> None:
        usual = {
            "label": gettext_lazy("Headers of your own"),
            "required": False,
            "max_length": 20_000,
            "widget": UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"}),
            "help_text": gettext_lazy("One a line, such as “Authorization: Bearer …”. Values are not shown again."),
        }
        super().__init__(**{**usual, **kwargs})


def masked(headers: str) -> str:
    """Stored headers as the form shows them."""
    return "\n".join(f"{name}: {MASK}" for name in json.loads(headers or "{}"))


def stored_headers(stored: str) -> Headers:
    """What stands now."""
    return Headers(json.loads(stored or "{}"))


def read_headers(text: str, stored: str) -> Headers:
    """What the form says, with the stored values where they were left masked. Raises ValidationError."""
    old, found = json.loads(stored or "{}"), {}
    for line in text.splitlines():
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if not colon:
            raise ValidationError(_("Write a header as “Name: value”, one a line."))
        found[name] = old.get(name, "") if value == MASK else value
    try:
        return Headers(clean_headers(found))
    except ValidationError as error:
        raise ValidationError(error.message_dict["headers"]) from error


class WebhookForm(CandidForm):
    """Where to, and what it is told."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_URL,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "url", "placeholder": "https://"}),
        help_text=gettext_lazy("Of the public internet. Hosts of your own network are allowed by whoever runs Candid."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("It is told of"), choices=(), widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    header_lines = HeaderLines()

    class Meta:
        model = Webhook
        fields = ["name", "url", "events", "team", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "events" in self.fields:
            chosen: Any = self.fields["events"]
            chosen.choices = [(event.code, f"{event.label} ({event.code})") for event in events()]
        if "header_lines" in self.fields and self.instance.pk:
            self.fields["header_lines"].initial = masked(self.instance.headers)

    def standing(self, name: str) -> Any:
        """Of headers, which are no column, their names."""
        return stored_headers(self.instance.headers) if name == "header_lines" else super().standing(name)

    def typed(self, name: str, value: Any) -> Any:
        """The same of what was typed."""
        return str(value) if name == "header_lines" else super().typed(name, value)

    def clean_header_lines(self) -> Headers:
        """As a dict."""
        return read_headers(self.cleaned_data["header_lines"], self.instance.headers)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for name, problems in check_webhook(self.instance).items():
                self.add_error(name, problems)
