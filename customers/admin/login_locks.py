"""Log-ins that failed, and the locks that came of it; an administrator lifts them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.models import LoginLock
from customers.operations.lift_lock import lift_lock


@admin.register(LoginLock)
class LoginLockAdmin(ReadOnlyModelAdmin):
    """What was counted within the last day: by user name, by address, and by second step."""

    empty_hint = gettext_lazy(
        "No log-in failed within the last day. Who fails too often has to wait, longer each time; such locks are "
        "listed here and can be lifted."
    )
    list_display = ["who", "kind", "state", "failures", "last_failed_at", "locked_until", "address"]
    list_display_links = None
    list_select_related = ["user"]
    list_filter = ["kind"]
    search_fields = ["user__username", "address"]
    ordering = ["-last_failed_at"]
    actions = ["lift"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LoginLock]:
        """Those that count something."""
        rows: QuerySet[LoginLock] = super().get_queryset(request)
        return rows.filter(failures__gt=0)

    def get_actions(self, request: HttpRequest) -> Any:
        """To lift them, and nothing else."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_lift_permission(self, request: HttpRequest) -> bool:
        """Who may delete locks."""
        return bool(request.user.has_perm("customers.delete_loginlock"))

    @admin.display(description=pgettext_lazy("log-in lock", "who"))
    def who(self, lock: LoginLock) -> str:
        """The user or the address; a name that is nobody's is not kept, for it may be a password."""
        return str(lock)

    @display(description=gettext_lazy("state"), label={"locked": "danger", "counted": "info"})
    def state(self, lock: LoginLock) -> tuple[str, str]:
        """Whether nothing is heard."""
        if lock.locked_until and lock.locked_until > timezone.now():
            return "locked", _("locked")
        return "counted", _("counted")

    @admin.action(description=gettext_lazy("Lift the chosen locks"), permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[LoginLock]) -> None:
        """They may try again at once."""
        locks = list(queryset.select_related("user"))
        for lock in locks:
            lift_lock(lock=lock)
        text = ngettext("%(n)d lock was lifted.", "%(n)d locks were lifted.", len(locks))
        messages.success(request, text % {"n": len(locks)})
