from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.audited import Audited
from customers.models.leased import Leased
from customers.querysets import JobQuerySet


class Job(Audited, Leased):
    """Long work that a worker does behind the scenes: an import, an export, a sweep for duplicates.

    What a kind of job does is registered by customers.operations.work_jobs.register_job. A job that is killed is
    done again from the start, so every kind finds what it wrote before. `key`, where there is one, is unique: the
    lock that lets a due job be made once."""

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    subject_id = models.PositiveBigIntegerField(null=True, editable=False)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(
        pgettext_lazy("done of all", "of"), default=0, help_text=_("0: not known yet.")
    )
    step = models.CharField(_("step"), max_length=100, blank=True)
    # Of whoever started it: what the job tells them is in their language.
    language = models.CharField(max_length=12, default="", editable=False)
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("started by"),
        null=True,
        blank=True,
        related_name="+",
    )

    # Who started and who stopped it is put on record; how it goes on is not.
    audit_leaves_out = frozenset(
        {"key", "done", "total", "step", "language", "result", "error", "started_at", "finished_at"}
        | {"token", "lease_until", "attempts"}
    )

    objects = JobQuerySet["Job"].as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            # the next free job
            models.Index(fields=["state", "id"], name="job_free"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def share(self) -> int | None:
        """Per cent that are done; None where nobody knows."""
        return min(100, 100 * self.done // self.total) if self.total else None
