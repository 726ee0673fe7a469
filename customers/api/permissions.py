from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class ModelPermissions(BasePermission):
    """Django's permissions, reading included: view to read, add to create, delete to delete, change for all else.

    A view may name another permission in `needs`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.has_perm(permission_of(view, request.method or "")))


def permission_of(view: Any, method: str) -> str:
    """The permission behind a request to one of our viewsets: `services.view_ticket`."""
    return str(view.needs) if view.needs else _of_model(view, method)


def _of_model(view: Any, method: str) -> str:
    options = view.queryset.model._meta
    if method in SAFE_METHODS:
        verb = "view"
    elif view.action == "create":
        verb = "add"
    else:
        verb = "delete" if method == "DELETE" else "change"
    return f"{options.app_label}.{verb}_{options.model_name}"
