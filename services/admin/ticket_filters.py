"""Filters of the ticket list: the usual questions of a desk."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from services.admin.clock_faces import SOON

ALL = "all"
UNSOLVED = "unsolved"


class ShowFilter(DropdownFilter):
    """Whose tickets. Who opens the list without any question sees what is to be done."""

    title = _("show")
    parameter_name = "show"

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.is_first_look = not request.GET
        super().__init__(request, *args, **kwargs)

    def value(self) -> str | None:
        """What was asked for; on the bare list the unsolved."""
        asked: str | None = super().value()
        return asked or (UNSOLVED if self.is_first_look else None)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The questions."""
        return [
            (UNSOLVED, _("Unsolved")),
            ("mine", _("Mine")),
            ("unassigned", _("Unassigned")),
            (ALL, _("All tickets")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The tickets asked for; mine and unassigned are unsolved ones."""
        match self.value():
            case "unsolved":
                return queryset.unsolved()
            case "mine":
                return queryset.unsolved().filter(assignee__user=request.user)
            case "unassigned":
                return queryset.unsolved().unassigned()
        return queryset


class SLAFilter(DropdownFilter):
    """How the clocks stand."""

    title = _("SLA")
    parameter_name = "sla"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Late, soon due, and missed at any time."""
        return [("late", _("Late now")), ("soon", _("Due in 4 hours")), ("missed", _("Missed a target"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Tickets whose clocks stand so."""
        at = timezone.now()
        match self.value():
            case "late":
                return queryset.breaching(at=at)
            case "soon":
                return queryset.due_soon(at=at, until=at + SOON)
            case "missed":
                return queryset.breached(at=at)
        return queryset
