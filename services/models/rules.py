from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Versioned
from customers.querysets import OpenCatalogueQuerySet
from services.choices import AssignmentMethod, Channel, EscalationAction, Priority, SLAClock
from services.models.desk import Agent, Queue, ServiceType, Skill, SLAPolicy

# A year: a step beyond it is a slip of the pen.
MOST_MINUTES = 366 * 24 * 60


class AssignmentRule(Versioned):
    """Who is given a new ticket. The first active rule by position that the ticket meets decides."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("active"), default=True)
    # An empty condition matches everything.
    queue = models.ForeignKey(
        Queue, models.CASCADE, verbose_name=_("queue"), null=True, blank=True, related_name="assignment_rules"
    )
    service_type = models.ForeignKey(
        ServiceType, models.CASCADE, verbose_name=_("service type"), null=True, blank=True, related_name="+"
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, blank=True)
    segment = models.ForeignKey(
        "customers.Segment",
        models.PROTECT,
        verbose_name=_("segment of the customer"),
        null=True,
        blank=True,
        related_name="+",
    )
    method = models.CharField(_("method"), max_length=11, choices=AssignmentMethod, default=AssignmentMethod.LEAST_LOAD)
    agent = models.ForeignKey(
        Agent,
        models.PROTECT,
        verbose_name=_("agent"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Of the method “A certain agent”."),
    )
    agents = models.ManyToManyField(
        Agent,
        verbose_name=_("among"),
        blank=True,
        related_name="+",
        help_text=_("Nobody chosen: the agents of the queue's team."),
    )
    skills = models.ManyToManyField(
        Skill,
        verbose_name=_("skills"),
        blank=True,
        related_name="+",
        help_text=_("Beside those that the service type asks for."),
    )

    objects = OpenCatalogueQuerySet["AssignmentRule"].as_manager()

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(method=AssignmentMethod.AGENT) | Q(agent__isnull=False),
                name="assignment_rule_names_its_agent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a rule for a certain agent that does not name them."""
        if self.method == AssignmentMethod.AGENT and self.agent_id is None:
            raise ValidationError({"agent": _("Choose the agent, or another method.")})


class EscalationStep(Versioned):
    """What happens before or after a target of a policy is missed. Each happens once for each wait."""

    policy = models.ForeignKey(SLAPolicy, models.CASCADE, verbose_name=_("policy"), related_name="steps")
    clock = models.CharField(_("target"), max_length=11, choices=SLAClock)
    minutes = models.IntegerField(
        _("minutes"), help_text=_("From when it is due, in business time; below zero: before, as a warning.")
    )
    action = models.CharField(_("action"), max_length=14, choices=EscalationAction)
    agent = models.ForeignKey(
        Agent,
        models.PROTECT,
        verbose_name=_("agent"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Whom to notify beside the assignee; whom to give it to. Nobody: the assignment rules decide."),
    )

    objects = OpenCatalogueQuerySet["EscalationStep"].as_manager()

    class Meta:
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation steps")
        ordering = ["clock", "minutes", "id"]

    def clean(self) -> None:
        """Refuse what could never be done. Raises ValidationError."""
        if self.minutes is not None and abs(self.minutes) > MOST_MINUTES:
            raise ValidationError({"minutes": _("At most a year before or after.")})

    def __str__(self) -> str:
        return f"{self.get_clock_display()} {self.minutes:+d}: {self.get_action_display()}"
