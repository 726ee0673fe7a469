"""The definitions of custom attributes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminTextareaWidget

from customers.admin.base import CandidModelAdmin
from customers.admin.forms import CandidForm
from customers.admin.row_keys import is_key
from customers.models import CustomAttribute
from customers.operations.define_attribute import define_attribute, free_code
from customers.operations.redefine_attribute import redefine_attribute, require_fit
from customers.operations.remove_attribute import remove_attribute
from customers.segments.attributes import PREFIX
from customers.segments.references import segments_that_ask_for
from customers.sql.attribute_values import customers_with


class Lines(forms.CharField):
    """A list of texts, one a line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class AttributeForm(CandidForm):
    """A definition. The operation's own rule says whether the values that stand fit a change."""

    choices = Lines(
        label=gettext_lazy("Choices"),
        required=False,
        help_text=gettext_lazy("Of a list only: one a line."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )

    class Meta:
        model = CustomAttribute
        fields = ["name", "code", "kind", "type", "choices", "is_required", "matching", "position"]
        help_texts = {
            "code": gettext_lazy(
                "What programs and files call it. Empty: made from the name. It stays once customers have values."
            ),
            "kind": gettext_lazy("Empty: of persons and organisations."),
            "type": gettext_lazy("Values that stand are brought into another type where all of them fit it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = False
            if self.instance.pk and customers_with(self.instance.code).exists():
                self.fields["code"].disabled = True
        if "kind" in self.fields:
            kind: Any = self.fields["kind"]
            kind.choices = [("", gettext_lazy("Persons and organisations")), *(c for c in kind.choices if c[0])]

    def clean_code(self) -> str:
        """One from the name where none is given."""
        return str(self.cleaned_data.get("code") or free_code(self.cleaned_data.get("name", "")))

    def _post_clean(self) -> None:
        changed = [name for name in self.changed_data if name in (self._meta.fields or ())]
        changes = {name: self.cleaned_data[name] for name in changed if name in self.cleaned_data}
        super()._post_clean()  # type: ignore[misc]
        if self.instance.pk and changes and not self.errors:
            try:
                require_fit(CustomAttribute.objects.get(pk=self.instance.pk), changes)
            except ValidationError as refused:
                self.add_error(None, refused)


@admin.register(CustomAttribute)
class CustomAttributeAdmin(CandidModelAdmin):
    """Fields that this company added to its customers."""

    form = AttributeForm
    empty_hint = gettext_lazy(
        "Custom attributes are fields of your own for customers, such as size or renewal date. An import can "
        "make them as well."
    )
    list_display = ["name", "code", "of", "type", "is_required", "position"]
    list_filter = [("kind", ChoicesDropdownFilter), ("type", ChoicesDropdownFilter)]
    search_fields = ["name", "code"]
    ordering = ["position", "name", "pk"]
    fieldsets = [
        (None, {"fields": ["name", "code", "kind", "type", "choices"]}),
        (gettext_lazy("Use"), {"fields": ["is_required", "matching", "position"]}),
    ]
    delete_confirmation_template = "admin/customers/customattribute/delete_confirmation.html"

    @admin.display(description=gettext_lazy("of"), ordering="kind")
    def of(self, attribute: CustomAttribute) -> str:
        """Which customers have it."""
        return attribute.get_kind_display() if attribute.kind else _("Persons and organisations")

    def get_actions(self, request: HttpRequest) -> Any:
        """Deleted one by one: the page says how many values go with each."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def save_model(self, request: HttpRequest, obj: CustomAttribute, form: Any, change: bool) -> None:
        """Through the operations that own the rules."""
        at = timezone.now()
        given = {name: form.cleaned_data[name] for name in form._meta.fields if name in form.cleaned_data}
        if change:
            seen = form.cleaned_data.get("seen_version")
            changes = {name: given[name] for name in form.changed_data if name in given}
            made = redefine_attribute(attribute=obj, changes=changes, expected_version=seen, at=at)
        else:
            made = define_attribute(**given, at=at)
        obj.__dict__.update(made.__dict__)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Say how many values go with it, and which segments ask for it."""
        row = self.get_queryset(request).filter(pk=object_id).first() if is_key(object_id) else None
        more = {}
        if row is not None and request.method == "GET":
            more = {
                "values": customers_with(row.code).count(),
                "segments": segments_that_ask_for(PREFIX + row.code),
            }
        return super().delete_view(request, object_id, {**(extra_context or {}), **more})  # type: ignore[no-any-return]

    def delete_model(self, request: HttpRequest, obj: CustomAttribute) -> None:
        """With its values: the page has said so."""
        remove_attribute(attribute=obj, with_values=True, at=timezone.now())
