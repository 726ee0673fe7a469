"""What a web form asks for, and the signed stamp of the page that it was filled in on."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from services.models import WebForm
from services.views.portal_forms import LONGEST_BODY, LONGEST_SUBJECT

SALT, SENT_SALT = "services.web_form", "services.web_form.sent"
SENT_SECONDS = 24 * 3600
# The field that people do not see.
HONEYPOT = "website"


@dataclass(frozen=True, slots=True)
class Stamp:
    """The key of a page, and for how many seconds it has been open."""

    key: str
    age: float


def new_stamp(form: WebForm) -> str:
    """For a page that is shown now. It cannot be made, nor made older, elsewhere."""
    return signing.dumps([form.pk, uuid.uuid4().hex, int(time.time() * 1000)], salt=SALT)


def read_stamp(form: WebForm, text: str) -> Stamp | None:
    """What stands in a stamp; None for one that is none of this form's."""
    try:
        pk, key, shown = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Stamp(str(key), time.time() - shown / 1000) if pk == form.pk else None


class FormFields(forms.Form):
    """The fields of one web form."""

    name = forms.CharField(label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=_("Your phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label=_("How can we help?"), max_length=LONGEST_BODY, widget=forms.Textarea(attrs={"rows": 7})
    )

    def __init__(self, *args: Any, form: WebForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "phone", "subject"):
            if not getattr(form, f"asks_{name}"):
                del self.fields[name]
        for name, field in self.fields.items():
            if self.is_bound and name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"
