from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.behaviour.calendar import MOST_STEPS, TooManySteps, steps_between
from analytics.behaviour.events import HOUR


def hours_of(zone: str, first: date, last: date) -> list[float]:
    steps = steps_between(first, last, "day", ZoneInfo(zone))
    return [(end - start) / HOUR for start, end in zip(steps.starts, steps.starts[1:], strict=False)]


@pytest.mark.parametrize(
    ("zone", "first", "expected"),
    [
        ("Europe/London", date(2026, 3, 28), [24, 23, 24]),
        ("Europe/London", date(2026, 10, 24), [24, 25, 24]),
        ("America/Havana", date(2011, 3, 19), [24, 23, 24]),  # the day begins at one o'clock
        ("America/Havana", date(2011, 11, 12), [24, 25, 24]),  # and here it has two midnights
        ("Pacific/Apia", date(2011, 12, 29), [24, 0, 24]),  # a day that was left out
        ("Asia/Shanghai", date(2026, 3, 28), [24, 24, 24]),
    ],
)
def test_days_are_those_of_the_clock_on_the_wall(zone: str, first: date, expected: list[int]) -> None:
    assert hours_of(zone, first, date.fromordinal(first.toordinal() + 2)) == expected


def test_weeks_begin_on_monday_and_the_ends_are_cut_to_the_period() -> None:
    steps = steps_between(date(2026, 6, 3), date(2026, 6, 16), "week", ZoneInfo("UTC"))
    assert steps.days == (date(2026, 6, 3), date(2026, 6, 8), date(2026, 6, 15))
    ends = np.array([steps.start - 1, steps.start, steps.starts[1] - 1, steps.starts[1], steps.end - 1, steps.end])
    assert steps.places(ends).tolist() == [-1, 0, 0, 1, 2, -1]


def test_months_follow_each_other_over_the_end_of_a_year_and_go_on_whole() -> None:
    steps = steps_between(date(2026, 12, 31), date(2027, 1, 1), "month", ZoneInfo("UTC"), further=2)
    assert steps.days == (date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1))
    assert steps.starts[-1] == steps_between(date(2027, 4, 1), date(2027, 4, 1), "day", ZoneInfo("UTC")).start


def test_more_steps_than_a_page_shows_are_refused() -> None:
    first = date(2026, 1, 1)
    last = date.fromordinal(first.toordinal() + MOST_STEPS)
    assert len(steps_between(first, date.fromordinal(last.toordinal() - 1), "day", ZoneInfo("UTC"))) == MOST_STEPS
    with pytest.raises(TooManySteps):
        steps_between(first, last, "day", ZoneInfo("UTC"))
