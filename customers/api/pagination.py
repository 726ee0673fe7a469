"""Pages of lists: by key where a list may be long, by number for small catalogues."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.core import signing
from django.core.exceptions import FieldError
from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

PAGE_SIZE = 50
LARGEST_PAGE = 200
SALT = "api.cursor"


def page_size_of(request: Request, name: str = "page_size") -> int:
    """How many rows the caller wants. Raises ValidationError unless it is 1 to 200."""
    asked = request.query_params.get(name)
    if asked is None:
        return PAGE_SIZE
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and 1 <= int(asked) <= LARGEST_PAGE):
        raise ValidationError({name: [_("Give a number from 1 to %(most)d.") % {"most": LARGEST_PAGE}]})
    return int(asked)


def page_size_parameter() -> dict[str, Any]:
    """How the schema describes `page_size`."""
    size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}
    return {"name": "page_size", "in": "query", "required": False, "schema": size, "description": "Rows per page."}


class Keyset(BasePagination):
    """Pages that begin after the last row of the page before: as fast at the millionth row as at the first, and no row
    is shown twice or left out while others are added.

    Newest first, or by one of the view's `ordering_fields`, which are indexed. Rows that have no value there are left
    out of such a list."""

    parameters = ("cursor", "page_size", "ordering")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        size = page_size_of(request)
        ordering = self._ordering(request, view)
        name, sign = ordering.lstrip("-"), "-" if ordering.startswith("-") else ""
        key = queryset.model._meta.pk.attname
        cursor = request.query_params.get("cursor")
        if name == "id":
            name = key
        elif queryset.model._meta.get_field(name).null:
            queryset = queryset.filter(**{f"{name}__isnull": False})
        if cursor is not None:
            queryset = queryset.filter(self._after(cursor, ordering, name, key, queryset.model))
        rows = _first_rows(queryset.order_by(f"{sign}{name}", f"{sign}{key}"), size + 1)
        self._next = ""
        if len(rows) > size:
            rows.pop()
            cursor = self._cursor(rows[-1], ordering, name)
            self._next = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        return rows

    def _ordering(self, request: Request, view: Any) -> str:
        ordering = request.query_params.get("ordering", _usual(view))
        if ordering not in self._orderings(view):
            choices = ", ".join(self._orderings(view))
            raise ValidationError({"ordering": [_("Choose one of: %(choices)s.") % {"choices": choices}]})
        return ordering

    def _orderings(self, view: Any) -> list[str]:
        return [sign + name for name in ("id", *view.ordering_fields) for sign in ("-", "")]

    def _cursor(self, row: Model, ordering: str, name: str) -> str:
        value = getattr(row, name)
        if isinstance(value, date | datetime):
            value = value.isoformat()
        elif isinstance(value, UUID):
            value = str(value)
        key = row.pk if isinstance(row.pk, int) else str(row.pk)
        return signing.dumps([ordering, value, key], salt=SALT)

    def _after(self, cursor: str, ordering: str, name: str, key: str, model: type[Model]) -> Q:
        try:
            of_ordering, value, pk = signing.loads(cursor, salt=SALT)
            value = cast(Any, model._meta.get_field(name)).to_python(value)
        except (signing.BadSignature, ValueError, InvalidValue, FieldError) as error:
            raise ValidationError({"cursor": [_("This cursor is not one of ours.")]}) from error
        if of_ordering != ordering:
            raise ValidationError({"cursor": [_("This cursor belongs to another ordering.")]})
        beyond = "lt" if ordering.startswith("-") else "gt"
        # The first condition lets the index find the place; the second settles ties.
        return Q(**{f"{name}__{beyond}e": value}) & (Q(**{f"{name}__{beyond}": value}) | Q(**{f"{key}__{beyond}": pk}))

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next or None, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri", "nullable": True, "description": "Where the list goes on."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = {"type": "string", "minLength": 1}
        ordering = {"type": "string", "enum": self._orderings(view), "default": _usual(view)}
        return [
            {"name": "cursor", "in": "query", "schema": cursor, "description": "Taken from `next` of the page before."},
            {"name": "ordering", "in": "query", "schema": ordering, "description": "A minus sign means descending."},
            page_size_parameter(),
        ]


def _usual(view: Any) -> str:
    """The order of a list where none is asked for: newest first."""
    return getattr(view, "usual_ordering", "-id")


def _first_rows(rows: Any, number: int) -> list[Any]:
    """So many rows; some querysets know a shorter way to them."""
    found: list[Any] = rows.rows_between(0, number) if hasattr(rows, "rows_between") else list(rows[:number])
    return found


class Pages(PageNumberPagination):
    """Numbered pages for small catalogues."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE
    parameters = ("page", "page_size")

    def get_page_size(self, request: Request) -> int:
        return page_size_of(request)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        page = {"type": "integer", "minimum": 1}
        return [{"name": "page", "in": "query", "schema": page, "description": "From 1."}, page_size_parameter()]
