"""Who is logged in, from where, in which browser; an administrator ends sessions."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.login.browsers import browser_words
from customers.models import Session
from customers.operations.end_sessions import end_sessions


@admin.register(Session)
class SessionAdmin(ReadOnlyModelAdmin):
    """The sessions of everybody."""

    list_display = ["user", "address", "browser_name", "begun_at", "seen_at", "ends_at"]
    list_display_links = None
    list_select_related = ["user"]
    search_fields = ["user__username", "address"]
    ordering = ["-seen_at"]
    actions = ["end"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        """Those in which somebody is logged in."""
        rows: QuerySet[Session] = super().get_queryset(request)
        return rows.filter(expire_date__gt=timezone.now()).exclude(user=None)

    def get_actions(self, request: HttpRequest) -> Any:
        """To end them, and nothing else."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Who may delete sessions."""
        return bool(request.user.has_perm("customers.delete_session"))

    @admin.display(description=gettext_lazy("browser"), ordering="browser")
    def browser_name(self, session: Session) -> str:
        """In words."""
        return browser_words(session.browser)

    @admin.display(description=gettext_lazy("ends unless used"), ordering="expire_date")
    def ends_at(self, session: Session) -> datetime:
        """When it ends if nobody does anything."""
        return session.expire_date

    @admin.action(description=gettext_lazy("End the chosen sessions"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """Whoever is in one of them has to log in again."""
        by_user: dict[Any, list[str]] = {}
        for session in queryset.select_related("user"):
            by_user.setdefault(session.user, []).append(session.pk)
        ended = 0
        for user, keys in by_user.items():
            if user.is_superuser and not request.user.is_superuser:
                continue
            ended += end_sessions(user=user, only=keys)
        text = ngettext("%(n)d session has ended.", "%(n)d sessions have ended.", ended)
        messages.success(request, text % {"n": ended})
