import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.choices import DecisionKind
from customers.choices import ConsentChannel, ConsentPurpose, OnMerge
from customers.models import Audited, Versioned
from customers.querysets import OfCustomerQuerySet, OpenCatalogueQuerySet

CHANNELS = [choice for choice in ConsentChannel.choices if choice[0] != ConsentChannel.ANY]
PURPOSES = [choice for choice in ConsentPurpose.choices if choice[0] != ConsentPurpose.PROFILING]
FIFTHS = [MinValueValidator(1), MaxValueValidator(5)]


def new_key() -> str:
    """A key for the hold-out group of a rule."""
    return secrets.token_hex(16)


class ActionRule(Versioned):
    """A next best action: for whom, what, by which channel, what it costs and what it achieves. An empty condition
    means everybody. Worth of an action = chance of churn · customer value · uplift - cost.

    `measured`: what the hold-out group says, written by the nightly job; see value.uplift.Uplift."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    what = models.TextField(_("what to do"), help_text=_("One or two sentences for whoever does it."))
    channel = models.CharField(_("channel"), max_length=10, choices=CHANNELS)
    purpose = models.CharField(
        _("purpose"),
        max_length=10,
        choices=PURPOSES,
        default=ConsentPurpose.MARKETING,
        help_text=_("It is offered only where the customer allows this purpose by this channel."),
    )
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    currency = models.CharField(
        _("currency"),
        max_length=3,
        help_text=_("As in ISO 4217. The rule is for customers whose value is in this currency: nothing is converted."),
    )
    uplift = models.FloatField(
        _("uplift, estimated"),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("Of those who would leave, the share that stays (0.1: one in ten), until it has been measured."),
    )
    holdout_share = models.FloatField(
        _("hold-out share"),
        default=0.1,
        validators=[MinValueValidator(0), MaxValueValidator(0.5)],
        help_text=_("So many get nothing, to compare with (0.1: one in ten). 0: the uplift is never measured."),
    )
    least_churn = models.FloatField(
        _("chance of churn from"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    most_churn = models.FloatField(
        _("chance of churn to"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    least_fifth = models.PositiveSmallIntegerField(
        _("fifth by customer value from"), null=True, blank=True, validators=FIFTHS, help_text=_("1 to 5, best last.")
    )
    most_score = models.FloatField(
        _("satisfaction score to"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    least_score = models.FloatField(
        _("satisfaction score from"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, verbose_name=_("segment"), null=True, blank=True, related_name="+"
    )
    quiet_days = models.PositiveSmallIntegerField(
        _("days without contact"),
        null=True,
        blank=True,
        help_text=_("No call, meeting, visit or campaign for so many days."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    key = models.CharField(max_length=32, default=new_key, editable=False)
    measured = models.JSONField(_("uplift, measured"), default=dict, editable=False)

    audit_leaves_out = frozenset({"measured"})
    audit_hides = frozenset({"key"})

    objects = OpenCatalogueQuerySet["ActionRule"].as_manager()

    class Meta:
        verbose_name = _("action rule")
        verbose_name_plural = _("action rules")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what nobody could meet."""
        self.currency = (self.currency or "").upper()
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isalpha()):
            raise ValidationError({"currency": _("Give the three letters of the currency, such as EUR.")})
        for low, high in (("least_churn", "most_churn"), ("least_score", "most_score")):
            ends: list[Any] = [getattr(self, low), getattr(self, high)]
            if None not in ends and ends[0] > ends[1]:
                raise ValidationError({high: _("The end lies below the beginning: nobody would meet this.")})

    @property
    def is_measured(self) -> bool:
        """Whether the hold-out group has measured the uplift."""
        return bool(self.measured)

    @property
    def uplift_now(self) -> float:
        """The uplift that worth is computed with: measured where it is, never below zero, else what staff entered."""
        return max(0.0, float(self.measured["value"])) if self.measured else self.uplift


class ActionDecision(Audited):
    """The log of next best actions, append-only: offered or held out by the nightly job, done or dismissed by staff.
    The figures are those of that moment."""

    # The indexes below begin with them.
    customer = models.ForeignKey(
        "customers.Customer",
        models.CASCADE,
        verbose_name=_("customer"),
        related_name="action_decisions",
        db_index=False,
    )
    rule = models.ForeignKey(
        ActionRule, models.PROTECT, verbose_name=_("action rule"), related_name="decisions", db_index=False
    )
    kind = models.CharField(_("decision"), max_length=10, choices=DecisionKind)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    churn = models.FloatField(_("chance of churn"))
    clv = models.FloatField(_("customer value"))
    uplift = models.FloatField(_("uplift"))
    cost = models.FloatField(_("cost"))
    worth = models.FloatField(_("worth"))
    currency = models.CharField(_("currency"), max_length=3)

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfCustomerQuerySet["ActionDecision"].as_manager()

    class Meta:
        verbose_name = _("decision on an action")
        verbose_name_plural = _("decisions on actions")
        ordering = ["-id"]
        indexes = [
            # what is offered of one customer
            models.Index(fields=["customer", "rule", "-at"], name="action_decision_customer"),
            # the measuring of a rule, and who was asked lately
            models.Index(fields=["rule", "kind", "at"], name="action_decision_rule"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.DISMISSED) | ~Q(reason=""), name="action_decision_says_why_not"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
