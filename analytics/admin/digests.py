"""Digests of movers: who fell and rose since the day before, on the first page and on pages of their own."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import RangeDateFilter

from analytics.admin.score_display import low_evidence_chip, points
from analytics.choices import FACTOR_NAMES, DigestRhythm
from analytics.models import DigestSubscription, MoverDigest
from analytics.operations.digest_lines import DigestLine, digest_lines
from analytics.operations.subscribe_to_digest import subscribe_to_digest
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
    list_before_template = "admin/analytics/digest_by_mail.html"

    def get_urls(self) -> list[URLPattern]:
        """Everybody says for themselves whether they get them by mail."""
        wrap = self.admin_site.admin_view
        return [path("by-mail/", wrap(self.by_mail), name="analytics_moverdigest_by_mail"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with whether one gets them by mail above it."""
        mine = DigestSubscription.objects.filter(user=request.user.pk).first()
        more = {
            "rhythms": [("", _("Never")), *DigestRhythm.choices],
            "every": mine.every if mine else "",
            "language": mine.language if mine else get_language(),
            "languages": settings.LANGUAGES,
            "address": getattr(request.user, "email", ""),
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    @method_decorator(require_POST)
    def by_mail(self, request: HttpRequest) -> HttpResponse:
        """Take what somebody wants, and lead back to the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        every: Any = request.POST.get("every") or None
        try:
            subscribe_to_digest(
                user=request.user,  # type: ignore[arg-type]
                every=every,
                language=request.POST.get("language", ""),
            )
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
        else:
            said = _("You get the digests by mail.") if every else _("You get no digests by mail.")
            messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:analytics_moverdigest_changelist"))

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
