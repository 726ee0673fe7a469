from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.choices import VersionState
from analytics.querysets import VersionQuerySet


class ModelVersion(models.Model):
    """Parameters, frozen when they are activated: each score names the version that made it."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    label = models.CharField(_("label"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=VersionState, default=VersionState.DRAFT)
    parameters = models.JSONField(_("parameters"))
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("created at"))
    activated_at = models.DateTimeField(_("activated at"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("created by"),
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        abstract = True
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"v{self.number} {self.label}".strip()


class ScoreModelVersion(ModelVersion):
    """Half-lives, priors, exponents and baselines of the satisfaction score."""

    objects = VersionQuerySet["ScoreModelVersion"].as_manager()

    class Meta(ModelVersion.Meta):
        abstract = False
        verbose_name = _("score model version")
        verbose_name_plural = _("score model versions")


class PreferenceModelVersion(ModelVersion):
    """Weights of the preference features, and the means and deviations that they are measured against."""

    objects = VersionQuerySet["PreferenceModelVersion"].as_manager()

    class Meta(ModelVersion.Meta):
        abstract = False
        verbose_name = _("preference model version")
        verbose_name_plural = _("preference model versions")
