from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from customers.operations.revise_row import revise_row
from services.models import Calendar, Holiday
from services.operations.public_holidays import public_holidays


@dataclass(frozen=True, slots=True)
class FilledHolidays:
    """Days with their names: those that a calendar gains, and those that it was closed on already."""

    new: dict[date, str]
    known: dict[date, str]


@transaction.atomic
def fill_holidays(
    *,
    calendar: Calendar,
    country: str,
    years: Iterable[int],
    at: datetime,
    subdivision: str = "",
    language: str = "",
    expected_version: int | None = None,
) -> FilledHolidays:
    """Close a calendar on the public holidays of a country, or of a part of it. Days that are there stay as they are,
    with the names that somebody gave them; every day may be changed or taken out by hand afterwards.

    Raises NoSuchHolidays, StaleVersion. Tickets keep their due times until recompute_clocks."""
    # Under the calendar's lock, so that two who fill it at once do not both add a day.
    revise_row(row=calendar, changes={}, expected_version=expected_version, at=at)
    found = holidays_to_fill(
        calendar=calendar, country=country, years=years, subdivision=subdivision, language=language
    )
    Holiday.objects.bulk_create([Holiday(calendar=calendar, date=day, name=name) for day, name in found.new.items()])
    return found


def holidays_to_fill(
    *, calendar: Calendar, country: str, years: Iterable[int], subdivision: str = "", language: str = ""
) -> FilledHolidays:
    """What fill_holidays would do, without doing it. Raises NoSuchHolidays."""
    days = public_holidays(country=country, subdivision=subdivision, years=years, language=language)
    here = dict(calendar.holidays.values_list("date", "name"))
    return FilledHolidays(
        new={day: name for day, name in days.items() if day not in here},
        known={day: here[day] for day in days if day in here},
    )
