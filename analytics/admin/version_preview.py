"""The preview of a score version: how scores would lie, who would move most, and which segments."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics.admin.chart_options import COUNTS_OF_EACH
from analytics.admin.score_display import FACTOR_NAMES, FACTOR_OF_CODE, points
from analytics.models import ScoreModelVersion, VersionPreview
from analytics.operations.start_preview import is_old
from customers.models import Customer, Segment

SHOWN_MOVERS = 10
GREY, TEAL = "#9aa7ad", "#3c9aa6"


@dataclass(frozen=True, slots=True)
class Mover:
    """A customer who would move."""

    customer: Customer
    before: float
    after: float
    change: SafeString
    factor: Any


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A segment, or an override, and how it would fare."""

    name: str
    customers: int
    before: float | None
    after: float | None
    change: SafeString | str
    rose: int
    fell: int


def preview_context(preview: VersionPreview | None, version: ScoreModelVersion, user: Any) -> dict[str, Any] | None:
    """The preview, ready to be shown; None where there is none yet. Movers are those whom the user may see."""
    if preview is None or preview.result is None:
        return None
    result = preview.result
    return {
        "row": preview,
        "is_old": is_old(preview, version),
        "result": result,
        "change": _change(result["before"]["mean"], result["after"]["mean"]),
        "chart": json.dumps(_chart(result)),
        "options": json.dumps(COUNTS_OF_EACH),
        "bins": _bins(result),
        "movers": [
            (_("Would rise most"), _movers(result["up"], user)),
            (_("Would fall most"), _movers(result["down"], user)),
        ],
        "may_see_scores": user.has_perm("analytics.view_customerscore"),
        "overrides": [_line(row, row["name"]) for row in result["overrides"]],
        "segments": [_line(row, name) for row, name in _segments(result, user)],
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


def _movers(rows: list[dict[str, Any]], user: Any) -> list[Mover]:
    """The farthest of those whom this user may see."""
    if not user.has_perm("analytics.view_customerscore"):
        return []
    seen = Customer.objects.visible_to(user).in_bulk([row["customer"] for row in rows])
    mine = [row for row in rows if row["customer"] in seen][:SHOWN_MOVERS]
    return [
        Mover(
            customer=seen[row["customer"]],
            before=row["before"],
            after=row["after"],
            change=points(row["after"] - row["before"]),
            factor=FACTOR_NAMES[FACTOR_OF_CODE[row["factor"]]],
        )
        for row in mine
    ]


def _segments(result: dict[str, Any], user: Any) -> list[tuple[dict[str, Any], str]]:
    """The segments with anybody in them that this user may see, by their names now."""
    seen = Segment.objects.visible_to(user).in_bulk([row["segment"] for row in result["segments"]])
    rows = [row for row in result["segments"] if row["segment"] in seen and row["customers"]]
    return [(row, seen[row["segment"]].name) for row in rows]


def _line(row: dict[str, Any], name: str) -> GroupLine:
    change = _change(row["before"], row["after"])
    return GroupLine(name, row["customers"], row["before"], row["after"], change, row["rose"], row["fell"])


def _change(before: float | None, after: float | None) -> SafeString | str:
    return "–" if before is None or after is None else points(after - before)
