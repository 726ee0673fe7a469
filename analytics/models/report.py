from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.choices import ReportKind
from analytics.models.shareable import Shareable
from analytics.querysets import SavedReportQuerySet


class SavedReport(Shareable):
    """A question about behaviour events that is asked anew each time: what it counts follows from the events, from the
    day, and from which customers whoever looks at it may see.

    `definition` is as analytics.operations.report_definition writes it."""

    kind = models.CharField(_("kind"), max_length=9, choices=ReportKind, default=ReportKind.TREND)
    definition = models.JSONField(_("question"), default=dict)

    objects = SavedReportQuerySet["SavedReport"].as_manager()

    class Meta:
        verbose_name = _("behaviour report")
        verbose_name_plural = _("behaviour reports")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(team=None) | Q(is_shared=True), name="saved_report_team_is_shared"),
        ]
