from datetime import datetime

from django.db import transaction
from django.db.models.functions import Coalesce

from services.choices import TicketStatus
from services.models import RatingRequest, SatisfactionRating, Ticket
from services.operations.rate_ticket import rate_ticket

EXPIRED, MERGED = "expired", "merged"


class RatingRequestIsOver(Exception):
    """No answer is taken any more: `why` is that the time is over, as it is for a person who was erased, or that the
    ticket went into another. Nothing was changed."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@transaction.atomic
def answer_rating_request(*, request: RatingRequest, value: int, at: datetime, comment: str = "") -> SatisfactionRating:
    """Put down what the customer says by their link. Until it expires they may change it; the newest answer stands,
    and the first moment stays that of the answer.

    Raises RatingRequestIsOver, RatingOutOfBounds."""
    require_open(request, at=at)
    rating = rate_ticket(ticket=request.ticket, value=value, comment=comment, by=None, at=at)
    if request.ticket.status == TicketStatus.MERGED:  # while we waited for its lock
        raise RatingRequestIsOver(MERGED)
    answered_at = Coalesce("answered_at", at)
    RatingRequest.objects.filter(pk=request.pk).update(rating=rating, answered_at=answered_at)
    request.refresh_from_db()
    return rating


def require_open(request: RatingRequest, *, at: datetime) -> None:
    """Raise RatingRequestIsOver unless an answer is taken at this moment."""
    if at >= request.expires_at:
        raise RatingRequestIsOver(EXPIRED)
    if request.customer.erased_at is not None:
        raise RatingRequestIsOver(EXPIRED)
    if Ticket.objects.filter(pk=request.ticket_id, status=TicketStatus.MERGED).exists():
        raise RatingRequestIsOver(MERGED)
