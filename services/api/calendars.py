"""Calendars: when the clocks run, and the days on which they do not."""

from typing import Any
from zoneinfo import available_timezones

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet
from customers.api.fields import Strict, StrictModel, Text
from customers.api.idempotency import once
from customers.api.locking import expected_version
from services.models import Calendar, Holiday
from services.operations.fill_holidays import fill_holidays
from services.operations.public_holidays import FIRST_YEAR, LAST_YEAR, NoSuchHolidays
from services.operations.write_calendar import write_calendar
from services.sla.business_time import BusinessHours

MOST_HOLIDAYS = 1000
MOST_SHIFTS = 24
LONGEST_CODE = 20


class HoursField(serializers.DictField):
    """Weekday ("0" is Monday) to intervals of local time: {"0": [["09:00", "12:30"], ["13:30", "18:00"]]}."""

    child = serializers.ListField(
        child=serializers.ListField(
            child=serializers.RegexField(r"^([01]\d|2[0-4]):[0-5]\d$"), min_length=2, max_length=2
        ),
        max_length=MOST_SHIFTS,
    )

    def to_internal_value(self, data: Any) -> dict[str, list[list[str]]]:
        hours: dict[str, list[list[str]]] = super().to_internal_value(data)
        if not set(hours) <= set("0123456"):
            raise serializers.ValidationError(_("Weekdays go from 0 (Monday) to 6 (Sunday)."))
        try:
            BusinessHours.from_json(hours)
        except ValueError as error:
            raise serializers.ValidationError(_("An interval ends before it begins, or two overlap.")) from error
        return hours


class HolidaySerializer(StrictModel):
    """A day on which the calendar is closed."""

    class Meta:
        model = Holiday
        fields = ["date", "name"]


class CalendarSerializer(StrictModel):
    """Business hours in local time. Holidays that are sent replace those on record."""

    hours = HoursField()
    holidays = HolidaySerializer(many=True, required=False)

    class Meta:
        model = Calendar
        fields = ["id", "name", "time_zone", "hours", "holidays", "version"]
        read_only_fields = ["version"]

    def validate_time_zone(self, zone: str) -> str:
        if zone not in available_timezones():
            raise serializers.ValidationError(
                _("There is no such time zone. For example: Europe/London, Asia/Shanghai.")
            )
        return zone

    def validate_holidays(self, holidays: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(holidays) > MOST_HOLIDAYS:
            raise serializers.ValidationError(_("Give at most %(most)d.") % {"most": MOST_HOLIDAYS})
        if len({holiday["date"] for holiday in holidays}) < len(holidays):
            raise serializers.ValidationError(_("Give each day once."))
        return holidays


class FillHolidaysSerializer(Strict):
    """Whose public holidays, of which years."""

    country = Text(max_length=2, help_text="ISO 3166: DE, CN, ...")
    subdivision = Text(max_length=LONGEST_CODE, required=False, allow_blank=True, help_text="BY, NY, ...")
    first_year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    last_year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)


class CalendarViewSet(CatalogueViewSet):
    """When the clocks run."""

    queryset = Calendar.objects.prefetch_related("holidays")
    serializer_class = CalendarSerializer
    inputs = {"fill_holidays": FillHolidaysSerializer}

    def make(self, *, holidays: Any = (), **values: Any) -> Calendar:
        """Create through the operation."""
        return write_calendar(calendar=Calendar(), changes=values, holidays=holidays, at=timezone.now())

    def change(self, row: Calendar, expected: int | None, *, holidays: Any = None, **values: Any) -> None:
        """Update through the operation."""
        at = timezone.now()
        write_calendar(calendar=row, changes=values, holidays=holidays, expected_version=expected, at=at)

    @action(detail=True, methods=["post"], url_path="fill-holidays", is_verb=True, needs="services.change_calendar")
    @once
    def fill_holidays(self, request: Request, pk: str) -> Response:
        """Close the calendar on the public holidays of a country. Days that are there stay as they are. Answers the
        calendar; tickets keep their due times until they are recomputed."""
        calendar = self.get_object()
        given = self.validated()
        try:
            fill_holidays(
                calendar=calendar,
                country=given["country"],
                subdivision=given.get("subdivision", ""),
                years=range(given["first_year"], given["last_year"] + 1),
                language=get_language() or "",
                expected_version=expected_version(request, required=False),
                at=timezone.now(),
            )
        except NoSuchHolidays as error:
            raise serializers.ValidationError({"country": [str(error)]}) from error
        return self.answer(calendar.pk)
