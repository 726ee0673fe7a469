"""Which tickets a number of a report is about, as conditions: the report counts by them, and the list behind a number
is narrowed down by the very same.

Every cohort belongs to a time from `start` to before `end`. Seconds are business time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import In
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services.choices import UNSOLVED, EventKind, RatingScale, SLAClock
from services.models import RatingRequest, SatisfactionRating, SLATarget, TicketEvent

# When a clock is decided: missed since, or kept when this was done. A missed one stays missed.
DECIDED = {
    SLAClock.FIRST_REPLY: ("first_reply_breached_at", "first_replied_at"),
    SLAClock.NEXT_REPLY: ("next_reply_breached_at", "solved_at"),
    SLAClock.RESOLUTION: ("resolution_breached_at", "solved_at"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to before another; and, of a distribution, from so many seconds to less than so many."""

    start: datetime
    end: datetime
    least: int = 0
    below: int | None = None

    def holds(self, column: str) -> Q:
        """That this moment lies within."""
        return Q(**{f"{column}__gte": self.start, f"{column}__lt": self.end})

    def takes(self, column: str) -> Q:
        """That so many seconds were taken."""
        least = Q(**{f"{column}__gte": self.least})
        return least if self.below is None else least & Q(**{f"{column}__lt": self.below})


def opened(span: Span) -> Q:
    """Opened within."""
    return span.holds("created_at")


def solved(span: Span) -> Q:
    """Solved within, and not reopened since."""
    return span.holds("solved_at")


def open_at_end(span: Span) -> Q:
    """Unsolved at the end. Of a ticket that was never reopened two columns tell it, of others the history."""
    steady = Q(reopen_count=0, created_at__lt=span.end) & (Q(solved_at=None) | Q(solved_at__gte=span.end))
    before = TicketEvent.objects.filter(ticket=OuterRef("pk"), at__lt=span.end).order_by("-at", "-id")
    return steady | Q(In(Subquery(before.values("status_after")[:1]), UNSOLVED), reopen_count__gt=0)


def replied(span: Span) -> Q:
    """First answered within, after so long."""
    return span.holds("first_replied_at") & span.takes("first_reply_seconds")


def resolved(span: Span) -> Q:
    """Solved within, after so long."""
    return span.holds("solved_at") & span.takes("resolution_seconds")


def missed(clock: str) -> Callable[[Span], Q]:
    """The target was missed within."""
    return lambda span: span.holds(DECIDED[SLAClock(clock)][0])


def kept(clock: str) -> Callable[[Span], Q]:
    """There was a target, and it was kept within: by the first reply, or by the solution. The target of later replies
    counts where the customer wrote again."""
    late, done = DECIDED[SLAClock(clock)]
    return lambda span: span.holds(done) & Q(**{late: None}) & _promised(clock)


def ever_solved(span: Span) -> Q:
    """Opened within, and solved at some time."""
    return opened(span) & (Q(solved_at__isnull=False) | Q(reopen_count__gt=0))


def reopened(span: Span) -> Q:
    """Opened within, and reopened at some time."""
    return opened(span) & Q(reopen_count__gt=0)


def rated(span: Span) -> Q:
    """Rated within by CSAT; a rating that was replaced does not count."""
    return Q(Exists(csat().filter(span.holds("at"), ticket=OuterRef("pk"))))


def asked(span: Span) -> Q:
    """The customer was asked for a rating within."""
    return Q(Exists(RatingRequest.objects.filter(span.holds("requested_at"), ticket=OuterRef("pk"))))


def answered(span: Span) -> Q:
    """The customer was asked for a rating within, and answered at some time."""
    given = RatingRequest.objects.filter(span.holds("requested_at"), ticket=OuterRef("pk"), answered_at__isnull=False)
    return Q(Exists(given))


def csat() -> QuerySet[SatisfactionRating]:
    """The ratings of tickets that count."""
    return SatisfactionRating.objects.filter(scale=RatingScale.CSAT, replaced_by=None, ticket__isnull=False)


def _promised(clock: str) -> Q:
    """Whether the ticket's policy has a target, or another system said that there was one."""
    of_ticket = {"policy": OuterRef("policy"), "priority": OuterRef("priority"), f"{clock}_minutes__isnull": False}
    promised = Q(Exists(SLATarget.objects.filter(**of_ticket)))
    events = TicketEvent.objects.filter(ticket=OuterRef("pk"))
    if clock == SLAClock.RESOLUTION:
        promised |= Q(Exists(events.filter(kind=EventKind.OPENED, data__sla=True)), policy=None)
    if clock == SLAClock.NEXT_REPLY:
        wrote_again = events.filter(kind=EventKind.CUSTOMER_MESSAGE, at__gt=OuterRef("first_replied_at"))
        promised &= Q(Exists(wrote_again))
    return promised


@dataclass(frozen=True, slots=True)
class Cohort:
    """A condition and what it is called over a list. is_timed: it can be narrowed down to what took so long."""

    condition: Callable[[Span], Q]
    name: Promise
    is_timed: bool = False


COHORTS: dict[str, Cohort] = {
    "opened": Cohort(opened, _("Opened in the period")),
    "solved": Cohort(solved, _("Solved in the period")),
    "open": Cohort(open_at_end, _("Open at the end of the period")),
    "replied": Cohort(replied, _("First answered in the period"), is_timed=True),
    "resolved": Cohort(resolved, _("Solved in the period, by the time it took"), is_timed=True),
    "first_reply_kept": Cohort(kept("first_reply"), _("First reply in time")),
    "first_reply_missed": Cohort(missed("first_reply"), _("First reply late")),
    "next_reply_kept": Cohort(kept("next_reply"), _("Later replies in time")),
    "next_reply_missed": Cohort(missed("next_reply"), _("A later reply late")),
    "resolution_kept": Cohort(kept("resolution"), _("Solved in time")),
    "resolution_missed": Cohort(missed("resolution"), _("Solution late")),
    "ever_solved": Cohort(ever_solved, _("Opened in the period, and solved at some time")),
    "reopened": Cohort(reopened, _("Opened in the period, and reopened at some time")),
    "rated": Cohort(rated, _("Rated in the period")),
    "asked": Cohort(asked, _("Asked for a rating in the period")),
    "answered": Cohort(answered, _("Asked for a rating in the period, and answered")),
}
