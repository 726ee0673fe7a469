from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import ImportState


class ImportBatch(models.Model):
    """One run of an importer: which file, how many rows were created, updated, unchanged or refused."""

    format = models.CharField(_("format"), max_length=32)
    path = models.CharField(_("file"), max_length=255)
    state = models.CharField(_("state"), max_length=8, choices=ImportState, default=ImportState.RUNNING)
    dry_run = models.BooleanField(_("dry run"), default=False)
    counts = models.JSONField(_("counts"), default=dict)
    report_path = models.CharField(_("report of refused rows"), max_length=255, blank=True)
    error = models.TextField(_("error"), blank=True)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("started by"),
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.format} {self.path}"
