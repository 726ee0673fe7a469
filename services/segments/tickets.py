"""Facts: the tickets of a customer. Those count that whoever asks may see."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.segments.choices import Fixed, Rows
from customers.segments.facts import Asking, Fact, Narrowing, Text, Words, by, register_facts
from customers.segments.measures import NEWEST, Having, Narrowed
from customers.segments.operators import FactType
from services.choices import Channel, Priority, TicketStatus
from services.models import Queue, ServiceType, Ticket

TICKETS = _("Tickets")
NEEDS = "services.view_ticket"

STATUS = Narrowing("status", _("status"), Fixed(lambda: TicketStatus.choices), by("status"))
PRIORITY = Narrowing("priority", _("priority"), Fixed(lambda: Priority.choices), by("priority"))
QUEUE = Narrowing("queue", _("queue"), Rows(lambda: Queue.objects.order_by("name")), by("queue"))
SERVICE_TYPE = Narrowing(
    "service_type",
    _("service type"),
    Rows(lambda: ServiceType.objects.order_by("name"), key="code"),
    by("service_type__code"),
)
CHANNEL = Narrowing("channel", _("channel"), Fixed(lambda: Channel.choices), by("channel"))
NARROWINGS = (STATUS, PRIORITY, QUEUE, SERVICE_TYPE, CHANNEL)
WITHOUT_STATUS = NARROWINGS[1:]


def _all(asking: Asking) -> Any:
    return asking.rows(Ticket)


def _requested(asking: Asking) -> Any:
    return _all(asking).filter(requester__isnull=False)


def _open(asking: Asking) -> Any:
    return _all(asking).unsolved()


def _breached(asking: Asking) -> Any:
    return _all(asking).breached(at=asking.at)


def _reopened(asking: Asking) -> Any:
    return _all(asking).filter(reopen_count__gt=0)


@register_facts
def ticket_facts() -> Iterable[Fact]:
    """How many, how they went, how lately."""
    return [
        _count("tickets", _("tickets"), _all, ngettext_lazy("%(number)s ticket", "%(number)s tickets", "number")),
        _count(
            "open_tickets",
            _("open tickets"),
            _open,
            ngettext_lazy("%(number)s open ticket", "%(number)s open tickets", "number"),
        ),
        _count(
            "breached_tickets",
            _("tickets that missed a target"),
            _breached,
            ngettext_lazy("%(number)s ticket late", "%(number)s tickets late", "number"),
        ),
        _count(
            "reopened_tickets",
            _("reopened tickets"),
            _reopened,
            ngettext_lazy("%(number)s reopened ticket", "%(number)s reopened tickets", "number"),
        ),
        _count(
            "requested_tickets",
            _("tickets asked for in another's name"),
            _requested,
            ngettext_lazy("%(number)s ticket for another", "%(number)s tickets for others", "number"),
            customer="requester_id",
        ),
        Fact(
            code="reopenings",
            group=TICKETS,
            label=_("how often tickets were reopened"),
            type=FactType.NUMBER,
            measure=Having(_reopened, Sum("reopen_count"), time="created_at", of_nothing=True),
            always_has_value=True,
            is_count=True,
            has_period=True,
            narrowings=NARROWINGS,
            needs=NEEDS,
            words=Words(counted=ngettext_lazy("%(number)s reopening", "%(number)s reopenings", "number")),
        ),
        Fact(
            code="last_ticket",
            group=TICKETS,
            label=_("last ticket"),
            type=FactType.MOMENT,
            measure=Having(_all, Max("created_at"), time="created_at", extreme=("created_at", NEWEST)),
            narrowings=NARROWINGS,
            needs=NEEDS,
            words=Words(
                happened=_("who last asked for service %(when)s"),
                once=_("who asked for service at some time"),
                never=_("who never asked for service"),
            ),
        ),
    ]


def _count(code: str, label: Text, rows: Narrowed, counted: Text, *, customer: str = "customer_id") -> Fact:
    return Fact(
        code=code,
        group=TICKETS,
        label=label,
        type=FactType.NUMBER,
        measure=Having(rows, Count("*"), customer=customer, time="created_at", of_nothing=True),
        always_has_value=True,
        is_count=True,
        has_period=True,
        narrowings=WITHOUT_STATUS if rows is _open else NARROWINGS,
        needs=NEEDS,
        words=Words(counted=counted),
    )
