"""Which rows a list shows is said by whoever shows lists: the admin, a room above. It registers here how."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet

from customers.models import User


class NoSuchList(Exception):
    """The filters are none of this list; the message says which."""


class MayNotSee(Exception):
    """The user may not see this list, or not any more."""


RowsOf = Callable[[type[Model], str, User], "QuerySet[Any]"]
_source: list[RowsOf] = []


def register_rows(rows_of: RowsOf) -> RowsOf:
    """Say how the rows of a list are found: from its model, its query string and who looks. Usable as a decorator."""
    _source[:] = [rows_of]
    return rows_of


def rows_of_list(model: type[Model], query: str, user: User) -> "QuerySet[Any]":
    """The rows that this list shows this user with these filters, in its order. Raises NoSuchList, MayNotSee."""
    return _source[0](model, query, user)
