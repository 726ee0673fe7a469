from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.choices import ReportKind
from analytics.querysets import SavedReportQuerySet
from customers.models import Team, Versioned


class SavedReport(Versioned):
    """A question about behaviour events that is asked anew each time: what it counts follows from the events, from the
    day, and from which customers whoever looks at it may see.

    `definition` is as analytics.operations.report_definition writes it. Shared without a team: everybody has it."""

    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=255, blank=True)
    kind = models.CharField(_("kind"), max_length=9, choices=ReportKind, default=ReportKind.TREND)
    definition = models.JSONField(_("question"), default=dict)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        related_name="saved_reports",
    )
    is_shared = models.BooleanField(
        _("shared"), default=False, help_text=_("Others may use it. Each counts the customers that are theirs to see.")
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,  # emptied it would be everybody's
        verbose_name=_("with the team"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Whom it is shared with. Empty: everybody."),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = SavedReportQuerySet["SavedReport"].as_manager()

    class Meta:
        verbose_name = _("behaviour report")
        verbose_name_plural = _("behaviour reports")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(team=None) | Q(is_shared=True), name="saved_report_team_is_shared"),
        ]

    def __str__(self) -> str:
        return self.name
