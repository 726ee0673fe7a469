from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.models.version import ScoreModelVersion
from customers.models import Audited
from customers.querysets import OpenCatalogueQuerySet


class ScoreValidation(Audited):
    """A test of the scores on what customers said next. Counts and shares only: nobody can be told from it.

    `result`: see analytics.operations.validate_scores; null while it goes on and where `error` says why there is none.
    """

    version = models.ForeignKey(ScoreModelVersion, models.PROTECT, verbose_name=_("version"), related_name="+")
    as_of = models.DateTimeField(_("as of"))
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("started by"),
        null=True,
        blank=True,
        related_name="+",
    )
    job = models.ForeignKey("customers.Job", models.SET_NULL, null=True, editable=False, related_name="+")
    finished_at = models.DateTimeField(_("finished at"), null=True)
    result = models.JSONField(_("result"), null=True)
    error = models.TextField(_("error"), blank=True)

    audit_leaves_out = frozenset({"job", "finished_at", "result", "error"})

    objects = OpenCatalogueQuerySet["ScoreValidation"].as_manager()

    class Meta:
        verbose_name = _("test of the scores")
        verbose_name_plural = _("tests of the scores")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"
