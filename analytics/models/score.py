from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.models.version import PreferenceModelVersion, ScoreModelVersion
from analytics.querysets import ScoreQuerySet
from customers.choices import OnMerge

FACTORS = ("quality", "reliability", "responsiveness", "price")


class ScoreFigures(models.Model):
    """The figures of one satisfaction score. Per factor: its value, the weight of its evidence (n_eff), its
    contribution to z, and the points of the score above or below 50 that it explains."""

    # Without an index of its own, which every night would be written for every customer and is hardly ever read.
    version = models.ForeignKey(
        ScoreModelVersion, models.PROTECT, verbose_name=_("version"), related_name="+", db_index=False
    )
    # 0: by the parameters for everybody; n: by the n-th override of the version, so that replay takes the same again.
    override = models.PositiveSmallIntegerField(_("override"), default=0, db_default=0)
    as_of = models.DateTimeField(_("as of"))
    computed_at = models.DateTimeField(_("computed at"))
    # The customer's activity_version that was read: replay looks at nothing recorded later.
    activity_version = models.PositiveBigIntegerField()
    score = models.FloatField(_("score"))
    raw = models.FloatField(_("raw"))
    low_evidence = models.BooleanField(_("low evidence"))
    quality = models.FloatField(_("quality"))
    quality_n = models.FloatField()
    quality_contribution = models.FloatField()
    quality_points = models.FloatField()
    reliability = models.FloatField(_("reliability"))
    reliability_n = models.FloatField()
    reliability_contribution = models.FloatField()
    reliability_points = models.FloatField()
    responsiveness = models.FloatField(_("responsiveness"))
    responsiveness_n = models.FloatField()
    responsiveness_contribution = models.FloatField()
    responsiveness_points = models.FloatField()
    price = models.FloatField(_("price"))
    price_n = models.FloatField()
    price_contribution = models.FloatField()
    price_points = models.FloatField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.score:.1f}"


class CustomerScore(ScoreFigures):
    """A customer's score now. `run` is the run that wrote it."""

    customer = models.OneToOneField(
        "customers.Customer",
        models.CASCADE,
        verbose_name=_("customer"),
        primary_key=True,
        related_name="score",
    )
    # Sweeps are forgotten after a month: then it leads nowhere, which costs no look at everybody's score.
    run = models.ForeignKey(
        "analytics.ScoringRun", models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    # Time alone moves the score (evidence ages, a waiting message falls due): then it is stale from here on.
    refresh_at = models.DateTimeField()
    change = models.FloatField(
        _("change in 30 days"),
        null=True,
        help_text=_("Points, against the newest snapshot 30 days old or older."),
    )
    change_factor = models.PositiveSmallIntegerField(_("moved by"), null=True)

    on_merge = {"customer": OnMerge.FORGET}

    objects = ScoreQuerySet["CustomerScore"].as_manager()

    class Meta:
        verbose_name = _("satisfaction score")
        verbose_name_plural = _("satisfaction scores")
        ordering = ["-pk"]
        indexes = [
            # sorted by score, and its distribution
            models.Index(fields=["score"], name="customer_score_score"),
            # movers
            models.Index(fields=["change"], name="customer_score_change"),
            # the sweep: whose score is due by time alone
            models.Index(fields=["refresh_at"], name="customer_score_refresh"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="customer_score_0_to_100"),
        ]


class ScoreSnapshot(ScoreFigures):
    """A score as it was: kept when it moved noticeably, and monthly. Never rewritten."""

    # The unique index below begins with it.
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, verbose_name=_("customer"), related_name="score_snapshots", db_index=False
    )

    on_merge = {"customer": OnMerge.STAY}

    objects = ScoreQuerySet["ScoreSnapshot"].as_manager()

    class Meta:
        verbose_name = _("score snapshot")
        verbose_name_plural = _("score snapshots")
        ordering = ["-as_of"]
        constraints = [
            # also the look-up of a customer's history by date
            models.UniqueConstraint(fields=["customer", "as_of"], name="score_snapshot_once"),
        ]


class PreferenceProfile(models.Model):
    """What a customer prefers and how they like to be served, with the numbers behind it.

    `categories`: ranked [{"category", "name", "preference", "percentile", "because": [{"feature", "value", "weight",
    "points"}]}]. `products`: ranked [{"product", "name", "preference", "percentile", "bought", "values"}], the best of
    those they bought and the best of the others; `values` are those of the features (scoring.ITEM_FEATURES), None where
    nothing is known: with the weights of the version they are the reasons (operations.product_reasons).
    `service`: {"channel" | "language" | "hour" | "topic": [{"value", "count", "last_seen"}]}.
    """

    customer = models.OneToOneField(
        "customers.Customer",
        models.CASCADE,
        verbose_name=_("customer"),
        primary_key=True,
        related_name="preferences",
    )
    version = models.ForeignKey(
        PreferenceModelVersion, models.PROTECT, verbose_name=_("version"), related_name="+", db_index=False
    )
    as_of = models.DateTimeField(_("as of"))
    computed_at = models.DateTimeField(_("computed at"))
    activity_version = models.PositiveBigIntegerField()
    # 0: by the weights for everybody; n: by those of the n-th override of the version.
    override = models.PositiveSmallIntegerField(_("override"), default=0, db_default=0)
    categories = models.JSONField(_("categories"), default=list)
    products = models.JSONField(_("products"), default=list)
    service = models.JSONField(_("how to serve"), default=dict)

    on_merge = {"customer": OnMerge.FORGET}

    objects = ScoreQuerySet["PreferenceProfile"].as_manager()

    class Meta:
        verbose_name = _("preference profile")
        verbose_name_plural = _("preference profiles")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}"
