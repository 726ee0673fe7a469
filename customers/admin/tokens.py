"""Keys to the API: issued, shown once, revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from customers.admin.base import CandidModelAdmin
from customers.admin.forms import CandidForm
from customers.models import ApiToken
from customers.operations.issue_token import LONGEST_LIFE, issue_token


class TokenForm(CandidForm):
    """For whom, for what, for how long."""

    days = forms.IntegerField(
        label=gettext_lazy("Valid for, days"),
        min_value=1,
        max_value=LONGEST_LIFE.days,
        initial=LONGEST_LIFE.days,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = ApiToken
        fields = ["user", "name"]


@admin.register(ApiToken)
class ApiTokenAdmin(CandidModelAdmin):
    """API tokens. The token itself is shown when it is made, and never again."""

    form = TokenForm
    list_display = ["name", "user", "state", "created_at", "expires_at", "last_used_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    ordering = ["-created_at"]
    actions = ["revoke"]
    add_fieldsets = [(None, {"fields": ["user", "name", "days"]})]
    fieldsets = [(None, {"fields": ["user", "name", "created_at", "expires_at", "revoked_at", "last_used_at"]})]
    readonly_fields = ["created_at", "expires_at", "revoked_at", "last_used_at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token is made and revoked, never edited; the list's actions need the permission."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token is revoked: the row stays, so that the log still names it."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Issue the token and show it, this once."""
        row, token = issue_token(
            user=obj.user, name=obj.name, at=timezone.now(), life=timedelta(days=form.cleaned_data["days"])
        )
        obj.__dict__.update(row.__dict__)
        messages.warning(
            request,
            format_html(
                "{}<br><code class='cd-code'>{}</code>",
                _("Copy the token now: it is not kept and not shown again."),
                token,
            ),
        )

    @admin.action(description=gettext_lazy("Revoke the chosen tokens"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """The tokens stop working at once."""
        revoked = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        messages.success(request, _("%(number)d tokens revoked.") % {"number": revoked})

    @display(
        description=gettext_lazy("state"),
        label={"valid": "success", "expired": "warning", "revoked": "danger"},
    )
    def state(self, token: ApiToken) -> tuple[str, str]:
        """Whether it works."""
        if token.revoked_at:
            return "revoked", _("revoked")
        if token.expires_at <= timezone.now():
            return "expired", _("expired")
        return "valid", _("valid")
