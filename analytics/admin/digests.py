"""Digests of movers: who fell and rose since the day before, on the first page and on pages of their own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter

from analytics.admin.score_display import FACTOR_NAMES, low_evidence_chip, points
from analytics.models import MoverDigest
from analytics.operations.digest_lines import DigestLine, digest_lines
from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.filters import VisibleRelatedFilter

SHOWN = 5
PAGE = "admin/analytics/digest_lines.html"


def newest_digest(request: HttpRequest) -> dict[str, Any] | None:
    """What the first page tells of the newest day: the digests of the user's teams as one; None without any."""
    user: Any = request.user
    if not user.has_perm("analytics.view_moverdigest"):
        return None
    rows = MoverDigest.objects.visible_to(user)
    newest = rows.order_by("-day").values("day")[:1]
    digests = list(rows.filter(day=newest))
    if not digests:
        return None
    return {
        "day": digests[0].day,
        "since": min(digest.since for digest in digests),
        "points": digests[0].points,
        "fell": sum(digest.fell for digest in digests),
        "rose": sum(digest.rose for digest in digests),
        "who_fell": _few(digests, user, "fell"),
        "who_rose": _few(digests, user, "rose"),
    }


def _few(digests: list[MoverDigest], user: Any, direction: str) -> list[dict[str, Any]]:
    return [_shown(line) for line in digest_lines(digests=digests, user=user, direction=direction)[:SHOWN]]


def _shown(line: DigestLine) -> dict[str, Any]:
    return {
        "customer": line.customer,
        "before": round(line.before),
        "score": round(line.score),
        "change": points(line.change),
        "factor": FACTOR_NAMES[line.factor],
        "chip": low_evidence_chip() if line.low_evidence else "",
    }


@admin.register(MoverDigest)
class MoverDigestAdmin(ReadOnlyModelAdmin):
    """One digest a team and day."""

    empty_hint = _("The first one is written after the next nightly run.")
    list_display = ["__str__", "team", "fell", "rose", "since", "until"]
    list_filter: Any = [("team", VisibleRelatedFilter), ("day", RangeDateFilter)]
    list_select_related = ["team"]
    ordering = ["-day", "-id"]
    fields = [("day", "team"), ("since", "until"), "points", ("fell", "rose"), "who_fell", "who_rose"]
    readonly_fields = ["who_fell", "who_rose"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The digest, with the customers whom this user sees."""
        digest = super().get_object(request, object_id, from_field)
        if digest is not None:
            for direction in ("fell", "rose"):
                lines = digest_lines(digests=[digest], user=request.user, direction=direction)  # type: ignore[arg-type]
                setattr(digest, f"lines_{direction}", [_shown(line) for line in lines])
        return digest

    @admin.display(description=_("Who fell"))
    def who_fell(self, digest: Any) -> SafeString:
        """Named, with the factor that moved them."""
        return render_to_string(PAGE, {"lines": digest.lines_fell})

    @admin.display(description=_("Who rose"))
    def who_rose(self, digest: Any) -> SafeString:
        """Named, with the factor that moved them."""
        return render_to_string(PAGE, {"lines": digest.lines_rose})
