"""Rules: when something happens to a ticket, or time has passed, and it meets conditions, then this is done."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Versioned
from customers.querysets import OpenCatalogueQuerySet
from services.choices import RuleAnchor, RuleTrigger
from services.models.rules import MOST_MINUTES


class Rule(Versioned):
    """When – if – then. What `conditions` and `actions` hold is read by services.operations.rule_conditions and
    rule_actions; rules are asked in the order of their positions."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(
        _("active"), default=False, help_text=_("A rule that is off does nothing: try it first.")
    )
    trigger = models.CharField(_("when"), max_length=5, choices=RuleTrigger, default=RuleTrigger.EVENT)
    # Codes of EventKind: the rule is asked when any of these happens.
    events = models.JSONField(_("events"), default=list, blank=True)
    anchor = models.CharField(_("counted from"), max_length=16, choices=RuleAnchor, blank=True)
    minutes = models.IntegerField(
        _("minutes"),
        default=0,
        validators=[MinValueValidator(-MOST_MINUTES), MaxValueValidator(MOST_MINUTES)],
        help_text=_("So many minutes after that moment; below zero: before it, which only due times have."),
    )
    in_business_time = models.BooleanField(
        _("business time"), default=True, help_text=_("By the calendar of the queue; else around the clock.")
    )
    # {"all": [condition, ...], "any": [condition, ...]}
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    # [{"action": code, parameter: value, ...}, ...], done in this order
    actions = models.JSONField(_("actions"), default=list, blank=True)
    stops = models.BooleanField(
        _("stop after it"),
        default=False,
        help_text=_("When this rule applies to an event, later rules are not asked about that event."),
    )
    # Written by the beat alone: when the tickets of a rule on time were last looked through, and how far.
    looked_at = models.DateTimeField(null=True, editable=False)
    looked_up_to = models.BigIntegerField(default=0, editable=False)

    audit_leaves_out = frozenset({"looked_at", "looked_up_to"})

    objects = OpenCatalogueQuerySet["Rule"].as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(trigger=RuleTrigger.TIME) | ~Q(anchor=""), name="rule_on_time_has_an_anchor"
            ),
        ]

    def __str__(self) -> str:
        return self.name
