"""How a campaign list stands: members, who was left out and why, and what it moved."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from analytics.admin.campaign_filter import CAMPAIGN
from analytics.choices import LeftOut
from analytics.models import CampaignList
from analytics.operations.campaign_response import Response, campaign_response

FIRST = 20


def campaign_context(row: CampaignList, request: HttpRequest, *, at: datetime) -> dict[str, Any]:
    """What `admin/analytics/campaign/head.html` needs."""
    list_link = reverse("admin:customers_customer_changelist")
    return {
        "campaign": row,
        "found": _found(row),
        "first": _first(row, request),
        "customers_link": f"{list_link}?{CAMPAIGN}={row.pk}",
        "response": _response(campaign_response(campaign=row, at=at)),
    }


def _found(row: CampaignList) -> dict[str, Any] | None:
    if not row.found:
        return None
    most = max(row.found["considered"], 1)
    left_out = row.found["left_out"]
    steps = [(str(LeftOut(name).label), left_out[name]) for name in LeftOut.values if name in left_out]
    return {
        "considered": _count(row.found["considered"]),
        "members": _count(row.found["members"]),
        "held_out": _count(row.found["held_out"]),
        "to_write": _count(row.found["members"] - row.found["held_out"]),
        "steps": [(label, _count(number), round(100 * number / most, 1)) for label, number in steps],
    }


def _first(row: CampaignList, request: HttpRequest) -> list[dict[str, Any]]:
    members = row.members.visible_to(request.user).select_related("customer").order_by("rank")
    return [
        {
            "customer": member.customer,
            "rank": member.rank,
            "percentile": round(member.percentile),
            "is_held_out": member.is_held_out,
            "sent_at": member.sent_at,
        }
        for member in members[:FIRST]
    ]


def _response(found: Response | None) -> dict[str, Any] | None:
    if found is None:
        return None
    rows = [
        (_("written to"), _count(found.sent), _count(found.sent_bought), _share(found.sent_bought, found.sent)),
        (_("held out"), _count(found.held), _count(found.held_bought), _share(found.held_bought, found.held)),
    ]
    told: dict[str, Any] = {"rows": rows, "until": found.until, "is_over": found.is_over, "verdict": ""}
    if found.uplift is not None:
        low, high = found.uplift.low, found.uplift.high
        told["difference"] = f"{_points(found.uplift.difference)} ({_points(low)} … {_points(high)})"
        told["tone"] = "good" if low > 0 else "bad" if high < 0 else "muted"
        told["verdict"] = (
            _("More of them bought it than of those held out.")
            if low > 0
            else _("Fewer of them bought it than of those held out.")
            if high < 0
            else _("The difference may be chance.")
        )
    return told


def _count(number: int) -> str:
    return str(number_format(number, 0, force_grouping=True))


def _share(part: int, whole: int) -> str:
    return f"{number_format(100 * part / whole, 1)} %" if whole else "–"


def _points(share: float) -> str:
    sign = "−" if share < 0 else "+"
    return f"{sign}{number_format(abs(100 * share), 1)}"
