"""Business hours as people say them: a line of intervals for each weekday, in place of JSON."""

import re
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

from services.sla.business_time import BusinessHours

SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-\u2013]\s*(\d{1,2}:\d{2})")
BETWEEN = re.compile("[,;\uff0c\u3001]")

Hours = dict[str, list[list[str]]]


def spoken(spans: list[list[str]]) -> str:
    """[["09:00", "12:30"], ...] as “09:00-12:30, ...”."""
    return ", ".join(f"{start}-{end}" for start, end in spans)


def understood(text: str, day: int) -> list[list[str]]:
    """“9:00-12:30, 13:30-18:00” as intervals. Raises ValidationError, naming the day."""
    spans = []
    for part in filter(None, (piece.strip() for piece in BETWEEN.split(text))):
        found = SPAN.fullmatch(part)
        if found is None:
            text = _("%(day)s: write intervals like 09:00-12:30, 13:30-18:00; leave the line empty when closed.")
            raise forms.ValidationError(text % {"day": WEEKDAYS[day]})
        spans.append([time.zfill(5) for time in found.groups()])
    try:
        BusinessHours.from_json({str(day): spans})
    except ValueError as error:
        text = _("%(day)s: an interval ends before it begins, or two overlap.")
        raise forms.ValidationError(text % {"day": WEEKDAYS[day]}) from error
    return spans


class BusinessHoursWidget(forms.MultiWidget):
    """Seven lines under one another, Monday first."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([UnfoldAdminTextInputWidget() for _day in WEEKDAYS], attrs)

    def decompress(self, value: Any) -> list[str]:
        """The lines of stored hours."""
        hours: Hours = value or {}
        return [spoken(hours.get(str(day), [])) for day in WEEKDAYS]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Each line with the name of its day."""
        lines = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        rows = (
            (line["attrs"].get("id", ""), day, widget.render(line["name"], line["value"], line["attrs"]))
            for day, widget, line in zip(WEEKDAYS.values(), self.widgets, lines, strict=True)
        )
        row = '<label for="{}">{}</label>{}'
        return format_html('<div class="desk-hours">{}</div>', format_html_join("", row, rows))


class BusinessHoursField(forms.MultiValueField):
    """Reads the seven lines into what Calendar.hours holds."""

    def __init__(self, **kwargs: Any) -> None:
        lines = [forms.CharField(required=False, max_length=200) for _day in WEEKDAYS]
        super().__init__(lines, require_all_fields=False, widget=BusinessHoursWidget, **kwargs)

    def compress(self, data_list: list[str]) -> Hours:
        """The hours. Raises ValidationError for a line that is none, and where it is never open."""
        hours = {str(day): spans for day, text in enumerate(data_list) if (spans := understood(text or "", day))}
        if not hours:
            raise forms.ValidationError(_("Open at least once a week: else no clock would ever run."))
        return hours

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the hours differ, however they are spelt."""
        try:
            return bool(self.clean(data) != (initial or {}))
        except forms.ValidationError:
            return True
