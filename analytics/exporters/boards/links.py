"""Addresses of the pages and lists behind the numbers of dashboards."""

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from analytics.choices import ForecastKind
from analytics.demand.calendar import beginning, step_of
from analytics.models import Forecast


def tickets(**asked: Any) -> str:
    """The ticket list, narrowed down."""
    return f"{reverse('admin:services_ticket_changelist')}?{urlencode(asked)}"


def cohort(name: str, start: datetime, end: datetime, **more: Any) -> str:
    """The tickets of a cohort of services.cohorts in a time."""
    return tickets(cohort=name, **_span(start, end), **more)


def orders(start: datetime, end: datetime) -> str:
    """All orders of a time that were not cancelled."""
    return f"{reverse('admin:customers_order_changelist')}?{urlencode({'bought': 'anything', **_span(start, end)})}"


def customers(**asked: Any) -> str:
    """The customer list, narrowed down."""
    return f"{reverse('admin:customers_customer_changelist')}?{urlencode(asked)}"


def people(report: int, segment: int | None, cell: str) -> str:
    """The customers behind a cell of a behaviour report."""
    asked = {**({"segment": segment} if segment else {}), "cell": cell}
    return f"{reverse('admin:analytics_savedreport_customers', args=[report])}?{urlencode(asked)}"


def step_of_forecast(forecast: Forecast, day: date) -> str:
    """The orders, or tickets, of a step; whoever follows it sees those that are theirs to see."""
    zone = timezone.get_default_timezone()
    step = step_of(day, forecast.days)
    start, end = (beginning(number, forecast.days, zone).isoformat() for number in (step, step + 1))
    if forecast.kind == ForecastKind.TICKETS:
        asked = {"cohort": "opened", "queue__id__exact": forecast.queue_id, "from": start, "to": end}
        return f"{reverse('admin:services_ticket_changelist')}?{urlencode(asked)}"
    thing = f"product:{forecast.product_id}" if forecast.product_id else f"category:{forecast.category_id}"
    asked = {"bought": thing, "from": start, "to": end}
    if forecast.segment_id:
        asked["segment"] = forecast.segment_id
    return f"{reverse('admin:customers_order_changelist')}?{urlencode(asked)}"


def _span(start: datetime, end: datetime) -> dict[str, str]:
    return {"from": start.astimezone(UTC).isoformat(), "to": end.astimezone(UTC).isoformat()}
