from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import Coalesce

from analytics.operations.report_period import Period
from analytics.sql.quarters import Quarter
from analytics.sql.steps_of_backlog import steps_of_backlog
from customers.models import User
from services import cohorts
from services.choices import SLAClock
from services.cohorts import COHORTS, DECIDED, Span
from services.models import Agent, Queue, RatingRequest, Ticket

QUARTER = 900
HOUR = 3600
# Where the bars of a distribution begin, in seconds of business time.
EDGES = (0, HOUR // 4, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 40 * HOUR, 80 * HOUR)


@dataclass(slots=True)
class Kept:
    """How many targets were kept, and how many missed."""

    kept: int = 0
    missed: int = 0

    @property
    def percent(self) -> float | None:
        """Of those decided; None: there was none."""
        decided = self.kept + self.missed
        return 100 * self.kept / decided if decided else None

    def add(self, kept: int, missed: int) -> None:
        """Count more."""
        self.kept, self.missed = self.kept + kept, self.missed + missed


Targets = dict[str, Kept]


def _targets() -> Targets:
    return {clock.value: Kept() for clock in SLAClock}


@dataclass(frozen=True, slots=True)
class Bar:
    """So many took from `least` to less than `below` seconds (None: or longer)."""

    least: int
    below: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """How long it took, in seconds of business time: the values that half and nine tenths kept within."""

    count: int
    median: int | None
    p90: int | None
    bars: list[Bar]


@dataclass(slots=True)
class Step:
    """A day, a week or a month, from a day to before another."""

    first: date
    until: date
    start: datetime
    end: datetime
    opened: int = 0
    solved: int = 0
    open_at_end: int = 0
    targets: Targets = field(default_factory=_targets)


@dataclass(slots=True)
class Group:
    """The targets of a queue or an agent; without a key: of nobody."""

    key: int | None
    name: str
    targets: Targets = field(default_factory=_targets)


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """How the desk did in a period, of the tickets in the user's sight."""

    period: Period
    steps: list[Step]
    targets: Targets
    queues: list[Group]
    agents: list[Group]
    first_reply: Distribution
    resolution: Distribution
    ever_solved: int
    reopened: int
    csat: float | None  # 1 to 5
    rated: int  # tickets
    asked: int
    answered: int

    @property
    def opened(self) -> int:
        """Tickets opened in the period."""
        return sum(step.opened for step in self.steps)

    @property
    def solved(self) -> int:
        """Tickets solved in the period."""
        return sum(step.solved for step in self.steps)


def service_report(*, user: User, period: Period, queue: int | None = None, agent: int | None = None) -> ServiceReport:
    """Measure the desk. Tickets count for the queue and the agent that have them now. A fixed number of queries,
    each of which counts in the database; every number is that of a cohort (services.cohorts)."""
    tickets: Any = Ticket.objects.visible_to(user).order_by()
    if queue is not None:
        tickets = tickets.filter(queue=queue)
    if agent is not None:
        tickets = tickets.filter(assignee=agent)
    whole = Span(period.start, period.end)
    bounds = period.bounds()
    steps = [
        Step(first, until, start, end)
        for (first, until), start, end in zip(period.steps(), bounds[:-1], bounds[1:], strict=True)
    ]
    _count_flow(tickets, whole, steps)
    totals, queues, agents = _count_targets(tickets, whole, steps)
    return ServiceReport(
        period=period,
        steps=steps,
        targets=totals,
        queues=_named(queues, Queue),
        agents=_named(agents, Agent),
        first_reply=_distribution(tickets.filter(cohorts.replied(whole)), "first_reply_seconds"),
        resolution=_distribution(tickets.filter(cohorts.resolved(whole)), "resolution_seconds"),
        **_reopened(tickets, whole),
        **_ratings(tickets, whole),
    )


class _Places:
    """Finds the step of a quarter of an hour."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.starts = [int(step.start.timestamp()) // QUARTER for step in steps]

    def of(self, quarter: int) -> int:
        return bisect_right(self.starts, quarter) - 1


def _count_flow(tickets: Any, whole: Span, steps: list[Step]) -> None:
    """Opened, solved, and open at the end of each step: what was open before, and what came and went since."""
    places = _Places(steps)
    moves = [0] * len(steps)
    steady = Q(reopen_count=0)
    for column, name, sign in (("created_at", "opened", 1), ("solved_at", "solved", -1)):
        rows = tickets.filter(whole.holds(column)).values(quarter=Quarter(column))
        for quarter, count, regular in rows.annotate(n=Count("pk"), regular=Count("pk", filter=steady)).values_list(
            "quarter", "n", "regular"
        ):
            place = places.of(quarter)
            setattr(steps[place], name, getattr(steps[place], name) + count)
            moves[place] += sign * regular
    before = tickets.filter(steady, created_at__lt=whole.start)
    open_before = before.filter(Q(solved_at=None) | Q(solved_at__gte=whole.start)).count()
    for at, change in steps_of_backlog(tickets, before=whole.end):
        if at < whole.start:
            open_before += change
        else:
            moves[places.of(int(at.timestamp()) // QUARTER)] += change
    for step, change in zip(steps, moves, strict=True):
        open_before += change
        step.open_at_end = open_before


def _count_targets(
    tickets: Any, whole: Span, steps: list[Step]
) -> tuple[Targets, dict[Any, Targets], dict[Any, Targets]]:
    """Of each clock what was decided, by when, and by queue and agent."""
    places, totals = _Places(steps), _targets()
    queues: dict[Any, Targets] = defaultdict(_targets)
    agents: dict[Any, Targets] = defaultdict(_targets)
    for clock, (late, done) in DECIDED.items():
        decided = tickets.filter(
            COHORTS[f"{clock}_missed"].condition(whole) | COHORTS[f"{clock}_kept"].condition(whole)
        )
        counted = {"n": Count("pk"), "late": Count(late)}
        for quarter, count, missed in (
            decided.values(quarter=Quarter(Coalesce(late, done)))
            .annotate(**counted)
            .values_list("quarter", "n", "late")
        ):
            steps[places.of(quarter)].targets[clock].add(count - missed, missed)
            totals[clock].add(count - missed, missed)
        for queue, agent, count, missed in (
            decided.values("queue", "assignee").annotate(**counted).values_list("queue", "assignee", "n", "late")
        ):
            queues[queue][clock].add(count - missed, missed)
            agents[agent][clock].add(count - missed, missed)
    return totals, queues, agents


def _named(found: dict[Any, Targets], model: Any) -> list[Group]:
    names = dict(model.objects.filter(pk__in=[key for key in found if key is not None]).values_list("pk", "name"))
    groups = [Group(key, names.get(key, ""), targets) for key, targets in found.items()]
    return sorted(groups, key=lambda group: (group.key is None, group.name, group.key or 0))


def _distribution(tickets: Any, column: str) -> Distribution:
    """The database counts how often each value occurs; what lies where follows from that, on every database alike."""
    rows: Iterable[tuple[int, int]] = (
        tickets.values(column).annotate(n=Count("pk")).values_list(column, "n").order_by(column)
    )
    values, counts = zip(*rows, strict=True) if (rows := list(rows)) else ((), ())
    upto = list(accumulate(counts))
    total = upto[-1] if upto else 0

    def nearest(share: int) -> int | None:
        rank = -(-total * share // 100)  # the nearest rank, as a whole number
        return values[bisect_right(upto, rank - 1)] if total else None

    bars = [0] * len(EDGES)
    for value, count in zip(values, counts, strict=True):
        bars[bisect_right(EDGES, value) - 1] += count
    edges: list[int | None] = [*EDGES[1:], None]
    return Distribution(
        count=total,
        median=nearest(50),
        p90=nearest(90),
        bars=[Bar(least, below, count) for least, below, count in zip(EDGES, edges, bars, strict=True)],
    )


def _reopened(tickets: Any, whole: Span) -> dict[str, Any]:
    found: dict[str, Any] = tickets.filter(cohorts.ever_solved(whole)).aggregate(
        ever_solved=Count("pk"), reopened=Count("pk", filter=Q(reopen_count__gt=0))
    )
    return found


def _ratings(tickets: Any, whole: Span) -> dict[str, Any]:
    keys = tickets.values("pk")
    ratings = cohorts.csat().order_by().filter(whole.holds("at"), ticket__in=keys)
    requests = RatingRequest.objects.order_by().filter(whole.holds("requested_at"), ticket__in=keys)
    given = requests.aggregate(
        asked=Count("ticket", distinct=True),
        answered=Count("ticket", distinct=True, filter=Q(answered_at__isnull=False)),
    )
    return {**ratings.aggregate(csat=Avg(F("value") * 1.0), rated=Count("ticket", distinct=True)), **given}
