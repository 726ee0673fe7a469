"""On the page of a ticket: whether the customer was asked for a rating, and the link to hand on."""

from datetime import datetime
from typing import Any

from django.conf import settings

from services.models import RatingRequest, Ticket
from services.operations.rating_links import link_of
from services.operations.request_rating import ASKED_ABOUT


def was_solved(ticket: Ticket) -> bool:
    """Whether there can have been a request."""
    return ticket.status in ASKED_ABOUT or ticket.reopen_count > 0


def rating_question(ticket: Ticket, asked: RatingRequest | None, *, at: datetime) -> dict[str, Any]:
    """The newest request with its link while that works, and whether another may be made."""
    is_open = asked is not None and at < asked.expires_at
    return {
        "rating_request": asked,
        "rating_link": link_of(asked) if asked is not None and is_open else "",
        "may_ask": bool(settings.RATING_DAYS) and ticket.status in ASKED_ABOUT and not is_open,
    }
