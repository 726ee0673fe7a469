"""Keys to the API: issued, shown once, revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminIntegerFieldWidget

from customers.admin.base import CandidModelAdmin
from customers.admin.forms import CandidForm
from customers.admin.scope import visible_rows
from customers.admin.token_words import SCOPE_CHOICES, scope_words, token_state
from customers.models import ApiToken, User
from customers.operations.issue_token import LONGEST_LIFE, issue_token
from customers.operations.revoke_token import revoke_token


class TokenForm(CandidForm):
    """For whom, for what, for how long, and what it may do."""

    days = forms.IntegerField(
        label=gettext_lazy("Valid for, days"),
        min_value=1,
        max_value=LONGEST_LIFE.days,
        initial=LONGEST_LIFE.days,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=SCOPE_CHOICES,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("Never more than its user may. To write is to read as well."),
    )

    class Meta:
        model = ApiToken
        fields = ["user", "name"]


@admin.register(ApiToken)
class ApiTokenAdmin(CandidModelAdmin):
    """API tokens. The token itself is shown when it is made, and never again."""

    form = TokenForm
    list_display = ["name", "user", "state", "what", "expires_at", "last_used_at", "last_used_from"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    ordering = ["-created_at"]
    actions = ["revoke"]
    add_fieldsets = [(None, {"fields": ["user", "name", "days", "scopes"]})]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "user",
                    "name",
                    "what",
                    ("created_at", "expires_at", "revoked_at"),
                    ("last_used_at", "last_used_from"),
                ]
            },
        )
    ]
    readonly_fields = ["what", "created_at", "expires_at", "revoked_at", "last_used_at", "last_used_from"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only a superuser issues tokens of superusers: nobody lifts themselves up."""
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = visible_rows(User, request.user).filter(is_superuser=False).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token is made and revoked, never edited; the list's actions need the permission."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token is revoked: the row stays, so that the log still names it."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Issue the token; the answer to this very request shows it (see response_add)."""
        given = form.cleaned_data
        life = timedelta(days=given["days"])
        row, token = issue_token(user=obj.user, name=obj.name, at=timezone.now(), life=life, scopes=given["scopes"])
        obj.__dict__.update(row.__dict__)
        obj.shown_once = token  # type: ignore[attr-defined]

    @method_decorator(never_cache)
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form; its answer holds the token."""
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {**one_button, **(extra_context or {})})  # type: ignore[no-any-return]

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """The token, on the page that answers, and nowhere else: no message, since those wait in a cookie."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("New token"),
            "opts": self.opts,
            "token": obj,
            "shown": obj.shown_once,  # type: ignore[attr-defined]
            "scopes": scope_words(obj),
        }
        return TemplateResponse(request, "admin/customers/apitoken/issued.html", context)

    @admin.action(description=gettext_lazy("Revoke the chosen tokens"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """The tokens stop working at once."""
        at, working = timezone.now(), list(queryset.filter(revoked_at=None))
        for token in working:
            revoke_token(token=token, at=at)
        messages.success(request, _("%(number)d tokens revoked.") % {"number": len(working)})

    @admin.display(description=gettext_lazy("scopes"))
    def what(self, token: ApiToken) -> SafeString:
        """What it may do."""
        return format_html_join(" ", '<span class="cd-chip">{}</span>', ((word,) for word in scope_words(token)))

    @display(
        description=gettext_lazy("state"),
        label={"valid": "success", "expired": "warning", "revoked": "danger"},
    )
    def state(self, token: ApiToken) -> tuple[str, str]:
        """Whether it works."""
        return token_state(token, at=timezone.now())
