"""What holds for the clocks of every history, with generated histories and calendars."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.business_time import ALWAYS_OPEN, BusinessHours
from services.sla.clock import (
    ClockEvent,
    TapeKind,
    breached_at,
    due_at,
    first_reply,
    next_replies,
    resolution_seconds,
    tape,
    wait_breached_at,
    wait_seconds,
)
from services.tests.sla.strategies import START, any_calendars, calendars, quick

KINDS = ["customer_message", "agent_reply", "auto_reply", "note", "status", "assigned"]
STATUSES = [None, "new", "open", "pending", "on_hold", "solved", "closed", "merged"]

# Few distinct moments, so that many events share one.
hours_after = st.integers(0, 400).map(lambda quarter: START + timedelta(days=80, minutes=45 * quarter))
_events = st.builds(ClockEvent, hours_after, st.sampled_from(KINDS), st.sampled_from(STATUSES))
histories = st.builds(
    lambda opened, later: [ClockEvent(opened, "opened", "new"), *(e for e in later if e.at >= opened)],
    hours_after,
    st.lists(_events, max_size=12),
)
as_ofs = st.integers(0, 400).map(lambda hour: START + timedelta(days=80, hours=hour))
targets = st.integers(0, 100 * 3600).map(float)


@quick
@given(histories, any_calendars, as_ofs, as_ofs)
def test_counted_time_is_monotone_and_never_exceeds_business_time(
    events: list[ClockEvent], hours: BusinessHours, a: datetime, b: datetime
) -> None:
    a, b = sorted([a, b])
    before, after = resolution_seconds(events, hours, a), resolution_seconds(events, hours, b)
    assert before <= after + 1e-9
    assert after - before <= hours.elapsed(a, b) + 1e-6


@quick
@given(histories, any_calendars, as_ofs)
def test_counted_time_is_additive_over_the_intervals_of_the_tape(
    events: list[ClockEvent], hours: BusinessHours, as_of: datetime
) -> None:
    steps = tape(events, hours, as_of)
    counted = sum((s.end - s.start).total_seconds() for s in steps if s.kind is TapeKind.COUNTED)
    assert counted == pytest.approx(resolution_seconds(events, hours, as_of))
    assert all(step.start < step.end <= as_of for step in steps)
    assert all(one.end <= other.start for one, other in pairwise(steps))
    for step in steps:
        if step.kind is not TapeKind.PAUSED:
            length = (step.end - step.start).total_seconds() if step.kind is TapeKind.COUNTED else 0.0
            assert hours.elapsed(step.start, step.end) == length


@quick
@given(histories, calendars, as_ofs, targets)
def test_the_due_time_is_when_the_target_is_used_up(
    events: list[ClockEvent], hours: BusinessHours, as_of: datetime, target: float
) -> None:
    due = due_at(target, events, hours, as_of)
    known = [event for event in events if event.at <= as_of]
    if due is not None:
        assert resolution_seconds(known, hours, due) == pytest.approx(target, abs=1e-5)
    elif known:
        assert resolution_seconds(known, hours, as_of) < target


@quick
@given(histories, calendars, as_ofs, targets)
def test_a_target_is_missed_exactly_when_more_was_counted(
    events: list[ClockEvent], hours: BusinessHours, as_of: datetime, target: float
) -> None:
    counted = resolution_seconds(events, hours, as_of)
    since = breached_at(target, events, hours, as_of)
    assert (since is not None) == (counted > target + 1e-6)
    if since is not None:
        assert resolution_seconds(events, hours, since) == pytest.approx(target, abs=1e-5)
        assert resolution_seconds(events, hours, since + timedelta(microseconds=10)) > target


@quick
@given(histories, st.lists(_events, max_size=6), calendars, as_ofs, targets)
def test_nothing_later_erases_a_breach_or_moves_a_due_time_that_passed(
    events: list[ClockEvent], later: list[ClockEvent], hours: BusinessHours, as_of: datetime, target: float
) -> None:
    more = [*events, *(event for event in later if event.at > as_of)]
    much_later = as_of + timedelta(days=300)
    since = breached_at(target, events, hours, as_of)
    if since is not None:
        assert breached_at(target, more, hours, much_later) == since
    due = due_at(target, events, hours, as_of)
    if due is not None and due <= as_of:
        assert due_at(target, more, hours, much_later) == due


@quick
@given(as_ofs, st.integers(1, 100), st.integers(1, 500), st.integers(1, 200), calendars)
def test_a_pause_and_a_resumption_shift_the_due_time_by_the_pause(
    opened: datetime, before: int, pause: int, after: int, hours: BusinessHours
) -> None:
    target = (before + after) * 3600.0
    events = [ClockEvent(opened, "opened", "new")]
    paused_at = hours.add(opened, before * 3600.0)
    resumed_at = paused_at + timedelta(hours=pause)
    paused = [*events, ClockEvent(paused_at, "status", "pending"), ClockEvent(resumed_at, "status", "open")]
    plain, shifted = due_at(target, events, hours), due_at(target, paused, hours)
    assert plain is not None
    assert shifted is not None
    assert hours.elapsed(plain, shifted) == pytest.approx(hours.elapsed(paused_at, resumed_at), abs=1e-6)
    if hours == ALWAYS_OPEN:
        assert shifted - plain == timedelta(hours=pause)


@quick
@given(as_ofs, st.integers(1, 99), st.integers(1, 500))
def test_round_the_clock_the_shift_is_the_length_of_the_pause(opened: datetime, before: int, pause: int) -> None:
    paused_at = opened + timedelta(hours=before)
    resumed_at = paused_at + timedelta(hours=pause)
    events = [
        ClockEvent(opened, "opened", "new"),
        ClockEvent(paused_at, "status", "on_hold"),
        ClockEvent(resumed_at, "status", "open"),
    ]
    assert due_at(360_000.0, events, ALWAYS_OPEN) == opened + timedelta(hours=100 + pause)


@quick
@given(histories, any_calendars, as_ofs, targets, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_given_changes_nothing(
    events: list[ClockEvent], hours: BusinessHours, as_of: datetime, target: float, chance: random.Random
) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert tape(shuffled, hours, as_of) == tape(events, hours, as_of)
    assert first_reply(shuffled) == first_reply(events)
    assert next_replies(shuffled) == next_replies(events)
    assert breached_at(target, shuffled, hours, as_of) == breached_at(target, events, hours, as_of)


@quick
@given(histories, as_ofs)
def test_events_after_the_moment_are_not_known_yet(events: list[ClockEvent], as_of: datetime) -> None:
    known = [event for event in events if event.at <= as_of]
    assert tape(known, ALWAYS_OPEN, as_of) == tape(events, ALWAYS_OPEN, as_of)
    assert first_reply(known) == first_reply(events, as_of)
    assert next_replies(known) == next_replies(events, as_of)


@quick
@given(histories, any_calendars)
def test_waits_follow_each_other_and_only_the_last_may_go_on(events: list[ClockEvent], hours: BusinessHours) -> None:
    first, later = first_reply(events), next_replies(events)
    assert first is not None
    waits = [first, *later]
    for one, other in pairwise(waits):
        assert one.ended_at is not None
        assert one.asked_at <= one.ended_at <= other.asked_at
    for wait in waits:
        end = START + timedelta(days=200)
        assert wait_seconds(wait, hours, end) == hours.elapsed(wait.asked_at, wait.ended_at or end)


@quick
@given(histories, any_calendars, as_ofs)
def test_the_tape_has_no_two_neighbours_of_one_kind(
    events: list[ClockEvent], hours: BusinessHours, as_of: datetime
) -> None:
    steps = tape(events, hours, as_of)
    assert all(one.end < other.start or one.kind != other.kind for one, other in pairwise(steps))


@quick
@given(histories, calendars, as_ofs, targets)
def test_a_later_wait_is_late_exactly_when_it_took_more_than_its_target(
    events: list[ClockEvent], hours: BusinessHours, as_of: datetime, target: float
) -> None:
    for wait in next_replies(events, as_of):
        late = wait_breached_at(wait, target, hours, as_of)
        assert (late is not None) == (wait_seconds(wait, hours, as_of) > target)
        if late is not None:
            assert hours.elapsed(wait.asked_at, late) == pytest.approx(target, abs=1e-5) and hours.is_open(late)
            # what is known later never moves it
            assert wait_breached_at(wait, target, hours, as_of + timedelta(days=9)) == late


@quick
@given(histories, calendars, as_ofs, targets)
def test_of_the_later_waits_only_a_human_public_reply_or_a_solution_ends_one(
    events: list[ClockEvent], hours: BusinessHours, as_of: datetime, target: float
) -> None:
    noise = [ClockEvent(e.at, kind, None) for e in events for kind in ("note", "auto_reply", "assigned", "warned")]
    assert next_replies([*events, *noise], as_of) == next_replies(events, as_of)


@quick
@given(histories, calendars, st.integers(0, 30 * 86_400))
def test_a_wait_does_not_pause_with_the_resolution(
    events: list[ClockEvent], hours: BusinessHours, seconds: int
) -> None:
    end = max(event.at for event in events)
    asked = [*events, ClockEvent(end, "agent_reply", "open", 1), ClockEvent(end, "customer_message", "open", 2)]
    paused = [*asked, ClockEvent(end, "status", "pending", 3)]
    later = end + timedelta(seconds=seconds)
    [running], [held] = next_replies(asked, later)[-1:], next_replies(paused, later)[-1:]
    assert wait_seconds(running, hours, later) == wait_seconds(held, hours, later) == hours.elapsed(end, later)
