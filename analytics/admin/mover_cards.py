"""Who moved, for the first page: the few who fell and rose most, each with the factor that moved them."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from analytics.admin.moved_filter import Asked, NotAsked
from analytics.admin.score_display import FACTOR_OF_CODE, points, score_bar
from analytics.choices import FACTOR_NAMES
from analytics.models import CustomerScore
from analytics.operations.movers import Direction, movers

SHOWN = 5
USUAL_DAYS = (7, 30, 90)
LEAST = 1.0  # points: a snapshot is kept from there on


def mover_cards(request: HttpRequest, *, at: datetime) -> dict[str, Any]:
    """What the first page needs: those who moved in thirty days, or since `?since=DATE`; nonsense there is said."""
    text = request.GET.get("since", "").strip()
    user: Any = request.user
    scores = CustomerScore.objects.visible_to(user).select_related("customer")
    try:
        since = Asked({"moved_since": text}).since
    except NotAsked as problem:
        since, told = None, str(problem)
    else:
        told = ""
    if since is None:
        fell = [_usual(row) for row in scores.filter(change__lt=0).order_by("change")[:SHOWN]]
        rose = [_usual(row) for row in scores.filter(change__gt=0).order_by("-change")[:SHOWN]]
        titles, query = (_("Fell most in 30 days"), _("Rose most in 30 days")), ""
    else:
        fell, rose = (_since(scores, min(since, at), direction) for direction in ("fell", "rose"))
        day = {"day": date_format(localtime(since), "SHORT_DATE_FORMAT")}
        titles, query = (_("Fell most since %(day)s") % day, _("Rose most since %(day)s") % day), f"&moved_since={text}"
    return {
        "fell": fell,
        "rose": rose,
        "fell_title": titles[0],
        "rose_title": titles[1],
        "fell_link": f"?moved=fell{query}",
        "rose_link": f"?moved=rose{query}",
        "movers_since": text if since else "",
        "movers_problem": told,
        "movers_days": [_day(days, at) for days in USUAL_DAYS],
    }


def _usual(row: CustomerScore) -> dict[str, Any]:
    factor = FACTOR_OF_CODE.get(row.change_factor or 0, "")
    return _line(row.customer, row, row.change or 0.0, factor)


def _since(scores: Any, since: datetime, direction: Direction) -> list[dict[str, Any]]:
    found = movers(scores=scores, since=since, points=LEAST, direction=direction, limit=SHOWN)
    rows = scores.in_bulk([mover.customer_id for mover in found])
    return [
        _line(rows[mover.customer_id].customer, rows[mover.customer_id], mover.change, mover.factor)
        for mover in found
        if mover.customer_id in rows
    ]


def _line(customer: Any, row: CustomerScore, change: float, factor: str) -> dict[str, Any]:
    return {
        "customer": customer,
        "bar": score_bar(row),
        "change": points(change),
        "factor": FACTOR_NAMES.get(factor, ""),
    }


def _day(days: int, at: datetime) -> tuple[str, str]:
    """A usual choice: its name and its day; thirty days need none."""
    name = _("%(number)s days") % {"number": number_format(days)}
    return name, "" if days == 30 else f"{localtime(at - timedelta(days=days)):%Y-%m-%d}"
