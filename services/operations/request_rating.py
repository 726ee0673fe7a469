from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from customers.models import User
from services.choices import TicketStatus
from services.models import RatingRequest, Ticket
from services.operations.ask_on_solving import ask, refuses, who_is_asked
from services.operations.ticket_change import changing

ASKED_ABOUT = (TicketStatus.SOLVED, TicketStatus.CLOSED)


class MayNotBeAsked(Exception):
    """The customer does not want to be asked, or there is nothing to ask about yet. Nothing was changed."""


def request_rating(
    *, ticket: Ticket, by: User | None, at: datetime, expected_version: int | None = None
) -> RatingRequest:
    """Ask the customer of a solved or closed ticket what they say of it, whether or not they were asked before, and
    put the question with its link into the conversation.

    Raises MayNotBeAsked, StaleVersion."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        if ticket.status not in ASKED_ABOUT:
            raise MayNotBeAsked(_("A rating is asked for when the ticket is solved."))
        if not settings.RATING_DAYS:
            raise MayNotBeAsked(_("Asking for ratings is switched off."))
        if refuses(ticket, who_is_asked(ticket), at=at):
            raise MayNotBeAsked(_("This customer does not want to be asked for ratings."))
        return ask(change)
