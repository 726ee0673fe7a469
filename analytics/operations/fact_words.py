"""Facts in words, each in its own unit."""

from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.scoring.facts import MeasureCode
from customers.choices import SubjectType
from customers.models import Observation, Order

SCALES = {
    "csat": gettext_lazy("%(value)s of 5"),
    "review": gettext_lazy("%(value)s of 5"),
    "nps": gettext_lazy("%(value)s of 10 (NPS)"),
    "ces": gettext_lazy("%(value)s of 7 (effort)"),
}


def describe(row: Observation, *, as_of: datetime, order: Order | None = None) -> str:
    """A fact in words: “4 of 5”, “1 of 2 promises kept”, “replied in 2.5 h (target 1 h)”, “paid 90, list 100”; of the
    promise of an order, as of a moment, “5 days overdue”, for which the order is needed."""
    measure, given, against = MeasureCode(row.measure).label, row.value or 0.0, row.reference or 0.0
    if measure in SCALES:
        return said_of_rating(measure, given)
    if measure == "defect":
        return _("returned for a defect")
    if is_order_promise(row):
        return _said_of_promise(row, as_of, order)
    if measure == "promises":
        return _("%(kept)d of %(made)d promises kept") % {"kept": given, "made": against}
    if measure == "reply":
        if row.value is None:
            return _("still no reply (target %(target)s)") % {"target": duration(against)}
        return _("replied in %(time)s (target %(target)s)") % {"time": duration(given), "target": duration(against)}
    return _("paid %(paid)s, list %(list)s") % {
        "paid": number_format(given, 2, force_grouping=True),
        "list": number_format(against, 2, force_grouping=True),
    }


def is_order_promise(row: Observation) -> bool:
    """Whether a fact is about the promised date of an order."""
    return row.measure == MeasureCode.PROMISES and row.subject_type == SubjectType.ORDER


def _said_of_promise(row: Observation, as_of: datetime, order: Order | None) -> str:
    """A promise is broken from `at` of its fact on: just after the promised date."""
    if row.value:
        return _("delivered as promised")
    if row.at > as_of:
        return _("promised for %(day)s") % {"day": date_format(localtime(row.at), "SHORT_DATE_FORMAT")}
    if order is None:
        return _("not delivered by the promised date")
    since = row.at if order.promised_at is None else min(order.promised_at, row.at)
    if order.delivered_at is not None and since < order.delivered_at <= as_of:
        days = (order.delivered_at - since).days
        late = ngettext("delivered %(days)d day late", "delivered %(days)d days late", days)
        return late % {"days": days} if days else _("delivered less than a day late")
    days = (as_of - since).days
    overdue = ngettext("%(days)d day overdue", "%(days)d days overdue", days)
    return overdue % {"days": days} if days else _("less than a day overdue")


def said_of_rating(scale: str, value: float) -> str:
    """A rating: “4 of 5”."""
    return str(SCALES[scale] % {"value": number_format(value, 0)})


def duration(seconds: float) -> str:
    """Business time: minutes up to an hour and a half, then hours."""
    minutes = seconds / 60
    if minutes < 90:
        return _("%(number)d min") % {"number": round(minutes)}
    return _("%(number)s h") % {"number": number_format(minutes / 60, 1)}
