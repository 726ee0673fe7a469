"""Dashboards with their tiles, and the mails by which they and reports come regularly."""

import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.choices import BoardFile, MailRhythm, TileShape, TileSource, Weekday
from analytics.models.report import SavedReport
from analytics.models.shareable import Shareable
from analytics.querysets import SavedReportQuerySet, ScheduleQuerySet, TileQuerySet
from customers.models import Versioned

WIDEST = 4


class Dashboard(Shareable):
    """Figures side by side, each counted anew for whoever looks at it, of the customers and tickets that they may
    see."""

    objects = SavedReportQuerySet["Dashboard"].as_manager()

    class Meta:
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(team=None) | Q(is_shared=True), name="dashboard_team_is_shared"),
        ]


class Tile(Versioned):
    """One figure of a dashboard: what it counts, and how that is drawn. Which shapes fit which source is said in
    analytics.operations.tile_shapes. Its report or product may be deleted: then it says so."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, verbose_name=_("dashboard"), related_name="tiles")
    title = models.CharField(_("title"), max_length=100, blank=True, help_text=_("Empty: the name of what it shows."))
    source = models.CharField(_("what it shows"), max_length=9, choices=TileSource, default=TileSource.REPORT)
    report = models.ForeignKey(
        SavedReport, models.SET_NULL, verbose_name=_("behaviour report"), null=True, blank=True, related_name="+"
    )
    product = models.ForeignKey(
        "customers.Product", models.SET_NULL, verbose_name=_("product"), null=True, blank=True, related_name="+"
    )
    days = models.PositiveSmallIntegerField(
        _("days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
        help_text=_("The last days up to today. A behaviour report has a period of its own."),
    )
    shape = models.CharField(_("shape"), max_length=6, choices=TileShape, default=TileShape.NUMBER)
    width = models.PositiveSmallIntegerField(
        _("width"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(WIDEST)],
        help_text=_("In quarters of the page."),
    )
    place = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = TileQuerySet["Tile"].as_manager()

    class Meta:
        verbose_name = _("tile")
        verbose_name_plural = _("tiles")
        ordering = ["dashboard", "place", "id"]

    def __str__(self) -> str:
        return self.title or str(self.get_source_display())


class ScheduledReport(Versioned):
    """A dashboard, or one report, that comes by mail as a file. What is in the file is counted for each recipient, of
    what they may see at that moment.

    `next_at` is when it is due next (null: it is not active), `last_at` when it was last made; `outcome` says by the
    key of a recipient what came of that: a word of analytics.operations.mail_hindrance, or “sent”."""

    dashboard = models.ForeignKey(
        Dashboard, models.CASCADE, verbose_name=_("dashboard"), null=True, blank=True, related_name="mails"
    )
    report = models.ForeignKey(
        SavedReport,
        models.CASCADE,
        verbose_name=_("behaviour report"),
        null=True,
        blank=True,
        related_name="mails",
        help_text=_("A dashboard or a report, one of the two."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("owner"),
        editable=False,
        related_name="scheduled_reports",
    )
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who gets it"),
        related_name="+",
        help_text=_("Colleagues who may see it and may take files out. Each gets a mail of their own."),
    )
    every = models.CharField(_("how often"), max_length=5, choices=MailRhythm, default=MailRhythm.WEEK)
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), choices=Weekday, default=Weekday.MONDAY, help_text=_("Of a weekly one.")
    )
    month_day = models.PositiveSmallIntegerField(
        _("day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("Of a monthly one. In a shorter month: its last day."),
    )
    hour = models.PositiveSmallIntegerField(_("hour"), default=7, validators=[MaxValueValidator(23)])
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES, default="en")
    format = models.CharField(_("file"), max_length=4, choices=BoardFile, default=BoardFile.PDF)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    next_at = models.DateTimeField(_("next"), null=True, editable=False)
    last_at = models.DateTimeField(_("last"), null=True, editable=False)
    outcome = models.JSONField(default=dict, editable=False)

    # Programs write these.
    PROGRESS = ("next_at", "last_at", "outcome")
    # A change of these moves the next time.
    WHEN = ("every", "weekday", "month_day", "hour", "time_zone", "is_active")
    audit_leaves_out = frozenset(PROGRESS)

    objects = ScheduleQuerySet["ScheduledReport"].as_manager()

    class Meta:
        verbose_name = _("scheduled report")
        verbose_name_plural = _("scheduled reports")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dashboard=None, report__isnull=False) | Q(dashboard__isnull=False, report=None),
                name="scheduled_report_of_one",
                violation_error_message=_("Choose a dashboard or a report, one of the two."),
            ),
        ]
        indexes = [
            # those that are due
            models.Index(fields=["next_at"], name="scheduled_report_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_every_display()} ({self.get_format_display()})"

    def clean(self) -> None:
        """A zone that there is."""
        if self.time_zone not in zoneinfo.available_timezones():
            raise ValidationError({"time_zone": _("There is no such time zone.")})
