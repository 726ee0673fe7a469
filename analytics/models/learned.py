from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.choices import ProposalState
from analytics.models.run import ScoringRun
from analytics.models.version import PreferenceModelVersion
from customers.models import Audited
from customers.querysets import OpenCatalogueQuerySet


class ProductStatistics(models.Model):
    """What everybody's purchases say of each product, as of a run: shared by its chunks, and by the sweeps after it.
    Kept for the newest runs alone. `payload`: see operations.product_statistics."""

    run = models.OneToOneField(
        ScoringRun, models.CASCADE, verbose_name=_("run"), primary_key=True, related_name="product_statistics"
    )
    products = models.PositiveIntegerField(_("products"))
    payload = models.BinaryField()

    objects = OpenCatalogueQuerySet["ProductStatistics"].as_manager()

    class Meta:
        verbose_name = _("product statistics")
        verbose_name_plural = _("product statistics")

    def __str__(self) -> str:
        return str(self.run_id)


class WeightProposal(Audited):
    """Weights of the preference features that were learned from purchases, for staff to accept or to reject.

    `weights`: by feature. `evidence`: how they, the weights in force and popularity foretold the purchases of the last
    days, which none of them had seen: see operations.learn_weights."""

    state = models.CharField(_("state"), max_length=8, choices=ProposalState, default=ProposalState.LEARNING)
    weights = models.JSONField(_("weights"), default=dict)
    evidence = models.JSONField(_("evidence"), default=dict)
    # The version in force that it was compared with, and the one that was made of it.
    against = models.ForeignKey(
        PreferenceModelVersion, models.SET_NULL, verbose_name=_("compared with"), null=True, related_name="+"
    )
    version = models.ForeignKey(
        PreferenceModelVersion, models.SET_NULL, verbose_name=_("version"), null=True, related_name="+"
    )
    problem = models.TextField(_("problem"), blank=True)
    created_at = models.DateTimeField(_("asked for at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("asked for by"),
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        related_name="+",
    )

    audit_leaves_out = frozenset({"weights", "evidence"})

    objects = OpenCatalogueQuerySet["WeightProposal"].as_manager()

    class Meta:
        verbose_name = _("learned weights")
        verbose_name_plural = _("learned weights")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk}"
