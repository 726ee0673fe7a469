"""The clocks of a ticket: the cases of a service desk, one by one."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.sla.business_time import ALWAYS_OPEN, BusinessHours
from services.sla.clock import (
    ClockEvent,
    Wait,
    breached_at,
    due_at,
    first_reply,
    next_replies,
    reopened_at,
    resolution_seconds,
    solved_at,
    tape,
    wait_breached_at,
    wait_seconds,
)

HOUR = 3600.0
OFFICE = BusinessHours({day: [(time(9), time(17))] for day in range(5)})


def at(hour: float, day: int = 3) -> datetime:
    """A moment of a week in June 2024 whose Monday is the 3rd."""
    return datetime(2024, 6, day, tzinfo=UTC) + timedelta(hours=hour)


def happened(moment: datetime, kind: str, status: str | None = None) -> ClockEvent:
    return ClockEvent(moment, kind, status)


OPENED = happened(at(9), "opened", "new")
PAUSED = [
    OPENED,
    happened(at(10), "agent_reply", "pending"),
    happened(at(14), "customer_message", "open"),
    happened(at(16), "agent_reply", "solved"),
]


def test_pauses_do_not_count_and_solving_stops() -> None:
    assert resolution_seconds(PAUSED, ALWAYS_OPEN, at(9.5)) == 0.5 * HOUR
    assert resolution_seconds(PAUSED, ALWAYS_OPEN, at(12)) == HOUR
    assert resolution_seconds(PAUSED, ALWAYS_OPEN, at(15)) == 2 * HOUR
    assert resolution_seconds(PAUSED, ALWAYS_OPEN, at(90)) == 3 * HOUR


def test_a_reopened_ticket_counts_on() -> None:
    events = [*PAUSED, happened(at(20), "reopened", "open")]
    assert resolution_seconds(events, ALWAYS_OPEN, at(22)) == 5 * HOUR
    assert solved_at(events, at(19)) == at(16)
    assert solved_at(events, at(20)) is None
    assert reopened_at(events) == (at(20),)


def test_closing_a_solved_ticket_leaves_the_time_it_was_solved() -> None:
    events = [*PAUSED, happened(at(40), "status", "closed")]
    assert solved_at(events) == at(16)
    assert reopened_at(events) == ()


def test_the_tape_shows_what_counted_what_paused_and_what_was_closed() -> None:
    events = [
        happened(at(16), "opened", "new"),
        happened(at(10, 4), "status", "on_hold"),
        happened(at(11, 4), "status", "open"),
        happened(at(12, 4), "status", "solved"),
        happened(at(16, 4), "reopened", "open"),
    ]
    shown = [(step.start, step.end, step.kind) for step in tape(events, OFFICE, at(18, 4))]
    assert shown == [
        (at(16), at(17), "counted"),
        (at(17), at(9, 4), "closed_hours"),
        (at(9, 4), at(10, 4), "counted"),
        (at(10, 4), at(11, 4), "paused"),
        (at(11, 4), at(12, 4), "counted"),
        (at(16, 4), at(17, 4), "counted"),
        (at(17, 4), at(18, 4), "closed_hours"),
    ]


def test_the_tape_has_no_empty_stretches() -> None:
    assert [(step.start, step.end, step.kind) for step in tape(PAUSED, ALWAYS_OPEN, at(10))] == [
        (at(9), at(10), "counted")
    ]


def test_a_due_time_moves_with_the_pauses_so_far() -> None:
    assert due_at(2 * HOUR, PAUSED, ALWAYS_OPEN, at(9)) == at(11)
    assert due_at(2 * HOUR, PAUSED, ALWAYS_OPEN, at(10)) is None
    assert due_at(2 * HOUR, PAUSED, ALWAYS_OPEN, at(14)) == at(15)
    assert due_at(4 * HOUR, PAUSED, ALWAYS_OPEN) is None


def test_a_due_time_that_was_reached_stays() -> None:
    assert due_at(HOUR / 2, PAUSED, ALWAYS_OPEN) == at(9.5)
    assert due_at(2 * HOUR, PAUSED, ALWAYS_OPEN) == at(15)


def test_a_breach_is_never_erased() -> None:
    assert breached_at(2 * HOUR, PAUSED, ALWAYS_OPEN, at(15)) is None
    assert breached_at(2 * HOUR, PAUSED, ALWAYS_OPEN, at(15.1)) == at(15)
    assert breached_at(2 * HOUR, PAUSED, ALWAYS_OPEN, at(1000)) == at(15)


def test_a_target_kept_to_the_second_is_kept() -> None:
    assert breached_at(3 * HOUR, PAUSED, ALWAYS_OPEN, at(1000)) is None
    assert breached_at(3 * HOUR - 1e-6, PAUSED, ALWAYS_OPEN, at(1000)) == at(16) - timedelta(microseconds=1)


def test_a_target_used_up_at_closing_time_is_missed_when_the_next_day_opens() -> None:
    assert due_at(8 * HOUR, [OPENED], OFFICE) == at(17)
    assert breached_at(8 * HOUR, [OPENED], OFFICE, at(23)) is None
    assert breached_at(8 * HOUR, [OPENED], OFFICE, at(9.1, 4)) == at(9, 4)


def test_a_target_used_up_as_a_pause_begins_is_missed_when_it_ends() -> None:
    assert due_at(HOUR, PAUSED, ALWAYS_OPEN) == at(10)
    assert breached_at(HOUR, PAUSED, ALWAYS_OPEN, at(13)) is None
    assert breached_at(HOUR, PAUSED, ALWAYS_OPEN, at(15)) == at(14)


def test_the_first_reply_is_human_and_public() -> None:
    events = [
        OPENED,
        happened(at(9), "auto_reply"),
        happened(at(9.5), "note"),
        happened(at(11), "agent_reply"),
        happened(at(12), "agent_reply"),
    ]
    assert first_reply(events) == Wait(at(9), replied_at=at(11))
    assert first_reply(events, at(10)) == Wait(at(9))


def test_a_reply_before_the_question_answers_nothing() -> None:
    events = [happened(at(8), "agent_reply"), happened(at(9), "customer_message")]
    assert first_reply(events) == Wait(at(9))
    assert first_reply(events[:1]) is None
    assert first_reply([]) is None


def test_a_ticket_solved_without_a_reply_waits_no_longer() -> None:
    events = [OPENED, happened(at(12), "status", "solved"), happened(at(15), "status", "closed")]
    wait = first_reply(events)
    assert wait == Wait(at(9), settled_at=at(12))
    assert wait_seconds(wait, ALWAYS_OPEN, at(50)) == 3 * HOUR
    reopened = [*events[:2], happened(at(13), "reopened", "open"), happened(at(14), "agent_reply")]
    assert first_reply(reopened) == Wait(at(9), replied_at=at(14))


def test_next_replies_begin_with_the_first_message_since_the_last_reply() -> None:
    events = [
        OPENED,
        happened(at(9.5), "customer_message"),
        happened(at(10), "agent_reply", "pending"),
        happened(at(11), "customer_message", "open"),
        happened(at(12), "customer_message"),
        happened(at(13), "agent_reply", "pending"),
        happened(at(15), "customer_message", "open"),
    ]
    assert next_replies(events) == (Wait(at(11), replied_at=at(13)), Wait(at(15)))
    assert next_replies(events, at(12)) == (Wait(at(11)),)
    assert next_replies(events[:3]) == ()


def test_solving_settles_a_wait_and_thanks_ask_nothing() -> None:
    events = [*PAUSED, happened(at(17), "customer_message")]
    assert next_replies(events) == (Wait(at(14), replied_at=at(16)),)
    settled = [*PAUSED[:3], happened(at(15), "status", "solved")]
    assert next_replies(settled) == (Wait(at(14), settled_at=at(15)),)


@pytest.mark.parametrize("later", [17.0, 20.0])
def test_a_message_that_reopens_is_waited_for_since_the_reopening(later: float) -> None:
    events = [*PAUSED, happened(at(17), "customer_message"), happened(at(later), "reopened", "open")]
    assert next_replies(events)[-1] == Wait(at(later))


def test_a_wait_is_missed_in_business_time_whatever_the_status() -> None:
    wait = Wait(at(16), replied_at=at(10, 4))
    assert wait_seconds(wait, OFFICE, at(20)) == HOUR
    assert wait_seconds(wait, OFFICE, at(20, 7)) == 2 * HOUR
    assert wait_breached_at(wait, 1.5 * HOUR, OFFICE, at(20)) is None
    assert wait_breached_at(wait, 1.5 * HOUR, OFFICE, at(20, 7)) == at(9.5, 4)
    assert wait_breached_at(wait, 2 * HOUR, OFFICE, at(20, 7)) is None


def test_events_of_one_moment_follow_their_sequence() -> None:
    flip = [ClockEvent(at(10), "status", "pending", 2), ClockEvent(at(10), "status", "open", 1)]
    assert due_at(HOUR, [OPENED, *flip], ALWAYS_OPEN, at(11)) == at(10)
    assert due_at(2 * HOUR, [OPENED, *flip], ALWAYS_OPEN, at(11)) is None


def test_the_change_of_clocks_is_counted_in_real_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    nights = BusinessHours({day: [(time(0), time(6))] for day in range(7)}, tz="Europe/Berlin")
    for day, month, length in ((31, 3, 5), (27, 10, 7), (3, 6, 6)):
        midnight = datetime(2024, month, day, tzinfo=berlin)
        events = [ClockEvent(midnight, "opened", "new")]
        assert resolution_seconds(events, nights, midnight + timedelta(hours=12)) == length * HOUR


def test_the_repeated_hour_of_autumn_keeps_its_order() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2024, 10, 27, 2, 45, tzinfo=berlin)
    second = datetime(2024, 10, 27, 2, 15, tzinfo=berlin, fold=1)
    events = [ClockEvent(second, "status", "solved"), ClockEvent(first, "opened", "new")]
    assert resolution_seconds(events, ALWAYS_OPEN, second + timedelta(days=1)) == HOUR / 2


def test_impossible_events_are_refused() -> None:
    with pytest.raises(ValueError, match="'done' is not a status"):
        tape([ClockEvent(at(9), "opened", "done")], ALWAYS_OPEN, at(10))
    with pytest.raises(ValueError, match="must have a time zone"):
        tape([ClockEvent(datetime(2024, 1, 1), "opened", "new")], ALWAYS_OPEN, at(10))


def test_a_ticket_without_events_has_no_clock() -> None:
    assert tape([], ALWAYS_OPEN, at(9)) == []
    assert resolution_seconds([OPENED], ALWAYS_OPEN, at(8)) == 0
    assert due_at(HOUR, [], ALWAYS_OPEN) is None
    assert breached_at(0, [], ALWAYS_OPEN, at(9)) is None
