from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.choices import VersionEventKind, VersionOf, VersionState
from analytics.querysets import VersionQuerySet
from customers.models import Versioned
from customers.querysets import OpenCatalogueQuerySet


class ModelVersion(Versioned):
    """Parameters, frozen when they are activated: each score names the version that made it. A draft may be edited.

    `overrides`: other parameters for some customers, the first that a customer is in counts: [{"segment", "name",
    "definition", "parameters"}]. `definition` is what the segment asked when it was taken over, so that whoever edits
    the segment later moves no score; `parameters` are those that differ from everybody's.
    """

    of: VersionOf

    number = models.PositiveIntegerField(_("number"), unique=True)
    label = models.CharField(_("label"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=VersionState, default=VersionState.DRAFT)
    parameters = models.JSONField(_("parameters"))
    overrides = models.JSONField(_("overrides"), default=list, blank=True)
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

    @property
    def is_draft(self) -> bool:
        """Whether it may still be edited."""
        return self.state == VersionState.DRAFT


class ScoreModelVersion(ModelVersion):
    """Half-lives, priors, exponents and baselines of the satisfaction score."""

    of = VersionOf.SCORE

    objects = VersionQuerySet["ScoreModelVersion"].as_manager()

    class Meta(ModelVersion.Meta):
        abstract = False
        verbose_name = _("score model version")
        verbose_name_plural = _("score model versions")


class PreferenceModelVersion(ModelVersion):
    """Weights of the preference features, and the means and deviations that they are measured against."""

    of = VersionOf.PREFERENCE

    objects = VersionQuerySet["PreferenceModelVersion"].as_manager()

    class Meta(ModelVersion.Meta):
        abstract = False
        verbose_name = _("preference model version")
        verbose_name_plural = _("preference model versions")


class VersionEvent(models.Model):
    """What happened to a version, when and by whom. Append-only; it outlives a draft that was discarded."""

    of = models.CharField(_("model"), max_length=10, choices=VersionOf)
    number = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("what"), max_length=11, choices=VersionEventKind)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    # Of an edit: {"quality.half_life_days": [180.0, 90.0]}, old and new.
    changes = models.JSONField(_("changes"), default=dict)

    objects = OpenCatalogueQuerySet["VersionEvent"].as_manager()

    class Meta:
        verbose_name = _("version event")
        verbose_name_plural = _("version events")
        ordering = ["-id"]
        indexes = [
            # the history of a version, and of a model
            models.Index(fields=["of", "number"], name="version_event_of"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.number}"


class Preview(models.Model):
    """Who would be moved if a version were activated: computed on the facts of everybody as of a moment. Writes nothing
    else. `row_version`: the edit of the draft that was looked at; `result` is None until it is computed."""

    # The version that is looked at, and the one that was in force, of the same model.
    version: Any
    against: Any
    version_id: int
    against_id: int | None

    row_version = models.PositiveIntegerField()
    as_of = models.DateTimeField(_("as of"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    job = models.ForeignKey(
        "customers.Job", models.SET_NULL, verbose_name=_("job"), null=True, blank=True, related_name="+"
    )
    result = models.JSONField(_("result"), null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.version_id)


class VersionPreview(Preview):
    """Who would move, and by how much: see operations.preview_version."""

    version = models.OneToOneField(
        ScoreModelVersion, models.CASCADE, verbose_name=_("version"), related_name="preview", primary_key=True
    )
    against = models.ForeignKey(
        ScoreModelVersion, models.CASCADE, verbose_name=_("compared with"), related_name="+", null=True
    )

    objects = OpenCatalogueQuerySet["VersionPreview"].as_manager()

    class Meta(Preview.Meta):
        abstract = False
        verbose_name = _("version preview")
        verbose_name_plural = _("version previews")


class PreferencePreview(Preview):
    """Who would be shown other products first: see operations.preview_preferences."""

    version = models.OneToOneField(
        PreferenceModelVersion, models.CASCADE, verbose_name=_("version"), related_name="preview", primary_key=True
    )
    against = models.ForeignKey(
        PreferenceModelVersion, models.CASCADE, verbose_name=_("compared with"), related_name="+", null=True
    )

    objects = OpenCatalogueQuerySet["PreferencePreview"].as_manager()

    class Meta(Preview.Meta):
        abstract = False
        verbose_name = _("preference version preview")
        verbose_name_plural = _("preference version previews")
