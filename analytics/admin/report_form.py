"""What a report of the service desk is asked for."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.choices import Granularity
from analytics.operations.report_period import Period, PeriodIsUnusable
from customers.admin.page_forms import DayInput, Plain
from services.models import Agent, Queue

USUAL_DAYS = 28


class ReportForm(Plain, forms.Form):
    """Period, steps, queue and agent. Whatever is left out is as usual: the last four weeks, by day, of everybody."""

    first = forms.DateField(label=_("From"), widget=DayInput)
    last = forms.DateField(label=_("To"), widget=DayInput)
    by = forms.ChoiceField(label=_("In steps of a"), choices=Granularity.choices)
    queue = forms.ModelChoiceField(
        label=_("Queue"), queryset=Queue.objects.none(), required=False, empty_label=_("All queues")
    )
    agent = forms.ModelChoiceField(
        label=_("Agent"), queryset=Agent.objects.none(), required=False, empty_label=_("All agents")
    )

    def __init__(self, asked: Any, *, user: Any, today: date) -> None:
        usual = {
            "first": (today - timedelta(days=USUAL_DAYS - 1)).isoformat(),
            "last": today.isoformat(),
            "by": Granularity.DAY.value,
        }
        super().__init__({**usual, **{name: value for name, value in asked.items() if value}})
        choices: Any = self.fields
        choices["queue"].queryset = Queue.objects.visible_to(user).order_by("name")
        choices["agent"].queryset = Agent.objects.visible_to(user).order_by("name")

    def clean(self) -> dict[str, Any]:
        """Make a period of the days."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if {"first", "last", "by"} <= given.keys():
            try:
                given["period"] = Period(given["first"], given["last"], Granularity(given["by"]))
            except PeriodIsUnusable as error:
                raise forms.ValidationError(str(error)) from error
        return given
