"""Which rows a form, a filter or a page of the admin may offer: what `visible_to` lets through, and nothing else."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

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
