"""Who is logged in to the portal, and what they see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, Q, Value, When

from customers.models import Customer
from services.choices import UNSOLVED, TicketStatus
from services.models import PortalLogin, PortalSession, Ticket
from services.operations.mail_sender import customers_at_index
from services.operations.portal_links import digest_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

IDLE, LONGEST = timedelta(hours=2), timedelta(days=14)
# So often at most it is written down that somebody is there.
NOTED_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is logged in: the session, and all customers with its address."""

    session: PortalSession
    customers: tuple[Customer, ...]

    @property
    def ids(self) -> set[int]:
        """The keys of the customers."""
        return {customer.pk for customer in self.customers}

    def who_writes(self, ticket: Ticket) -> Customer:
        """Which of them speaks in a ticket of theirs: the requester before the customer."""
        among = {customer.pk: customer for customer in self.customers}
        return among.get(ticket.requester_id or 0) or among[ticket.customer_id]


def reader_of(*, secret: str, at: datetime) -> Reader | None:
    """Whoever the cookie logs in; None where the session ended, or nobody has its address any more. That they were
    there is put down once a minute."""
    session = live_sessions(at=at).filter(digest=digest_of(secret)).first()
    if session is None:
        return None
    customers = customers_at_index(session.email_index)
    if not customers:
        return None
    if session.seen_at < at - NOTED_EVERY:
        PortalSession.objects.filter(pk=session.pk, seen_at__lt=at).update(seen_at=at)
    return Reader(session, tuple(customers))


def live_sessions(*, at: datetime) -> "QuerySet[PortalSession]":
    """Sessions that have not ended: two hours without a request, or two weeks."""
    return PortalSession.objects.filter(seen_at__gt=at - IDLE, begun_at__gt=at - LONGEST)


def own_tickets(ids: Collection[int]) -> "QuerySet[Ticket]":
    """The tickets of these customers, as customer or as requester: what is worked on first, the newest first. What went
    on in another ticket is not listed."""
    rank = Case(When(status__in=UNSOLVED, then=Value(0)), default=Value(1))
    rows = Ticket.objects.filter(Q(customer__in=ids) | Q(requester__in=ids))
    return rows.exclude(status=TicketStatus.MERGED).annotate(rank=rank).order_by("rank", "-created_at", "-pk")


def forget_portal(*, at: datetime) -> int:
    """Delete links and sessions that ended a day ago; returns how many. May be lost, doubled or run twice at once."""
    links, _each = PortalLogin.objects.filter(expires_at__lt=at - KEPT).delete()
    over = Q(seen_at__lt=at - IDLE - KEPT) | Q(begun_at__lt=at - LONGEST - KEPT)
    sessions, _each = PortalSession.objects.filter(over).delete()
    return links + sessions
