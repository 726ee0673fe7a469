from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import Factor, Measure, OnMerge, SubjectType
from customers.models.customer import Customer
from customers.querysets import ObservationQuerySet

# What scoring reads of a fact (analytics.sql.known_facts).
SCORED = (
    *("id", "measure", "value", "reference", "at", "due_at", "is_exclusion", "excluded_until"),
    *("recorded_version", "superseded_version", "superseded_at"),
)


class Observation(models.Model):
    """One dated fact about how a customer was served: what scores are made of.

    Append-only. A changed rating or promise, and an exclusion, is a new row that supersedes the old one. Two times:
    `at` is when it happened; `recorded_version` is the customer's activity_version when we learnt of it, a clock that
    never runs backwards, so that a stored score can be replayed exactly (docs/decisions/0003-observations.md).

    `value` and `reference` hold the raw fact, not the score: rating and nothing; promises kept and promises made;
    seconds of business time until the reply (null: still waiting) and the target; price paid and reference price.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="observations", db_index=False)  # see below
    factor = models.PositiveSmallIntegerField(_("factor"), choices=Factor)
    measure = models.PositiveSmallIntegerField(_("measure"), choices=Measure)
    value = models.FloatField(_("value"), null=True)
    reference = models.FloatField(_("reference"), null=True)
    at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_version = models.PositiveBigIntegerField()
    subject_type = models.CharField(_("about"), max_length=8, choices=SubjectType)
    subject_id = models.PositiveBigIntegerField()
    # While a message waits for its reply: the moment from which waiting counts against us.
    due_at = models.DateTimeField(_("due at"), null=True)
    # Set once, by the row that supersedes this one: its `at` and its `recorded_version`.
    superseded_at = models.DateTimeField(null=True)
    superseded_version = models.PositiveBigIntegerField(null=True)
    # An exclusion repeats the fact and says who left it out, why and until when (null: for good). A row that takes it
    # back repeats it once more, and says who and why in the same columns.
    is_exclusion = models.BooleanField(_("left out"), default=False)
    excluded_until = models.DateTimeField(_("excluded until"), null=True)
    excluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=255, blank=True)

    # Facts that stand are put on record for the kept one; what was superseded stays, so that old scores replay.
    on_merge = {"customer": OnMerge.APART}

    objects = ObservationQuerySet["Observation"].as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["id"]
        indexes = [
            # Scoring reads ranges of customers, whose facts lie far apart in the table, as they came: on PostgreSQL
            # the index holds all that is read, so that nothing is fetched from there (a third of the time).
            models.Index(fields=["customer"], name="observation_by_customer", include=SCORED),
            # a verb supersedes the fact about its ticket or order
            models.Index(fields=["subject_type", "subject_id"], name="observation_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_factor_display()} {self.pk}"

    def audit_customers(self) -> list[int]:
        """Whom it is about, where a decision on it is put on record."""
        return [self.customer_id]
