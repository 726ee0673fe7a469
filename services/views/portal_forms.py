"""What customers type in the portal, and the files that they send."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from services.models import WebForm
from services.operations.ask_on_solving import ANSWERS
from services.operations.file_types import TYPES
from services.operations.public_uploads import MOST_FILES, Upload

LONGEST_BODY, LONGEST_SUBJECT, LONGEST_COMMENT = 20_000, 200, 5000
# Of a request, beside its files.
MOST_TEXT_BYTES = 1024**2


class KeyedForm(forms.Form):
    """A form of a page that has a key: sent twice, it is done once."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": gettext_lazy("Send it once more.")})

    def fresh_key(self) -> str:
        """The key to be put into the page: that of this form, where it has one."""
        given = self["key"].value()
        try:
            return str(uuid.UUID(str(given)))
        except ValueError:
            return str(uuid.uuid4())


class ReplyForm(KeyedForm):
    """What a customer answers."""

    body = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 5, "required": True}),
    )


class NewTicketForm(KeyedForm):
    """A new request: about what, for whom where the address belongs to several."""

    about = forms.ModelChoiceField(
        label=gettext_lazy("What is it about?"), queryset=WebForm.objects.none(), required=False, empty_label=None
    )
    customer = forms.ChoiceField(label=gettext_lazy("For whom?"), required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label=gettext_lazy("How can we help?"), max_length=LONGEST_BODY, widget=forms.Textarea(attrs={"rows": 8})
    )

    def __init__(self, *args: Any, customers: Sequence[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customers = {str(customer.pk): customer for customer in customers}
        offered = WebForm.objects.filter(is_active=True, in_portal=True).select_related("queue__team", "service_type")
        about: Any = self.fields["about"]
        about.queryset = offered.order_by("name")
        about.label_from_instance = lambda form: form.title or form.name
        about.required = self.has_choice = offered.exists()
        who: Any = self.fields["customer"]
        who.choices = [(key, customer.name) for key, customer in self.customers.items()]
        who.required = len(self.customers) > 1

    @property
    def for_whom(self) -> Customer:
        """The one who was chosen, or the only one."""
        return self.customers.get(self.cleaned_data["customer"]) or next(iter(self.customers.values()))


class RateForm(forms.Form):
    """One of five, and what they want to say beside it."""

    value = forms.TypedChoiceField(choices=[(value, value) for value in ANSWERS], coerce=int)
    comment = forms.CharField(max_length=LONGEST_COMMENT, required=False)


def uploads_of(request: HttpRequest) -> list[Upload]:
    """The files that were sent."""
    files = request.FILES.getlist("files")
    return [Upload(file.name or "", file.size or 0, file.chunks()) for file in files]


def is_too_large(request: HttpRequest) -> bool:
    """Whether more is sent than is read at all. To be asked before anything of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    most = MOST_FILES * settings.ATTACHMENT_MOST_BYTES + MOST_TEXT_BYTES
    return not (length.isascii() and length.isdigit()) or int(length) > most


def too_large_in_words() -> str:
    """What to do about it."""
    most = settings.ATTACHMENT_MOST_BYTES // 1024**2
    return _("That is too much at once: send %(count)d files of %(mb)d MB at most.") % {"count": MOST_FILES, "mb": most}


def accepted() -> str:
    """The ends of the names of files that are taken, for the browser's window."""
    return ",".join(f".{end}" for end in TYPES)
