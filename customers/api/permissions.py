from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class ModelPermissions(BasePermission):
    """Django's permissions, reading included: view to read, add to create, delete to delete, change for all else.

    A view may name another permission in `needs`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.has_perm(view.needs or self._of_model(request, view)))

    def _of_model(self, request: Request, view: Any) -> str:
        options = view.queryset.model._meta
        if request.method in SAFE_METHODS:
            verb = "view"
        elif view.action == "create":
            verb = "add"
        else:
            verb = "delete" if request.method == "DELETE" else "change"
        return f"{options.app_label}.{verb}_{options.model_name}"
