"""The report of the service desk against one that is reckoned ticket by ticket, from histories."""

from datetime import date, datetime, timedelta
from statistics import mean
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.choices import Granularity
from analytics.operations.report_period import Period, PeriodIsUnusable
from analytics.operations.service_report import EDGES, ServiceReport, service_report
from analytics.tests.busy_desk import DAYS, make_busy
from customers.models import Customer, Team, User
from services.choices import UNSOLVED
from services.models import Queue, RatingRequest, SatisfactionRating, Ticket
from services.operations.refresh_clocks import clock_events
from services.operations.sla_terms import terms_of
from services.sla import clock
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db
FIRST = NOW.date() + timedelta(days=3)
LAST = NOW.date() + timedelta(days=DAYS)


@pytest.fixture
def desk(acme: Customer, queue: Queue, ann: User, north: Team) -> list[Queue]:
    from services.models import Agent

    ben = make_user("ben", north, role="Agent")
    Agent.objects.create(user=ben, name="Ben")
    other = Queue.objects.create(name="Returns", team=north, calendar=queue.calendar)
    make_busy(acme, [queue, other], [ann, ben], tickets=60)
    return [queue, other]


def report(user: User, by: Granularity = Granularity.DAY, **more: Any) -> ServiceReport:
    return service_report(user=user, period=Period(FIRST, LAST, by), **more)


def status_at(ticket: Ticket, at: datetime) -> str:
    told = [event.status_after for event in ticket.events.order_by("at", "pk") if event.at < at]
    return told[-1] if told else ""


@pytest.mark.parametrize("by", list(Granularity))
def test_every_step_has_what_came_what_went_and_what_was_open(desk: Any, root: User, by: Granularity) -> None:
    tickets = list(Ticket.objects.all())
    assert sum(ticket.reopen_count for ticket in tickets) > 5
    found = report(root, by)
    for step in found.steps:
        within = [t for t in tickets if step.start <= t.created_at < step.end]
        assert step.opened == len(within)
        assert step.solved == sum(1 for t in tickets if t.solved_at and step.start <= t.solved_at < step.end)
        assert step.open_at_end == sum(status_at(t, step.end) in UNSOLVED for t in tickets), step.first
    assert found.opened == sum(step.opened for step in found.steps) > 20


def test_targets_kept_and_missed_add_up_over_steps_queues_and_agents(desk: Any, root: User) -> None:
    found = report(root, Granularity.WEEK)
    for which in ("first_reply", "next_reply", "resolution"):
        total = found.targets[which]
        assert total.kept, which
        assert total.missed, which
        for parts in (found.steps, found.queues, found.agents):
            assert sum(part.targets[which].kept for part in parts) == total.kept
            assert sum(part.targets[which].missed for part in parts) == total.missed
    assert [group.name for group in found.queues] == ["North support", "Returns"]
    assert [group.name for group in found.agents] == ["Ann", "Ben", ""]
    start, end = found.period.start, found.period.end
    late = [t for t in Ticket.objects.all() if t.first_reply_breached_at and start <= t.first_reply_breached_at < end]
    kept = [
        t
        for t in Ticket.objects.all()
        if not t.first_reply_breached_at and t.first_replied_at and start <= t.first_replied_at < end
    ]
    assert (found.targets["first_reply"].missed, found.targets["first_reply"].kept) == (len(late), len(kept))


def test_later_replies_are_kept_and_missed_as_the_histories_tell(desk: Any, root: User) -> None:
    found = report(root)
    kept = missed = 0
    for ticket in Ticket.objects.all():
        events, terms = list(ticket.events.all()), terms_of(ticket)
        waits = clock.next_replies(clock_events(events), events[-1].at)
        late = [clock.wait_breached_at(wait, terms.next_reply or 0, terms.hours, events[-1].at) for wait in waits]
        first = min((since for since in late if since), default=None)
        missed += first is not None and found.period.start <= first < found.period.end
        solved = ticket.solved_at is not None and found.period.start <= ticket.solved_at < found.period.end
        kept += bool(waits) and first is None and solved
    assert (found.targets["next_reply"].kept, found.targets["next_reply"].missed) == (kept, missed)
    assert kept > 3 and missed > 3


def test_distributions_are_those_of_the_tickets(desk: Any, root: User) -> None:
    found = report(root)
    start, end = found.period.start, found.period.end
    rows = Ticket.objects.filter(solved_at__gte=start, solved_at__lt=end)
    seconds = sorted(took or 0 for took in rows.values_list("resolution_seconds", flat=True))
    assert found.resolution.count == len(seconds) > 10
    assert found.resolution.median == seconds[-(-len(seconds) // 2) - 1]
    assert found.resolution.p90 == seconds[-(-len(seconds) * 9 // 10) - 1]
    assert [bar.least for bar in found.resolution.bars] == list(EDGES)
    for bar in found.resolution.bars:
        assert bar.count == sum(bar.least <= s and (bar.below is None or s < bar.below) for s in seconds)


def test_reopenings_ratings_and_answers(desk: Any, root: User) -> None:
    found = report(root)
    start, end = found.period.start, found.period.end
    opened = [t for t in Ticket.objects.all() if start <= t.created_at < end]
    assert found.ever_solved == sum(bool(t.solved_at or t.reopen_count) for t in opened)
    assert found.reopened == sum(bool(t.reopen_count) for t in opened) > 0
    ratings = [r for r in SatisfactionRating.objects.filter(replaced_by=None) if start <= r.at < end]
    assert found.csat == pytest.approx(mean(r.value for r in ratings))
    assert found.rated == len({r.ticket_id for r in ratings})
    asked = [r for r in RatingRequest.objects.all() if start <= r.requested_at < end]
    assert (found.asked, found.answered) == (len(asked), sum(bool(r.answered_at) for r in asked))


def test_a_queue_and_an_agent_narrow_it_down(desk: list[Queue], root: User, ann: User) -> None:
    found = report(root, queue=desk[1].pk, agent=ann.agent.pk)
    tickets = Ticket.objects.filter(queue=desk[1], assignee=ann.agent)
    opened = tickets.filter(created_at__gte=found.period.start, created_at__lt=found.period.end)
    assert 0 < found.opened == opened.count() < report(root).opened
    assert {group.key for group in found.agents} == {ann.agent.pk}


def test_an_outsider_counts_nothing(desk: Any, otto: User) -> None:
    found = report(otto)
    assert (found.opened, found.solved, found.steps[-1].open_at_end, found.asked) == (0, 0, 0, 0)
    assert found.csat is None and found.first_reply.median is None and not found.queues


def test_days_are_those_of_the_time_zone(acme: Customer, queue: Queue, root: User, settings: Any) -> None:
    from django.utils.timezone import override

    from services.operations.open_ticket import open_ticket

    open_ticket(
        customer=acme, subject="x", queue=queue, by=None, at=datetime.fromisoformat("2026-06-03T20:00:00+00:00")
    )
    with override("Asia/Kolkata"):  # half an hour off the full hour
        found = service_report(user=root, period=Period(date(2026, 6, 2), date(2026, 6, 5)))
    assert [step.opened for step in found.steps] == [0, 0, 1, 0]
    assert [step.open_at_end for step in found.steps] == [0, 0, 1, 1]


def test_its_queries_are_few_and_do_not_grow(desk: Any, root: User, ann: User) -> None:
    def asked(period: Period) -> int:
        with CaptureQueriesContext(connection) as queries:
            service_report(user=root, period=period)
        return len(queries)

    few = asked(Period(FIRST, FIRST))
    assert asked(Period(FIRST, LAST)) <= few + 2  # the names of queues and agents, where there are any
    assert few <= 18


def test_nonsense_is_refused() -> None:
    with pytest.raises(PeriodIsUnusable, match="before it begins"):
        Period(date(2026, 2, 1), date(2026, 1, 1))
    with pytest.raises(PeriodIsUnusable, match="more than 400 steps"):
        Period(date(2020, 1, 1), date(2026, 1, 1))
    with pytest.raises(PeriodIsUnusable, match="out of range"):
        Period(date(1, 1, 1), date(1, 1, 2))
    assert len(Period(date(2020, 1, 1), date(2026, 1, 1), Granularity.WEEK).steps()) == 314


def test_weeks_begin_on_monday_and_are_cut_to_the_period() -> None:
    steps = Period(date(2026, 6, 3), date(2026, 6, 16), Granularity.WEEK).steps()
    assert steps == [
        (date(2026, 6, 3), date(2026, 6, 8)),
        (date(2026, 6, 8), date(2026, 6, 15)),
        (date(2026, 6, 15), date(2026, 6, 17)),
    ]
    months = Period(date(2026, 1, 31), date(2026, 3, 1), Granularity.MONTH).steps()
    assert months == [
        (date(2026, 1, 31), date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 3, 2)),
    ]
