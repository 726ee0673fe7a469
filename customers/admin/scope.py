"""Which rows a form, a filter or a page of the admin may offer: what `visible_to` lets through, and nothing else."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter

from customers.models import User


def visible_rows(model: type[Model], user: User | AnonymousUser) -> QuerySet[Any]:
    """All rows of `model` that `user` may see.

    Colleagues (User) are the active staff: their names stand on every page anyway. Models of Django itself (groups,
    permissions) have no owner and are guarded by permissions alone."""
    rows: QuerySet[Any] = model._default_manager.all()
    if hasattr(rows, "visible_to"):
        visible: QuerySet[Any] = rows.visible_to(user)
        return visible
    if model is User:
        return rows.filter(is_active=True, is_staff=True)
    return rows


class VisibleRelatedFilter(RelatedDropdownFilter):
    """A drop-down of the related rows that the user may see. Django's own lists every row there is."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Pairs of key and name, in the related model's usual order."""
        ordering = self.field_admin_ordering(field, request, model_admin)
        rows = visible_rows(field.remote_field.model, request.user)
        return [(row.pk, str(row)) for row in (rows.order_by(*ordering) if ordering else rows)]
