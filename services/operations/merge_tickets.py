from bisect import bisect_right
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import Factor, SubjectType
from customers.models import User
from customers.operations.withdraw_facts import withdraw_facts
from services.choices import EventKind, TicketStatus
from services.models import Ticket, TicketEvent, TicketMerge
from services.operations.move_between_tickets import children_of, move_over
from services.operations.ticket_change import TicketChange, changing, lock_tickets
from services.transitions import require_transition

# What was said to the customer, and what they missed, counts for whoever is kept: otherwise a merge would be a way to
# lose a late reply.
CARRIED = {
    EventKind.OPENED: EventKind.CUSTOMER_MESSAGE,
    EventKind.CUSTOMER_MESSAGE: EventKind.CUSTOMER_MESSAGE,
    EventKind.AGENT_REPLY: EventKind.AGENT_REPLY,
    EventKind.AUTO_REPLY: EventKind.AUTO_REPLY,
    EventKind.BREACHED: EventKind.BREACHED,
}


class TicketsCannotMerge(Exception):
    """These two tickets cannot be one. Nothing was changed."""


class OtherCustomer(TicketsCannotMerge):
    """The two tickets are of different customers, and nobody said that this is meant. Nothing was changed."""

    def __init__(self, kept: Ticket, gone: Ticket) -> None:
        text = _("%(gone)s is of another customer than %(kept)s: what was said there would be seen here.")
        super().__init__(text % {"gone": gone.number, "kept": kept.number})


@transaction.atomic
def merge_tickets(
    *,
    kept: Ticket,
    gone: Ticket,
    by: User | None,
    at: datetime,
    across_customers: bool = False,
    expected_version: int | None = None,
    gone_version: int | None = None,
) -> TicketMerge:
    """Put one ticket into another: messages, files, time spent, links and parts go over, and what was said there counts
    for the clocks of the one that is kept. The other becomes merged, tells no facts any more, and stays to be found.
    Ratings stay with the ticket that they were given for.

    `expected_version` is that of the kept one. Raises TicketsCannotMerge, OtherCustomer (unless `across_customers`),
    TicketIsFinal, IllegalTransition, StaleVersion."""
    if kept.pk == gone.pk:
        raise TicketsCannotMerge(_("A ticket cannot be merged into itself."))
    lock_tickets(tickets=[kept, gone, *children_of(gone)])
    with (
        changing(ticket=kept, by=by, at=at, expected_version=expected_version) as into,
        changing(ticket=gone, by=by, at=at, expected_version=gone_version) as out,
    ):
        into.require_not_final()
        require_transition(gone.status, TicketStatus.MERGED)
        if kept.customer_id != gone.customer_id and not across_customers:
            raise OtherCustomer(kept, gone)
        into.at = out.at = max(into.at, out.at)
        merge = TicketMerge(kept=kept, gone=gone, at=into.at, by=by, status_before=gone.status)
        merge.moved = {**move_over(gone=gone, kept=kept), "events": _carry_over(into, out)}
        merge.save(force_insert=True)
        for factor in (Factor.RELIABILITY, Factor.RESPONSIVENESS):
            withdraw_facts(factor=factor, subject_type=SubjectType.TICKET, subject_ids=[gone.pk], at=at)
        out.set(status=TicketStatus.MERGED, merged_into=kept)
        out.record(EventKind.MERGED, merge=merge.pk, into=kept.pk, number=kept.number)
        into.record(EventKind.MERGED, merge=merge.pk, gone=gone.pk, number=gone.number)
    return merge


def _carry_over(into: TicketChange, out: TicketChange) -> list[int]:
    """Write what was said into the kept history too, each at its moment; returns the keys of these events."""
    moments = [event.at for event in into.history]

    def status_at(moment: datetime) -> str:
        place = bisect_right(moments, moment)
        return into.history[place - 1].status_after if place else TicketStatus.NEW

    carried = [
        TicketEvent.objects.create(
            ticket=into.ticket,
            kind=CARRIED[EventKind(event.kind)],
            at=event.at,
            recorded_at=out.recorded_at,
            actor_id=event.actor_id,
            status_after=status_at(event.at),
            data={**event.data, "merged_from": out.ticket.pk},
        )
        for event in out.history
        if event.kind in CARRIED
    ]
    into.history[:] = sorted([*into.history, *carried], key=lambda event: (event.at, event.pk))
    return [event.pk for event in carried]
