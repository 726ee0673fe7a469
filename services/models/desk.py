from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from customers.audit.rows import AuditedQuerySet
from customers.models import Audited, Versioned
from customers.querysets import OpenCatalogueQuerySet
from services.assignment import is_away
from services.choices import Priority
from services.querysets import AgentQuerySet


class Calendar(Versioned):
    """Business hours: local intervals for each weekday, split shifts allowed, less the holidays."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64)
    hours = models.JSONField(
        _("hours"),
        help_text=_('Weekday (0 is Monday) to intervals: {"0": [["09:00", "12:00"], ["13:00", "18:00"]]}'),
    )

    objects = OpenCatalogueQuerySet["Calendar"].as_manager()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Holiday(Audited):
    """A day on which a calendar is closed."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, verbose_name=_("calendar"), related_name="holidays")
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=100, blank=True)

    objects = AuditedQuerySet["Holiday"].as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}".strip()


class Queue(Versioned):
    """Where tickets wait. Its team sees them; its calendar says when the clocks run."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    team = models.ForeignKey("customers.Team", models.PROTECT, verbose_name=_("team"), related_name="queues")
    calendar = models.ForeignKey(Calendar, models.PROTECT, verbose_name=_("calendar"), related_name="queues")
    # The reference of a ticket that no policy covers: frozen, so that other tickets never move a score.
    typical_reply_seconds = models.PositiveIntegerField(
        _("typical time to reply"), default=4 * 3600, help_text=_("Seconds of business time.")
    )
    close_after_days = models.PositiveSmallIntegerField(
        _("close after, days"), default=7, help_text=_("So many days after it was solved, a ticket is closed.")
    )
    reopen_days = models.PositiveSmallIntegerField(
        _("reopen within, days"),
        default=14,
        help_text=_("So long after it was closed, a customer's reply reopens a ticket; later it opens a new one."),
    )

    objects = OpenCatalogueQuerySet["Queue"].as_manager()

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Skill(Versioned):
    """Something that an agent knows: a language, a machine, a kind of contract."""

    name = models.CharField(_("name"), max_length=50, unique=True)

    objects = OpenCatalogueQuerySet["Skill"].as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ServiceType(Versioned):
    """What kind of service a ticket asks for: repair, advice, complaint ..."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    skills = models.ManyToManyField(
        Skill, verbose_name=_("skills"), blank=True, related_name="+", help_text=_("What an agent must know for it.")
    )

    objects = OpenCatalogueQuerySet["ServiceType"].as_manager()

    class Meta:
        verbose_name = _("service type")
        verbose_name_plural = _("service types")
        ordering = ["name"]

    def __str__(self) -> str:
        """The name: of the usual types, in the reader's language."""
        return pgettext("service type", self.name)


class SLAPolicy(Versioned):
    """Targets for the tickets it matches. The first active policy by position that matches is taken."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("active"), default=True)
    # An empty condition matches everything.
    queue = models.ForeignKey(
        Queue, models.CASCADE, verbose_name=_("queue"), null=True, blank=True, related_name="policies"
    )
    service_type = models.ForeignKey(
        ServiceType,
        models.CASCADE,
        verbose_name=_("service type"),
        null=True,
        blank=True,
        related_name="policies",
    )

    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, null=True, blank=True)
    segment = models.ForeignKey(
        "customers.Segment",
        models.PROTECT,
        verbose_name=_("segment of the customer"),
        null=True,
        blank=True,
        related_name="+",
    )

    objects = OpenCatalogueQuerySet["SLAPolicy"].as_manager()

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class SLATarget(Audited):
    """What a policy promises at one priority, in minutes of business time. Empty: no promise."""

    policy = models.ForeignKey(SLAPolicy, models.CASCADE, verbose_name=_("policy"), related_name="targets")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
    first_reply_minutes = models.PositiveIntegerField(_("first reply, minutes"), null=True, blank=True)
    next_reply_minutes = models.PositiveIntegerField(_("next reply, minutes"), null=True, blank=True)
    resolution_minutes = models.PositiveIntegerField(_("resolution, minutes"), null=True, blank=True)

    objects = AuditedQuerySet["SLATarget"].as_manager()

    class Meta:
        verbose_name = _("SLA target")
        verbose_name_plural = _("SLA targets")
        ordering = ["-priority"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "priority"], name="sla_target_once"),
            models.CheckConstraint(
                condition=(Q(first_reply_minutes=None) | Q(first_reply_minutes__gt=0))
                & (Q(next_reply_minutes=None) | Q(next_reply_minutes__gt=0))
                & (Q(resolution_minutes=None) | Q(resolution_minutes__gt=0)),
                name="sla_target_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()}"


class Agent(Versioned):
    """A user who handles tickets."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("user"), related_name="agent")
    name = models.CharField(_("name shown to customers"), max_length=100)
    is_active = models.BooleanField(_("takes tickets"), default=True)
    capacity = models.PositiveSmallIntegerField(_("capacity"), default=20, help_text=_("Unsolved tickets at a time."))
    extension = models.CharField(
        _("telephone extension"), max_length=32, blank=True, help_text=_("By which the telephone names them.")
    )
    skills = models.ManyToManyField(Skill, verbose_name=_("skills"), blank=True, related_name="agents")
    away_from = models.DateTimeField(_("away from"), null=True, blank=True)
    away_until = models.DateTimeField(_("away until"), null=True, blank=True)
    # Whose turn it is: who was given a ticket by the rules longest ago.
    last_assigned_at = models.DateTimeField(_("last given a ticket by the rules"), null=True, editable=False)

    audit_leaves_out = frozenset({"last_assigned_at"})

    objects = AgentQuerySet["Agent"].as_manager()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse an absence that ends before it begins."""
        if self.away_from and self.away_until and self.away_until <= self.away_from:
            raise ValidationError({"away_until": _("The end must come after the beginning.")})

    def is_away(self, at: datetime) -> bool:
        """Whether the agent is away at this moment."""
        return is_away(self.away_from, self.away_until, at=at)

    def takes_tickets(self, at: datetime) -> bool:
        """Whether the agent is given tickets at this moment, by rules or by colleagues."""
        return self.is_active and not self.is_away(at)
