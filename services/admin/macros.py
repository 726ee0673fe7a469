"""Macros: canned answers and what becomes of the ticket with them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.widgets import UnfoldBooleanSwitchWidget

from customers.admin.base import CandidModelAdmin
from customers.admin.forms import CandidForm
from services.models import Macro
from services.operations.desk_tools import may_shape, may_share
from services.operations.macro_text import PLACEHOLDERS
from services.operations.remove_desk_tool import remove_desk_tool
from services.operations.write_macro import REACHED, check_macro, write_macro


class MacroForm(CandidForm):
    """A macro. Who does not set up the desk makes their own."""

    user: Any = None
    for_all = forms.BooleanField(
        label=_("For everybody"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Otherwise it is yours alone, or its team's."),
    )

    class Meta:
        model = Macro
        fields = [
            "name",
            "position",
            "is_active",
            "team",
            "kind",
            "body",
            "status_after",
            "priority",
            "takes_ticket",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "for_all" in self.fields:
            self.fields["for_all"].initial = bool(self.instance.pk) and self.instance.owner_id is None
        if "body" in self.fields:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            self.fields["body"].help_text = _("Filled in for each ticket: %(known)s") % {"known": known}
        status: Any = self.fields.get("status_after")
        if status is not None:
            status.choices = [(value, label) for value, label in status.choices if not value or value in REACHED]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        shared = bool(may_share(self.user) and (data.get("for_all") or data.get("team")))
        data["owner"] = None if shared else self.user
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.instance.owner = self.cleaned_data.get("owner", self.user)
        try:
            check_macro(self.instance)
        except ValidationError as error:
            for name, problems in error.message_dict.items():
                self.add_error(name if name in self.fields else None, problems)


class OwnToolAdmin(CandidModelAdmin):
    """Tools of the desk: one's own may be changed, those of all by who sets up the desk."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows who fills it in; who may not share is not asked whether to."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"user": request.user})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the questions of sharing for who may not share."""
        asked = super().get_fields(request, obj)
        return [name for name in asked if may_share(request.user) or name not in ("for_all", "team")]  # type: ignore[arg-type]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own, or all of them."""
        mine = obj is None or may_shape(obj, request.user)  # type: ignore[arg-type]
        return mine and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own, or all of them."""
        mine = obj is None or may_shape(obj, request.user)  # type: ignore[arg-type]
        return mine and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Through the operation."""
        remove_desk_tool(tool=obj, by=request.user, at=timezone.now())  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Through the operation, each."""
        for tool in queryset:
            self.delete_model(request, tool)


@admin.register(Macro)
class MacroAdmin(OwnToolAdmin):
    """Macros, in the order in which the desk offers them."""

    form = MacroForm
    list_display = ["name", "kind", "status_after", "priority", "team", "owner", "is_active"]
    list_select_related = ["team", "owner"]
    list_filter = [("kind", ChoicesDropdownFilter), ("is_active", BooleanRadioFilter)]
    search_fields = ["name", "body"]
    ordering = ["position", "name", "pk"]
    fields = [
        "name",
        "for_all",
        "team",
        "kind",
        "body",
        "status_after",
        "priority",
        "takes_ticket",
        "position",
        "is_active",
    ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operation."""
        given = {name: form.cleaned_data[name] for name in MacroForm.Meta.fields if name in form.cleaned_data}
        given["owner"] = form.cleaned_data["owner"]
        macro = Macro.objects.get(pk=obj.pk) if change else Macro()
        seen = form.cleaned_data.get("seen_version") if change else None
        user: Any = request.user
        done = write_macro(macro=macro, changes=given, by=user, at=timezone.now(), expected_version=seen)
        obj.__dict__.update(done.__dict__)
