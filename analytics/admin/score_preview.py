"""The preview of a score version: how scores would lie, who would move most, and which segments."""

import json
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.chart_options import COUNTS_OF_EACH
from analytics.admin.preview_parts import Mover, count, frame, groups_of, movers_seen
from analytics.admin.score_display import FACTOR_OF_CODE, points
from analytics.choices import FACTOR_NAMES
from analytics.models import Preview
from customers.models import Customer

GREY, TEAL = "#9aa7ad", "#3c9aa6"
HEADS = (
    gettext_lazy("customers"),
    gettext_lazy("mean score"),
    gettext_lazy("change"),
    gettext_lazy("5 up"),
    gettext_lazy("5 down"),
)


def preview_context(preview: Preview, user: Any) -> dict[str, Any]:
    """The preview, ready to be shown. Movers are those whom the user may see."""
    result = preview.result or {}
    may_see = user.has_perm("analytics.view_customerscore")
    sides = (("up", _("Would rise most")), ("down", _("Would fall most")))
    return {
        **frame(preview, "admin/analytics/version/distribution.html"),
        "figures": _figures(result),
        "sentence": _sentence(result),
        "chart": json.dumps(_chart(result)),
        "options": json.dumps(COUNTS_OF_EACH),
        "bins": _bins(result),
        "movers": [(title, movers_seen(result[side], user, _mover)) for side, title in sides] if may_see else [],
        "groups": groups_of(result, user, HEADS, _cells),
    }


def _figures(result: dict[str, Any]) -> list[tuple[str, SafeString | str, str]]:
    """(what, how many, beside it in small)."""
    before, after = result["before"], result["after"]
    ways = _("%(up)s up, %(down)s down") % {"up": count(result["rose"]), "down": count(result["fell"])}
    mean = format_html("{} {}", _way(before["mean"], after["mean"]), _change(before["mean"], after["mean"]))
    thin = f"{count(before['low_evidence'])} → {count(after['low_evidence'])}"
    return [
        (_("customers"), count(result["customers"]), ""),
        (_("mean score"), mean, ""),
        (_("move by 5 or more"), count(result["moved"]["5"]), ways),
        (_("move by 10 or more"), count(result["moved"]["10"]), ""),
        (_("on low evidence"), thin, ""),
    ]


def _sentence(result: dict[str, Any]) -> str:
    text = _(
        "By the preview, %(moved)s of %(all)s customers move by 5 points or more; the mean goes from %(before)s to "
        "%(after)s."
    )
    return text % {
        "moved": count(result["moved"]["5"]),
        "all": count(result["customers"]),
        "before": _mean(result["before"]["mean"]),
        "after": _mean(result["after"]["mean"]),
    }


def _chart(result: dict[str, Any]) -> dict[str, Any]:
    shown = _used(result)
    width = 100 // len(result["before"]["histogram"])
    sides = ((_("in force"), "before", GREY), (_("this version"), "after", TEAL))
    return {
        "labels": [str(i * width) for i in shown],
        "datasets": [
            {
                "label": label,
                "data": [result[side]["histogram"][i] for i in shown],
                "backgroundColor": colour,
                "borderRadius": 2,
            }
            for label, side, colour in sides
        ],
    }


def _used(result: dict[str, Any]) -> range:
    """The bins that hold anybody, with a little air on both sides."""
    both = list(zip(result["before"]["histogram"], result["after"]["histogram"], strict=True))
    used = [i for i, pair in enumerate(both) if any(pair)] or [len(both) // 2]
    return range(max(0, used[0] - 1), min(len(both), used[-1] + 2))


def _bins(result: dict[str, Any]) -> list[tuple[str, int, int]]:
    before, after = result["before"]["histogram"], result["after"]["histogram"]
    width = 100 // len(before)
    pairs = enumerate(zip(before, after, strict=True))
    return [(f"{i * width}–{(i + 1) * width}", one, other) for i, (one, other) in pairs if one or other]


def _mover(customer: Customer, row: dict[str, Any]) -> Mover:
    return Mover(
        customer=customer,
        link=reverse("admin:customers_customer_why", args=[customer.pk]),
        by=FACTOR_NAMES[FACTOR_OF_CODE[row["factor"]]],
        change=points(row["after"] - row["before"]),
        way=_way(row["before"], row["after"]),
    )


def _cells(row: dict[str, Any]) -> list[SafeString | str]:
    before, after = row["before"], row["after"]
    return [
        count(row["customers"]),
        _way(before, after) if row["customers"] else "–",
        _change(before, after),
        count(row["rose"]),
        count(row["fell"]),
    ]


def _way(before: float | None, after: float | None) -> str:
    return f"{_mean(before)} → {_mean(after)}"


def _mean(score: float | None) -> str:
    return "–" if score is None else str(number_format(round(score, 1), 1))


def _change(before: float | None, after: float | None) -> SafeString | str:
    return "–" if before is None or after is None else points(after - before)
