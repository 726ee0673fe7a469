"""What a person may ask of their data, what came of it, and for how long data is kept."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.choices import ErasureState, OnMerge, PrivacyFlagKind, RetentionKind
from customers.models.audited import Audited
from customers.models.customer import Customer
from customers.models.job import Job
from customers.models.versioned import Versioned
from customers.querysets import OfCustomerQuerySet, OpenCatalogueQuerySet


class PrivacyFlag(Audited):
    """A restriction, an objection or a legal hold that was put on a customer or taken off. Append-only: of each kind
    the newest row holds. Customer repeats what the score job must know."""

    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="privacy_flags")
    kind = models.CharField(_("kind"), max_length=11, choices=PrivacyFlagKind)
    is_set = models.BooleanField(_("set"))
    reason = models.CharField(_("reason"), max_length=255)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, related_name="+")

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfCustomerQuerySet["PrivacyFlag"].as_manager()

    class Meta:
        verbose_name = _("privacy flag")
        verbose_name_plural = _("privacy flags")
        ordering = ["-at", "-id"]
        indexes = [
            # what holds now, and the history on the customer's page
            models.Index(fields=["customer", "kind", "-at"], name="privacy_flag_of_customer"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Erasure(Versioned):
    """A person asked to be erased (GDPR art. 17, PIPL art. 47): who put it down, who decided, and what came of it.

    `preview`: {"customers": keys, "rows": {model label: count}, "hindrances": [text]} as of when it was asked for.
    `result`: see customers.operations.erase_person; figures only, never the values that were looked for."""

    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="erasures")
    state = models.CharField(_("state"), max_length=9, choices=ErasureState, default=ErasureState.ASKED)
    reason = models.TextField(
        _("reason"), max_length=1000, help_text=_("Who asked, when and how. Without names: this text stays.")
    )
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("asked by"), null=True, related_name="+"
    )
    preview = models.JSONField(_("preview"), default=dict)
    decision = models.TextField(_("why it was decided so"), max_length=1000, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("decided by"), null=True, related_name="+"
    )
    result = models.JSONField(_("result"), null=True)

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfCustomerQuerySet["Erasure"].as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]
        indexes = [
            # what waits for a second person
            models.Index(fields=["state", "-id"], name="erasure_waiting"),
        ]
        constraints = [
            # four eyes; null, a command on the server, is nobody's eyes
            models.CheckConstraint(
                condition=~Q(state="done") | Q(asked_by=None) | Q(decided_by=None) | ~Q(asked_by=F("decided_by")),
                name="erasure_takes_two",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class RetentionRule(Versioned):
    """For how long one kind of data is kept. What each kind does is said by customers.operations.retention."""

    kind = models.CharField(_("what"), max_length=12, choices=RetentionKind, unique=True, editable=False)
    days = models.PositiveIntegerField(_("kept for, days"))
    is_active = models.BooleanField(
        _("active"), default=False, help_text=_("Off: nothing goes. On: it goes every night.")
    )

    objects = OpenCatalogueQuerySet["RetentionRule"].as_manager()

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering = ["kind"]
        constraints = [models.CheckConstraint(condition=Q(days__gte=1), name="retention_of_a_day_or_more")]

    def __str__(self) -> str:
        return self.get_kind_display()


class RetentionRun(Audited):
    """What a rule did, or, as a report, would do: `found` rows from before `cutoff`, `done` of them so far."""

    rule = models.ForeignKey(RetentionRule, models.CASCADE, verbose_name=_("rule"), related_name="runs")
    days = models.PositiveIntegerField(_("kept for, days"))
    cutoff = models.DateTimeField(_("from before"))
    is_dry_run = models.BooleanField(_("report only"), default=True)
    found = models.PositiveBigIntegerField(_("found"), null=True)
    oldest_at = models.DateTimeField(_("oldest"), null=True)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, editable=False, related_name="+")
    started_at = models.DateTimeField(_("started at"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("started by"), null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(_("finished at"), null=True)

    # What a job finds and does: the run itself is the record of it.
    audit_leaves_out = frozenset({"found", "oldest_at", "done", "job", "finished_at"})

    objects = OpenCatalogueQuerySet["RetentionRun"].as_manager()

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk}"
