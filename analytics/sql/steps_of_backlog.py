from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When, Window
from django.db.models.functions import Coalesce, Lag

from services.choices import UNSOLVED
from services.models import Ticket, TicketEvent


def steps_of_backlog(tickets: QuerySet[Ticket], *, before: datetime) -> Iterator[tuple[datetime, int]]:
    """When tickets that were reopened at some time became open (+1) and solved (-1), from their histories.

    SQL (a window over the histories), because only the few events that change something need to be fetched. Tickets
    that were never reopened are told by two of their columns and have no part in it."""
    is_open = Case(When(status_after__in=UNSOLVED, then=Value(1)), default=Value(0), output_field=IntegerField())
    in_order: dict[str, Any] = {"partition_by": F("ticket"), "order_by": [F("at").asc(), F("id").asc()]}
    was_open = Coalesce(Window(Lag("is_open"), **in_order), Value(0))  # MariaDB's LAG takes no default
    told = TicketEvent.objects.filter(ticket__in=tickets.filter(reopen_count__gt=0).order_by().values("pk"))
    events: Any = told.filter(at__lt=before).order_by().annotate(is_open=is_open).annotate(was_open=was_open)
    for at, now, once in events.exclude(was_open=F("is_open")).values_list("at", "is_open", "was_open"):
        yield at, now - once
