from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.operations.add_row import add_row
from customers.operations.revise_row import revise_row
from services.models import Calendar, Holiday


@transaction.atomic
def write_calendar(
    *,
    calendar: Calendar,
    changes: dict[str, Any],
    at: datetime,
    holidays: Iterable[dict[str, Any]] | None = None,
    expected_version: int | None = None,
) -> Calendar:
    """Save a new or existing calendar and, unless None, replace its holidays: each day once.

    Raises StaleVersion, ValidationError. Tickets under way keep their due times until their next event or until
    recompute_clocks."""
    if calendar._state.adding:
        for name, value in changes.items():
            setattr(calendar, name, value)
        add_row(row=calendar, at=at)
    else:
        revise_row(row=calendar, changes=changes, expected_version=expected_version, at=at)
    if holidays is not None:
        wanted = {holiday["date"]: holiday.get("name", "") for holiday in holidays}
        calendar.holidays.exclude(date__in=wanted).delete()
        for holiday in calendar.holidays.all():
            name = wanted.pop(holiday.date)
            if holiday.name != name:
                holiday.name = name
                holiday.save(update_fields=["name"])
        Holiday.objects.bulk_create(Holiday(calendar=calendar, date=day, name=name) for day, name in wanted.items())
    return calendar
