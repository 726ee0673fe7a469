from datetime import datetime

from customers.models import Customer, User
from services.choices import EventKind, RatingScale
from services.models import SatisfactionRating, Ticket
from services.operations.ticket_change import changing
from services.operations.ticket_facts import counts_for
from services.operations.write_rating import write_rating


def rate_ticket(
    *,
    ticket: Ticket,
    value: int,
    by: User | None,
    at: datetime,
    scale: str = RatingScale.CSAT,
    comment: str = "",
    customer: Customer | None = None,
    expected_version: int | None = None,
) -> SatisfactionRating:
    """Put on record what the customer (by default the ticket's) says of the service, at any time of the ticket's life.
    A changed mind is a new row that replaces the old; the same answer again changes nothing.

    Raises RatingOutOfBounds, StaleVersion."""
    also_lock = [customer.pk] if customer else []
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version, also_lock=also_lock) as change:
        rating, facts = write_rating(
            about=ticket,
            customer=customer or ticket.customer,
            counts_for=counts_for(ticket),
            scale=scale,
            value=value,
            comment=comment,
            at=change.at,
            recorded_at=at,
        )
        if facts:
            change.facts += facts
            change.record(EventKind.RATED, rating=rating.pk, scale=scale, value=value)
    return rating
