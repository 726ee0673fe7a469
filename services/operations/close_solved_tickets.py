import logging
from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Q

from customers.models import StaleVersion
from customers.operations.record_activity import CustomerIsMerged
from services.choices import TicketStatus
from services.models import Queue, Ticket
from services.operations.close_ticket import close_ticket
from services.transitions import IllegalTransition

CLOSED_AT_ONCE = 200

logger = logging.getLogger(__name__)


def close_solved_tickets(*, at: datetime, most: int = CLOSED_AT_ONCE) -> int:
    """Close for good what has stayed solved for as long as its queue waits; returns how many there were.

    At most `most` a call, those that wait longest first, each in a transaction of its own. May run twice at once: a
    ticket that changed since it was found is left to the next call."""
    waits: dict[int, list[int]] = defaultdict(list)
    for pk, days in Queue.objects.values_list("pk", "close_after_days"):
        waits[days].append(pk)
    due = Q()
    for days, queues in waits.items():
        due |= Q(queue__in=queues, solved_at__lte=at - timedelta(days=days))
    if not due:
        return 0
    found = Ticket.objects.filter(due, status=TicketStatus.SOLVED).order_by("solved_at", "pk")
    return sum(_close(ticket, at) for ticket in found[:most])


def _close(ticket: Ticket, at: datetime) -> bool:
    try:
        close_ticket(ticket=ticket, by=None, at=at, expected_version=ticket.version)
    except (StaleVersion, IllegalTransition, CustomerIsMerged):
        return False
    except Exception as error:  # one ticket that cannot be closed keeps no other open
        logger.error("ticket %s was not closed: %s", ticket.pk, type(error).__name__)
        return False
    return True
