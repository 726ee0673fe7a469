"""The desk: views, the list of one, and the open ticket beside it. Each column is also asked for by itself."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from services.admin.desk.access import at_the_desk, ticket_in_sight
from services.admin.desk.bell import unread_count
from services.admin.desk.ticket_column import Typed, ticket_column
from services.admin.desk.ticket_list import ticket_list
from services.admin.desk.views import FIRST, counted, groups_for, view_of
from services.models import Ticket

LONGEST_QUERY = 200


def asked_key(text: str | None) -> int | None:
    """The key of a ticket in an address; nonsense is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


@at_the_desk("GET", "HEAD")
def desk(request: HttpRequest, *, at: datetime) -> HttpResponse:
    """The whole page. Without script every link leads here."""
    key = asked_key(request.GET.get("ticket"))
    ticket, missing = None, ""
    if key is not None:
        try:
            ticket = ticket_in_sight(request, key)
        except Http404 as error:
            missing = str(error)
    return desk_page(request, ticket, at=at, missing=missing)


def desk_page(
    request: HttpRequest,
    ticket: Ticket | None,
    *,
    at: datetime,
    typed: Typed | None = None,
    missing: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the page with this ticket open."""
    user: Any = request.user
    view, query = asked(request)
    site = admin.site
    request.current_app = site.name
    context = {
        **site.each_context(request),
        "title": _("Desk"),
        "is_fullwidth": "1",
        "groups": counted(groups_for(user), request),
        "list": ticket_list(request, view, at=at, query=query),
        "view": view,
        "now": at,
        "missing": missing,
        "unread": unread_count(user),
        "is_open": ticket is not None,
        **(ticket_column(request, ticket, at=at, typed=typed) if ticket else {}),
    }
    return TemplateResponse(request, "admin/desk/page.html", context, status=status)


def asked(request: HttpRequest) -> tuple[Any, str]:
    """The view and the search that the address names."""
    return view_of(request.GET.get("view", FIRST), request.user), request.GET.get("q", "").strip()[:LONGEST_QUERY]


@at_the_desk("GET")
def views_column(request: HttpRequest, *, at: datetime) -> HttpResponse:
    """The views with their counts."""
    context = {"groups": counted(groups_for(request.user), request), "view": asked(request)[0]}
    return TemplateResponse(request, "admin/desk/views.html", context)


@at_the_desk("GET")
def list_column(request: HttpRequest, *, at: datetime) -> HttpResponse:
    """The list of a view; with ?after=PLACE the rows from there on."""
    view, query = asked(request)
    after = request.GET.get("after", "")
    context = {
        "list": ticket_list(request, view, at=at, after=after, query=query),
        "view": view,
        "now": at,
        "ticket": None,
        "open_key": asked_key(request.GET.get("ticket")),
    }
    template = "admin/desk/rows.html" if after else "admin/desk/list.html"
    return TemplateResponse(request, template, context)


@at_the_desk("GET")
def ticket_part(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """The open ticket. With ?seen=EVENT what came after that is told as news."""
    seen = asked_key(request.GET.get("seen"))
    context = ticket_column(request, ticket_in_sight(request, pk), at=at, seen=seen)
    return TemplateResponse(request, "admin/desk/ticket.html", {**context, "view": asked(request)[0]})
