from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from services.choices import EventKind, LinkKind, TicketStatus
from services.models import Ticket, TicketLink
from services.operations.ticket_change import changing, lock_tickets

SYMMETRIC = (LinkKind.RELATED,)


class LinkRefused(Exception):
    """These two cannot be linked so. Nothing was changed."""


@transaction.atomic
def link_tickets(
    *,
    from_ticket: Ticket,
    to_ticket: Ticket,
    kind: str,
    by: User | None,
    at: datetime,
    expected_version: int | None = None,
) -> TicketLink:
    """Say that the first ticket is related to the second, is an incident of it, follows it up, or was split off from
    it. Both histories tell of it, closed ones too. A link that is there already is returned as it is.

    `expected_version` is that of the first. Raises LinkRefused, StaleVersion."""
    lock_tickets(tickets=[from_ticket, to_ticket])
    from_ticket.require_version(expected_version)
    _require_linkable(from_ticket, to_ticket, kind)
    standing = standing_link(from_ticket, to_ticket, kind)
    if standing is not None:
        return standing
    link = TicketLink.objects.create(
        from_ticket=from_ticket, to_ticket=to_ticket, kind=kind, created_at=at, created_by=by
    )
    note_on_both(link, EventKind.LINKED, by=by, at=at)
    return link


def note_on_both(link: TicketLink, event: EventKind, *, by: User | None, at: datetime) -> None:
    """Write into both histories, which the caller has locked, that a link came or went."""
    ends = [(link.from_ticket, link.to_ticket, False), (link.to_ticket, link.from_ticket, True)]
    for ticket, other, is_inverse in ends:
        with changing(ticket=ticket, by=by, at=at) as change:
            change.record(event, link=link.kind, other=other.pk, number=other.number, inverse=is_inverse)


def _require_linkable(first: Ticket, second: Ticket, kind: str) -> None:
    if first.pk == second.pk:
        raise LinkRefused(_("A ticket cannot be linked with itself."))
    for ticket in (first, second):
        if ticket.status == TicketStatus.MERGED:
            text = _("Ticket %(number)s was merged: link the one that was kept.")
            raise LinkRefused(text % {"number": ticket.number})
    if kind != LinkKind.INCIDENT:
        return
    if TicketLink.objects.filter(from_ticket=second, kind=kind).exists():
        text = _("Ticket %(number)s is an incident itself, so it cannot be the problem behind another.")
        raise LinkRefused(text % {"number": second.number})
    if TicketLink.objects.filter(to_ticket=first, kind=kind).exists():
        text = _("Ticket %(number)s is the problem behind others, so it cannot be an incident.")
        raise LinkRefused(text % {"number": first.number})


def standing_link(first: Ticket | int, second: Ticket | int, kind: str) -> TicketLink | None:
    links = TicketLink.objects.filter(from_ticket=first, to_ticket=second, kind=kind)
    if kind in SYMMETRIC:
        links |= TicketLink.objects.filter(from_ticket=second, to_ticket=first, kind=kind)
    return links.first()
