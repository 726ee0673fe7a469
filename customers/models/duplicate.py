from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.choices import OnMerge, PairSource, PairState
from customers.models.audited import Audited
from customers.models.customer import Customer
from customers.querysets import MergeQuerySet, PairQuerySet


class DuplicatePair(Audited):
    """Two customers who may be one. `first` has the smaller key, so that a pair exists once.

    `reasons` is [{"what": "name" | "email" | ..., "similarity": 0..1, "points": float}], without the values
    themselves: those are read when the pair is shown."""

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    score = models.FloatField(_("likeness"), help_text=_("0 to 1."))
    reasons = models.JSONField(_("reasons"), default=list)
    state = models.CharField(_("state"), max_length=9, choices=PairState, default=PairState.OPEN)
    found_by = models.CharField(_("found"), max_length=6, choices=PairSource)
    found_at = models.DateTimeField(_("found at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        related_name="+",
    )

    on_merge = {"first": OnMerge.APART, "second": OnMerge.APART}
    # What the sweep keeps in step; a decision is a person's.
    audit_leaves_out = frozenset({"score", "reasons", "found_at", "found_by"})

    objects = PairQuerySet["DuplicatePair"].as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_in_order"),
        ]
        indexes = [
            # the review queue, likeliest first
            models.Index(fields=["state", "-score", "id"], name="duplicate_pair_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} – {self.second_id}"

    def audit_customers(self) -> list[int | None]:
        """Both."""
        return [self.first_id, self.second_id]


class Merge(Audited):
    """Two customers made one: `gone` stays as a row that points to `kept`, so that everything can be put back.

    `columns` is {name: {"before", "after"}} of what the merge changed in `kept`; a custom attribute is named
    attributes.CODE, and one that was not there has no "before". `moved` is {model label: {field: keys}} of the rows
    that went over, keys as customers.operations.source.ranges writes them. `dropped` is {model label: [rows]} of those
    that could not, because the same stood there already: raw columns, what is encrypted stays encrypted. `changed` is
    {model label: {key: {column: [before, after]}}} of what else changed in rows on the way. `facts` is {"kept",
    "gone"}: the activity versions at which the facts changed hands, and "count"."""

    kept = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("kept"), related_name="merges")
    gone = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("merged into it"), related_name="+")
    columns = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    dropped = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(_("merged at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, related_name="+")
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("undone by"), null=True, related_name="+"
    )

    on_merge = {"kept": OnMerge.STAY, "gone": OnMerge.STAY}
    # The merge itself holds every row that moved.
    audit_leaves_out = frozenset({"columns", "moved", "dropped", "changed", "facts"})

    objects = MergeQuerySet["Merge"].as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"
