"""Calendars: when the clocks run."""

from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from customers.admin.base import CandidModelAdmin, CandidTabularInline
from customers.admin.forms import CandidForm
from services.admin.business_hours_field import BusinessHoursField, spoken
from services.admin.holidays_page import holidays_page
from services.admin.recompute_page import tell_stale
from services.models import Calendar, Holiday


class CalendarForm(CandidForm):
    """A calendar whose zone exists and which opens now and then."""

    hours = BusinessHoursField(label=_("Business hours"), help_text=_("Local time, like 09:00-12:30, 13:30-18:00."))

    class Meta:
        model = Calendar
        fields = ["name", "time_zone", "hours"]

    def clean_time_zone(self) -> str:
        """A zone that exists."""
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone. For example: Europe/London, Asia/Shanghai."))
        return zone


class HolidayInline(CandidTabularInline):
    """Days on which the calendar is closed."""

    model = Holiday
    fields = ["date", "name"]
    ordering = ["-date"]
    hide_title = True
    tab = True


@admin.register(Calendar)
class CalendarAdmin(CandidModelAdmin):
    """Calendars with their holidays."""

    form = CalendarForm
    list_display = ["name", "time_zone", "week"]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "time_zone", "hours"]
    inlines = [HolidayInline]
    change_form_outer_before_template = "admin/services/calendar/before.html"

    def get_urls(self) -> list[URLPattern]:
        """Public holidays are chosen at .../holidays/."""
        page = self.admin_site.admin_view(self.holidays)
        return [path("<int:pk>/holidays/", page, name="services_calendar_holidays"), *super().get_urls()]

    def holidays(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close the calendar on the public holidays of a country."""
        return holidays_page(self, request, pk)

    def response_change(self, request: HttpRequest, obj: Calendar) -> HttpResponse:
        """After a change, due times are stale."""
        tell_stale(request)
        return super().response_change(request, obj)  # type: ignore[no-any-return]

    class Media:
        css = {"all": ["services/desk.css"]}

    @admin.display(description=_("open"))
    def week(self, calendar: Calendar) -> str:
        """On how many days, and the usual hours."""
        lines = [spoken(spans) for spans in calendar.hours.values() if spans]
        return f"{len(lines)} × {max(set(lines), key=lines.count)}" if lines else "–"
