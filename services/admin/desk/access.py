"""Who may come to the desk, and which ticket they may open there."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.translation import gettext as _

from services.models import Ticket

WORKS_AT_THE_DESK = "services.change_ticket"

Page = Callable[..., HttpResponse]


def may_work(request: HttpRequest) -> bool:
    """Whether the user works on tickets at all."""
    return request.user.has_perm(WORKS_AT_THE_DESK)


def at_the_desk(*methods: str) -> Callable[[Page], Page]:
    """A page of the desk: for who may change tickets, by these methods; it is told the time (`at`)."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may_work(request):
                raise PermissionDenied
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            at: datetime = timezone.now()
            return page(request, *args, at=at, **kwargs)

        return guarded

    return decorate


def unremembered(page: Page) -> Page:
    """A page that a script asks for by itself. The session is not written: an unattended browser logs its user out
    as ever, and a question every few seconds costs no write."""

    @wraps(page)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = page(request, *args, **kwargs)
        if request.user.is_authenticated:
            vars(request).pop("session", None)  # the middleware leaves alone what is not there
        return response

    return asked


def ticket_in_sight(request: HttpRequest, pk: int) -> Ticket:
    """The ticket with what its pages name, or 404 when it is out of the user's sight."""
    user: Any = request.user
    tickets = Ticket.objects.visible_to(user).select_related(
        "customer", "requester", "queue", "team", "assignee__user", "service_type", "policy", "merged_into"
    )
    ticket: Ticket | None = tickets.filter(pk=pk).first()
    if ticket is None:
        raise Http404(_("There is no such ticket, or you may not see it."))
    return ticket
