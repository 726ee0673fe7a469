"""How imported tickets and ratings are taken back: histories, clocks, and the facts that they told."""

from collections import defaultdict
from collections.abc import Collection, Container
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.choices import Factor, SubjectType
from customers.operations.brought import one_of
from customers.operations.observe import observe
from customers.operations.record_activity import record_activity
from customers.operations.undo_rules import Restored, Row, Rows, UndoRule, register_undo
from customers.operations.withdraw_facts import withdraw_facts
from services.models import (
    IrregularStep,
    Queue,
    SatisfactionRating,
    ServiceType,
    Ticket,
    TicketEvent,
    TicketWords,
    WaitingEvent,
)
from services.operations.refresh_clocks import CLOCK_COLUMNS, refresh_clocks
from services.operations.sla_terms import Terms, terms_of
from services.operations.take_irregular_steps import take_irregular_steps
from services.operations.ticket_facts import counts_for, facts_of
from services.operations.write_rating import rating_facts


def register_undo_of_services() -> None:
    """Make the rules of this room known."""
    tickets = UndoRule(before_removal=_forget_tickets, while_restoring=_step_back, after_restoring=_tell_tickets_anew)
    ratings = UndoRule(in_the_way=_answered_again, before_removal=_forget_ratings, after_restoring=_tell_ratings_anew)
    register_undo(Ticket, tickets)
    register_undo(IrregularStep, UndoRule(is_derived=True))
    register_undo(TicketWords, UndoRule(is_derived=True))
    register_undo(WaitingEvent, UndoRule(is_derived=True))
    register_undo(SatisfactionRating, ratings)
    register_undo(Queue, UndoRule(stays_when_used=True))
    register_undo(ServiceType, UndoRule(stays_when_used=True))


def _forget_tickets(tickets: Rows, at: datetime) -> None:
    for factor in Factor.RELIABILITY, Factor.RESPONSIVENESS:
        _withdraw(factor, SubjectType.TICKET, tickets, at)
    record_activity(customer_ids=[pk for ticket in tickets for pk in counts_for(ticket)], at=at, of_erased=True)


def _step_back(rows: Restored) -> AbstractContextManager[None]:
    """Back to a status from which another system moved them: the table knows no such way."""
    return take_irregular_steps(steps=[(row.pk, row.status, was.get("status", row.status)) for row, was in rows])


def _tell_tickets_anew(restored: Restored, at: datetime) -> None:
    """The histories have lost what the import added: clocks and facts are those of what is left."""
    tickets = [ticket for ticket, _ in restored]
    histories: dict[int, list[TicketEvent]] = defaultdict(list)
    events = TicketEvent.objects.filter(one_of("ticket", [ticket.pk for ticket in tickets]))
    for event in events.order_by("ticket_id", "at", "pk"):
        histories[event.ticket_id].append(event)
    facts = []
    for factor in Factor.RELIABILITY, Factor.RESPONSIVENESS:
        _withdraw(factor, SubjectType.TICKET, tickets, at)
    alike: dict[Any, Terms] = {}
    for ticket in tickets:
        by = ticket.queue_id, ticket.policy_id, ticket.priority
        terms = alike[by] = alike.get(by) or terms_of(ticket)
        history = histories[ticket.pk]
        refresh_clocks(ticket=ticket, events=history, terms=terms, at=at)
        facts += facts_of(ticket=ticket, events=history, terms=terms, at=at)
    Ticket.objects.bulk_update(tickets, CLOCK_COLUMNS, batch_size=200)
    touched = [pk for ticket in tickets for pk in counts_for(ticket)]
    observe(facts=facts, at=at, also_touched=touched, of_erased=True)


def _answered_again(keys: Collection[int], excused: Container[Row]) -> dict[int, str]:
    """Ratings that a later one, which did not come with the import, replaced."""
    rows = SatisfactionRating.objects.filter(one_of("pk", [*keys]), replaced_by__isnull=False)
    later = dict(rows.values_list("pk", "replaced_by_id"))
    again = [pk for pk, newer in later.items() if (SatisfactionRating, newer) not in excused]
    return dict.fromkeys(again, _("was replaced by a later answer"))


def _forget_ratings(ratings: Rows, at: datetime) -> None:
    _withdraw(Factor.QUALITY, SubjectType.RATING, ratings, at)


def _tell_ratings_anew(restored: Restored, at: datetime) -> None:
    """An answer that the import replaced stands again."""
    standing = [rating for rating, _ in restored if rating.replaced_by_id is None]
    facts = []
    for rating in standing:
        about = rating.ticket or rating.order
        ids = {rating.customer_id, *counts_for(about)} if isinstance(about, Ticket) else {about.customer_id}
        facts += rating_facts(rating, customer_ids=sorted(ids))
    observe(facts=facts, at=at, also_touched=[rating.customer_id for rating in standing], of_erased=True)


def _withdraw(factor: Factor, subject_type: SubjectType, rows: Rows, at: datetime) -> None:
    withdraw_facts(factor=factor, subject_type=subject_type, subject_ids=[row.pk for row in rows], at=at)
