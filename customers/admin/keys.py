"""The keys that encrypt what must not be read by whoever steals the database: how old they are, what is under each, and
how far a rotation is. For administrators."""

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from customers.admin.base import ReadOnlyModelAdmin
from customers.choices import KeyPurpose, LeaseState
from customers.encryption.keyring import is_wrapped_anew
from customers.models import DataKey
from customers.operations.settle_rotation import values_by_key
from customers.operations.start_rotation import RotationGoesOn, is_at_work, rotation_jobs, start_rotation
from customers.tasks import poke_after_commit

# Counting reads every encrypted column: so long the answer stands.
COUNT_SECONDS = 60
COUNT_KEY = "customers:values-by-key"
CHANGES = "customers.change_datakey"


@admin.register(DataKey)
class DataKeyAdmin(ReadOnlyModelAdmin):
    """Keys. The keys themselves are never shown."""

    def get_urls(self) -> list[URLPattern]:
        """One page, and the verb."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.page), name="customers_datakey_changelist"),
            path("rotate/", wrap(self.rotate), name="customers_datakey_rotate"),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        """All keys, what is under each, and how far a rotation is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        keys = list(DataKey.objects.order_by("purpose", "-pk"))
        jobs = _jobs(keys)
        counts: Counter[int] = cache.get_or_set(COUNT_KEY, values_by_key, COUNT_SECONDS)  # type: ignore[assignment]
        if jobs and is_at_work(jobs):
            cache.delete(COUNT_KEY)
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Data keys"),
            "opts": self.opts,
            "groups": _groups(keys, counts),
            "bare": counts[0],
            "rotation": _rotation(jobs),
            "goes_on": len([key for key in keys if key.purpose == KeyPurpose.DATA and key.retired_at is None]) > 1,
            "may_rotate": request.user.has_perm(CHANGES),
            "wrapped_by_old": any(not is_wrapped_anew(key.wrapped, purpose=key.purpose) for key in keys),
        }
        return TemplateResponse(request, "admin/customers/datakey/page.html", context)

    def rotate(self, request: HttpRequest) -> HttpResponse:
        """Start a rotation."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(CHANGES):
            raise PermissionDenied
        user: Any = request.user
        try:
            key = start_rotation(at=timezone.now(), by=user)
        except RotationGoesOn as refused:
            messages.warning(request, str(refused))
        else:
            cache.delete(COUNT_KEY)
            poke_after_commit()
            messages.success(
                request, _("Key %(number)d is made. Workers put the old values under it now.") % {"number": key.pk}
            )
        return HttpResponseRedirect(reverse("admin:customers_datakey_changelist"))


def _jobs(keys: list[DataKey]) -> list[Any]:
    newest = next((key for key in keys if key.purpose == KeyPurpose.DATA), None)
    return rotation_jobs(newest) if newest is not None else []


def _groups(keys: list[DataKey], counts: Counter[int]) -> list[dict[str, Any]]:
    now, groups = timezone.now(), []
    for purpose in KeyPurpose:
        of = [key for key in keys if key.purpose == purpose]
        rows = [
            {
                "key": key,
                "age": timesince(key.created_at, now, depth=1),
                "state": _state(key, is_newest=place == 0),
                "values": counts[key.pk] if purpose == KeyPurpose.DATA else None,
            }
            for place, key in enumerate(of)
        ]
        groups.append({"label": purpose.label, "rows": rows, "counts": purpose == KeyPurpose.DATA})
    return groups


def _state(key: DataKey, *, is_newest: bool) -> tuple[str, str]:
    """(colour, word)"""
    if is_newest:
        return "good", _("in use")
    if key.retired_at is not None:
        return "", _("retired")
    return ("warn", _("being replaced")) if key.purpose == KeyPurpose.DATA else ("fair", _("checks what it signed"))


def _rotation(jobs: list[Any]) -> dict[str, Any] | None:
    if not jobs:
        return None
    total, done = sum(job.total for job in jobs), sum(job.done for job in jobs)
    at_work = is_at_work(jobs)
    waiting = any(job.state == LeaseState.TODO for job in jobs)
    return {
        "jobs": jobs,
        "at_work": at_work,
        "done": done,
        "total": total,
        "share": 100 if not at_work else min(99, 100 * done // total) if total and not waiting else 0,
        "failed": [job for job in jobs if job.state in (LeaseState.FAILED, LeaseState.STOPPED)],
        "unreadable": sum(int(job.result.get("unreadable", 0)) for job in jobs),
    }
