"""The export of a list: the rows that it shows, with its filters, its search and its order."""

import tempfile
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.request import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.choices import LIST_FORMATS, ExportFormat
from customers.exporters.download import attachment, file_name
from customers.exporters.rows import MayNotSee, NoSuchList, register_rows, rows_of_list
from customers.exporters.sheet import Sheet, sheet_of
from customers.exporters.write_export import write_rows
from customers.models import Customer, User
from customers.operations.start_export import start_export
from customers.tasks import poke_after_commit

ADDS = "customers.add_export"
# Up to so many rows are worth waiting for.
AT_ONCE = 2_000
# Of a list's address: which page of it is shown, how, and how one came there.
NOT_FILTERS = ("p", "all", "e", "_facets", "_popup", "_to_field", "_changelist_filters")


def may_export(model_admin: Any, request: HttpRequest) -> bool:
    """Whether the user may take this list out of the house."""
    return sheet_of(model_admin.model) is not None and request.user.has_perm(ADDS)


def filters_of(query: QueryDict) -> str:
    """The part of a list's address that says which rows are shown in which order.

    A list may show less on its bare address than with any question, as that of tickets does."""
    asked = urlencode([(name, value) for name, values in query.lists() for value in values if name not in NOT_FILTERS])
    return asked or ("p=1" if query else "")


class _Heard:
    """Takes the place of the messages of a request: what a filter says of itself."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def add(self, level: int, message: Any, extra_tags: str = "") -> None:
        """Take a message."""
        self.said.append(str(message))


@register_rows
def rows_shown(model: type[Model], query: str, user: User) -> "QuerySet[Any]":
    """The rows that the list of a model shows with this query string, in its order. See rows_of_list."""
    model_admin: Any = admin.site._registry.get(model)
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", user, QueryDict(query)
    heard = request._messages = _Heard()  # type: ignore[attr-defined]
    request.META |= {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "QUERY_STRING": query}
    if model_admin is None or not user.is_active or not model_admin.has_view_permission(request):
        raise MayNotSee(_("You may not see this list."))
    try:
        rows: QuerySet[Any] = model_admin.get_changelist_instance(request).queryset
    except (IncorrectLookupParameters, SuspiciousOperation) as error:
        raise NoSuchList(_("There are filters that this list does not have.")) from error
    if model is Customer:  # what may only be kept is not handed out (GDPR art. 18, PIPL art. 47)
        rows = rows.filter(restricted_at=None)
    if heard.said:  # the list shows nobody, and says why
        raise NoSuchList(" ".join(heard.said))
    return rows


def export_list(model_admin: Any, request: HttpRequest) -> HttpResponseBase:
    """A short list is answered as a file at once; a long one is left to a worker, and its page is shown."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    sheet = sheet_of(model_admin.model)
    if sheet is None or not request.user.has_perm(ADDS) or not model_admin.has_view_permission(request):
        raise PermissionDenied
    user: Any = request.user
    model, query = model_admin.model, filters_of(request.GET)
    format = request.POST.get("format", ExportFormat.CSV)
    back = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    try:
        rows = rows_of_list(model, query, user)
    except NoSuchList as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(back)
    if format not in LIST_FORMATS:
        messages.error(request, _("Choose CSV or XLSX."))
        return HttpResponseRedirect(f"{back}?{query}")
    if rows.order_by()[: AT_ONCE + 1].count() <= AT_ONCE:
        return _at_once(sheet, query, format, rows, user)
    export = start_export(model=model, query=query, format=format, by=user, at=timezone.now())
    poke_after_commit()
    return HttpResponseRedirect(reverse("admin:customers_export_change", args=[export.pk]))


def _at_once(sheet: Sheet, query: str, format: str, rows: "QuerySet[Any]", user: User) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_rows(file, format=format, sheet=sheet, rows=rows, user=user, query=query)
    file.seek(0)
    return attachment(file, file_name(sheet, format, at=timezone.now()), format)
