"""Backups: which there are, how much would be lost now, and the verbs. Nothing of a backup can be had through the web.
For administrators."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.progress import GOING_ON, kind_label
from customers.choices import LeaseState
from customers.models import Backup, Job
from customers.operations.backup_state import backup_state
from customers.operations.forget_backups import kept_as
from customers.operations.start_backup import BACKUP_KIND, VERIFY_KIND, start_backup, start_verification
from customers.tasks import poke_after_commit

MAKES = "customers.add_backup"
KEPT_WORDS = {
    "daily": gettext_lazy("daily"),
    "weekly": gettext_lazy("weekly"),
    "monthly": gettext_lazy("monthly"),
    "newest": gettext_lazy("newest"),
    "newest verified": gettext_lazy("newest verified"),
}


@admin.register(Backup)
class BackupAdmin(ReadOnlyModelAdmin):
    """Backups, made and verified by workers."""

    def get_urls(self) -> list[URLPattern]:
        """One page, and the verbs."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.page), name="customers_backup_changelist"),
            path("make/", wrap(self.make), name="customers_backup_make"),
            path("<int:pk>/verify/", wrap(self.verify), name="customers_backup_verify"),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        """All backups, the age of the newest that was verified, and what is under way."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        now, backups = timezone.now(), list(Backup.objects.order_by("-name"))
        state = backup_state(at=now)
        jobs = list(Job.objects.filter(kind__in=(BACKUP_KIND, VERIFY_KIND)).order_by("-pk")[:20])
        at_work = [(kind_label(job), job) for job in jobs if job.state in GOING_ON]
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Backups"),
            "opts": self.opts,
            "state": state,
            "age": timesince(state.verified.taken_at, now, depth=2) if state.verified else "",
            "rows": _rows(backups, now),
            "at_work": at_work,
            "failed": _failed(jobs),
            "may_make": request.user.has_perm(MAKES),
            "folder": settings.BACKUP_DIR,
            "due": settings.BACKUP_AT,
            "keep": settings.BACKUP_KEEP,
        }
        return TemplateResponse(request, "admin/customers/backup/page.html", context)

    def make(self, request: HttpRequest) -> HttpResponse:
        """Have a worker make one now."""
        user = self._asked(request)
        if isinstance(user, HttpResponse):
            return user
        start_backup(at=timezone.now(), by=user)
        return self._done(request, _("A worker makes a backup now, and verifies it afterwards."))

    def verify(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have a worker verify one now."""
        user = self._asked(request)
        if isinstance(user, HttpResponse):
            return user
        backup = self.get_queryset(request).filter(pk=pk).first()
        if backup is None:
            raise Http404(_("There is no such backup."))
        start_verification(backup=backup, at=timezone.now(), by=user)
        return self._done(request, _("A worker restores the backup into a new database now, and compares."))

    def _asked(self, request: HttpRequest) -> Any:
        """Who asks, by POST and with the permission; or the answer that refuses it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(MAKES):
            raise PermissionDenied
        return request.user

    def _done(self, request: HttpRequest, words: str) -> HttpResponse:
        poke_after_commit()
        messages.success(request, words)
        return HttpResponseRedirect(reverse("admin:customers_backup_changelist"))


def _rows(backups: list[Backup], now: Any) -> list[dict[str, Any]]:
    kept = kept_as(backups)
    return [
        {
            "backup": backup,
            "age": timesince(backup.taken_at, now, depth=1),
            "kept": [KEPT_WORDS[name] for name in KEPT_WORDS if name in kept.get(backup.name, ())],
        }
        for backup in backups
    ]


def _failed(jobs: list[Job]) -> Job | None:
    """The newest that ended, where it ended badly."""
    ended = [job for job in jobs if job.state not in GOING_ON]
    return ended[0] if ended and ended[0].state == LeaseState.FAILED else None
