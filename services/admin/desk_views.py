"""Saved views of the desk: each filter of the ticket list as a field of its own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from customers.admin.forms import CandidForm
from customers.admin.scope import visible_rows
from customers.models import Team
from services.admin.macros import OwnToolAdmin
from services.choices import Channel, Priority, TicketStatus
from services.filtersets import filter_problems
from services.models import Agent, DeskView, Queue, ServiceType
from services.operations.desk_order import NEWEST, ORDERS
from services.operations.desk_tools import may_share
from services.operations.write_desk_view import write_desk_view

YES_NO = [("", _("Does not matter")), ("true", _("Yes")), ("false", _("No"))]
# filter -> label and what is asked: yes or no, a choice, a row, or a text
ASKED: dict[str, tuple[Any, Any]] = {
    "mine": (_("given to whoever looks"), YES_NO),
    "unassigned": (_("given to nobody"), YES_NO),
    "waiting": (_("the customer wrote last"), YES_NO),
    "breaching": (_("late now"), YES_NO),
    "breached": (_("missed a target at some time"), YES_NO),
    "unsolved": (_("unsolved"), YES_NO),
    "status": (_("status"), TicketStatus.choices),
    "priority": (_("priority"), Priority.choices),
    "channel": (_("channel"), Channel.choices),
    "queue": (_("queue"), Queue),
    "team": (_("team"), Team),
    "assignee": (_("assignee"), Agent),
    "service_type": (_("service type"), ServiceType),
    "q": (_("words"), str),
}
PREFIX = "by_"


def _field(label: Any, asked: Any) -> forms.Field:
    if asked is str:
        return forms.CharField(label=label, required=False, max_length=200, widget=UnfoldAdminTextInputWidget)
    if isinstance(asked, list):
        choices = asked if asked is YES_NO else [("", _("Does not matter")), *asked]
        return forms.ChoiceField(label=label, required=False, choices=choices, widget=UnfoldAdminSelectWidget)
    return forms.ModelChoiceField(
        label=label,
        required=False,
        queryset=asked._default_manager.none(),
        empty_label=_("Does not matter"),
        widget=UnfoldAdminSelectWidget,
    )


FilterFields: Any = type(
    "FilterFields",
    (forms.Form,),
    {PREFIX + name: _field(capfirst(label), asked) for name, (label, asked) in ASKED.items()},
)


class DeskViewForm(CandidForm, FilterFields):
    """A view: its name, its order, and a field for each filter."""

    user: Any = None
    for_all = forms.BooleanField(
        label=_("For everybody"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Each sees the tickets that are theirs to see."),
    )

    class Meta:
        model = DeskView
        fields = ["name", "position", "ordering"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "ordering" in self.fields:
            self.fields["ordering"] = forms.ChoiceField(
                label=_("Order"),
                choices=list(ORDERS.items()),
                initial=self.instance.ordering or NEWEST,
                widget=UnfoldAdminSelectWidget,
            )
        if "for_all" in self.fields:
            self.fields["for_all"].initial = bool(self.instance.pk) and self.instance.owner_id is None
        stored = self.instance.filters or {}
        for name in ASKED:
            field: Any = self.fields.get(PREFIX + name)
            if field is None:
                continue
            if hasattr(field, "queryset"):
                field.queryset = visible_rows(ASKED[name][1], self.user)
            value = stored.get(name)
            field.initial = str(value).lower() if isinstance(value, bool) else value

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["owner"] = None if may_share(self.user) and data.get("for_all") else self.user
        standing = {name: value for name, value in (self.instance.filters or {}).items() if name not in ASKED}
        data["filters"] = standing | {
            name: _stored(data[PREFIX + name]) for name in ASKED if data.get(PREFIX + name) not in (None, "")
        }
        for name, problems in filter_problems(data["filters"]).items():
            self.add_error(PREFIX + name if PREFIX + name in self.fields else None, problems)
        return data


def _stored(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    return {"true": True, "false": False}.get(value, value)


@admin.register(DeskView)
class DeskViewAdmin(OwnToolAdmin):
    """Saved views."""

    form = DeskViewForm
    list_display = ["name", "question", "order", "owner", "position"]
    list_select_related = ["owner"]
    search_fields = ["name"]
    ordering = ["position", "name", "pk"]
    fieldsets = [
        (None, {"fields": ["name", "for_all", "ordering", "position"]}),
        (_("Which tickets"), {"fields": [PREFIX + name for name in ASKED]}),
    ]

    @admin.display(description=_("which tickets"))
    def question(self, view: DeskView) -> str:
        """The filters in words."""
        return " · ".join(
            f"{ASKED[name][0] if name in ASKED else name}: {value}" for name, value in view.filters.items()
        )

    @admin.display(description=_("order"))
    def order(self, view: DeskView) -> str:
        """The order in words."""
        return str(ORDERS.get(view.ordering or NEWEST, view.ordering))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operation."""
        names = ("name", "position", "ordering", "owner", "filters")
        given = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
        view = DeskView.objects.get(pk=obj.pk) if change else DeskView()
        seen = form.cleaned_data.get("seen_version") if change else None
        user: Any = request.user
        done = write_desk_view(view=view, changes=given, by=user, at=timezone.now(), expected_version=seen)
        obj.__dict__.update(done.__dict__)
