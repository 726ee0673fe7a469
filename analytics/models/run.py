from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.choices import RunKind, RunState
from analytics.models.version import ScoreModelVersion
from analytics.querysets import RunQuerySet
from customers.models import Leased
from customers.querysets import OpenCatalogueQuerySet


class ScoringRun(models.Model):
    """One run over a population. That (kind, logical_at) is unique is the single-flight lock."""

    kind = models.CharField(_("kind"), max_length=8, choices=RunKind)
    logical_at = models.DateTimeField(_("scheduled for"), help_text=_("The moment that the run stands for."))
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.RUNNING)
    version = models.ForeignKey(ScoreModelVersion, models.PROTECT, verbose_name=_("version"), related_name="+")
    as_of = models.DateTimeField(_("as of"), help_text=_("Nothing that happened later is looked at."))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    customers = models.PositiveBigIntegerField(_("customers"), default=0)
    failed = models.PositiveBigIntegerField(_("failed"), default=0)
    # Of a finished run over everybody: quantiles 0..100 and a histogram, for percentiles and the dashboard.
    distribution = models.JSONField(_("distribution"), null=True)

    objects = RunQuerySet["ScoringRun"].as_manager()

    class Meta:
        verbose_name = _("scoring run")
        verbose_name_plural = _("scoring runs")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "logical_at"], name="scoring_run_once")]
        indexes = [
            # what goes on: asked with every tick and claim
            models.Index(fields=["state"], name="scoring_run_state"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.logical_at:%Y-%m-%d %H:%M}"


class ScoringChunk(Leased):
    """A range of customers, lo <= id <= hi, of a run. In a sweep, those of the range who were stale when it was
    planned: to ask for them chunk by chunk would be to look at all that changed for each."""

    run = models.ForeignKey(ScoringRun, models.CASCADE, verbose_name=_("run"), related_name="chunks")
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()
    customer_ids = models.JSONField(null=True, editable=False)  # in order; null: everybody in the range
    customers = models.PositiveIntegerField(_("customers"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    error = models.TextField(_("error"), blank=True)

    objects = OpenCatalogueQuerySet["ScoringChunk"].as_manager()

    class Meta:
        verbose_name = _("scoring chunk")
        verbose_name_plural = _("scoring chunks")
        ordering = ["id"]
        indexes = [
            # the next free chunk
            models.Index(fields=["run", "state"], name="scoring_chunk_free"),
        ]

    def __str__(self) -> str:
        return f"{self.lo}-{self.hi}"
