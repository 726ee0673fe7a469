"""Contact points on a customer's form: decrypted to be read, checked before they are sealed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextInputWidget

from customers.admin.base import CandidTabularInline
from customers.choices import ContactKind
from customers.encryption.blind_index import blind_index
from customers.models import ContactPoint


class ContactPointForm(forms.ModelForm):  # type: ignore[type-arg]
    """One contact point."""

    class Meta:
        model = ContactPoint
        fields = ["kind", "value", "label", "is_primary"]
        widgets = {"value": UnfoldAdminTextInputWidget}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") == ContactKind.EMAIL and data.get("value"):
            try:
                validate_email(data["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return data


class ContactPointFormSet(PaginationInlineFormSet):
    """All contact points of one customer: none twice."""

    def clean(self) -> None:
        """Refuse a contact point that the customer already has; two spellings of one address are the same."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", None) or {}
            if not data.get("value") or not data.get("kind") or data.get("DELETE"):
                continue
            index = blind_index(data["kind"], data["value"], region=self.instance.country)
            if index in seen:
                form.add_error("value", _("This customer already has this contact point."))
            seen.add(index)


class ContactPointInline(CandidTabularInline):
    """The contact points of a customer."""

    model = ContactPoint
    form = ContactPointForm
    formset = ContactPointFormSet
    fields = ["kind", "value", "label", "is_primary"]
