"""Public holidays from the `holidays` package: per country and part, added once, editable."""

from datetime import date

import pytest

from customers.models import StaleVersion
from services.models import Calendar, Queue
from services.operations.fill_holidays import fill_holidays, holidays_to_fill
from services.operations.public_holidays import NoSuchHolidays, countries, public_holidays
from services.operations.sla_terms import hours_of
from tests.cast import NOW

EPIPHANY = date(2027, 1, 6)


def test_a_country_and_its_part_have_their_own(db: None) -> None:
    germany = public_holidays(country="DE", subdivision="", years=[2027])
    bavaria = public_holidays(country="DE", subdivision="BY", years=[2027])
    assert EPIPHANY not in germany and EPIPHANY in bavaria
    assert set(germany) < set(bavaria)
    assert list(bavaria) == sorted(bavaria)


def test_names_are_in_the_language_that_was_asked_for() -> None:
    day = date(2027, 10, 1)
    assert public_holidays(country="CN", subdivision="", years=[2027], language="en-gb")[day] == "National Day"
    assert "国庆节" in public_holidays(country="CN", subdivision="", years=[2027], language="zh-hans")[day]
    assert public_holidays(country="DE", subdivision="", years=[2027], language="de")[date(2027, 1, 1)] == "Neujahr"


@pytest.mark.parametrize(
    ("country", "part", "years"),
    [("XX", "", [2027]), ("DE", "TX", [2027]), ("DE", "", []), ("DE", "", [3000]), ("DE", "", range(1990, 2030))],
)
def test_what_there_is_not_is_refused(country: str, part: str, years: list[int]) -> None:
    with pytest.raises(NoSuchHolidays):
        public_holidays(country=country, subdivision=part, years=years)


def test_countries_go_by_two_letters() -> None:
    assert {"DE", "CN", "US"} <= countries().keys() and all(len(code) == 2 for code in countries())
    assert "BY" in countries()["DE"]


def test_a_calendar_is_closed_on_them(queue: Queue) -> None:
    calendar = queue.calendar
    done = fill_holidays(calendar=calendar, country="DE", subdivision="BY", years=[2027, 2028], at=NOW)
    assert EPIPHANY in done.new and not done.known
    assert set(calendar.holidays.values_list("date", flat=True)) == set(done.new)
    assert EPIPHANY in hours_of(calendar).holidays
    assert Calendar.objects.get(pk=calendar.pk).version == 2


def test_days_that_are_there_keep_their_names_and_twice_is_once(queue: Queue) -> None:
    queue.calendar.holidays.create(date=EPIPHANY, name="Three kings")
    shown = holidays_to_fill(calendar=queue.calendar, country="DE", subdivision="BY", years=[2027])
    assert shown.known == {EPIPHANY: "Three kings"}
    done = fill_holidays(calendar=queue.calendar, country="DE", subdivision="BY", years=[2027], at=NOW)
    assert done == shown
    again = fill_holidays(calendar=queue.calendar, country="DE", subdivision="BY", years=[2027], at=NOW)
    assert not again.new and len(again.known) == len(done.new) + 1
    assert queue.calendar.holidays.get(date=EPIPHANY).name == "Three kings"


def test_a_stale_calendar_is_refused(queue: Queue) -> None:
    with pytest.raises(StaleVersion):
        fill_holidays(calendar=queue.calendar, country="DE", years=[2027], at=NOW, expected_version=9)
    assert not queue.calendar.holidays.exists()
