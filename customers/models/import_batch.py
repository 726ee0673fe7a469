from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import ImportState, OnDuplicate, Outcome
from customers.models.audited import Audited
from customers.models.job import Job
from customers.querysets import ImportBatchQuerySet, ImportPartQuerySet, ImportRowQuerySet, OpenCatalogueQuerySet


class ImportBatch(Audited):
    """One import: which files, how they are read, how many rows were created, updated, unchanged or refused.

    `tables` is how each file is read: [{"file", "kind", "columns": {column: target}}], see customers.importers."""

    format = models.CharField(_("format"), max_length=32)
    # What the ids in the files are the ids of: rows are known by (source, id).
    source = models.CharField(_("source"), max_length=32, blank=True)
    path = models.CharField(_("file"), max_length=255)
    folder = models.CharField(max_length=100, blank=True, editable=False)  # uploaded files, below VAR_DIR/imports
    tables = models.JSONField(_("mapping"), default=list)
    options = models.JSONField(_("options"), default=dict)
    on_duplicate = models.CharField(_("duplicates"), max_length=6, choices=OnDuplicate, default=OnDuplicate.CREATE)
    team = models.ForeignKey(
        "customers.Team", models.PROTECT, verbose_name=_("team"), null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=8, choices=ImportState, default=ImportState.RUNNING)
    dry_run = models.BooleanField(_("dry run"), default=False)
    counts = models.JSONField(_("counts"), default=dict)
    duplicates = models.PositiveIntegerField(
        _("duplicates"), default=0, help_text=_("New rows that look like customers who are here.")
    )
    report_path = models.CharField(_("report of refused rows"), max_length=255, blank=True)
    error = models.TextField(_("error"), blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, editable=False, related_name="imports")
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("started by"),
        null=True,
        blank=True,
        related_name="+",
    )

    # ImportRow and ImportStep hold the rows; the counts stand in the record when the import ends.
    audit_leaves_out = frozenset({"folder", "report_path", "job", "tables", "options"})

    objects = ImportBatchQuerySet["ImportBatch"].as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.path


class ImportRow(models.Model):
    """What became, or would become, of one row of a file. Of a large file the first of each outcome are kept."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    kind = models.CharField(_("kind"), max_length=20)
    file = models.CharField(_("file"), max_length=255)
    line = models.PositiveIntegerField(_("line"))
    source_id = models.CharField(_("id in the source"), max_length=255, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome)
    label = models.CharField(_("name"), max_length=255, blank=True)
    detail = models.TextField(_("detail"), blank=True)

    objects = ImportRowQuerySet["ImportRow"].as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        ordering = ["id"]
        indexes = [
            # the preview, outcome by outcome
            models.Index(fields=["batch", "outcome", "id"], name="import_row_preview"),
        ]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class ImportStep(models.Model):
    """What one transaction of an import wrote, so that it can be undone.

    `created` are the keys of new rows, as ranges [first, last] where they are numbers; `changed` is {key: {"version":
    after, "before": {column: value}}}."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, blank=True)  # of the records; empty for rows that come along with one
    model = models.CharField(max_length=100)
    created = models.JSONField(default=list)
    changed = models.JSONField(default=dict)

    objects = ImportPartQuerySet["ImportStep"].as_manager()

    class Meta:
        verbose_name = _("step of an import")
        verbose_name_plural = _("steps of an import")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.model} {self.pk}"


class ImportMapping(Audited):
    """How the columns of a format are read in this company, kept under a name for the next file.

    `tables` is {kind of table: {column: target}}."""

    name = models.CharField(_("name"), max_length=100)
    format = models.CharField(_("format"), max_length=32)
    tables = models.JSONField(_("mapping"), default=dict)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("created by"), null=True, related_name="+"
    )

    objects = OpenCatalogueQuerySet["ImportMapping"].as_manager()

    class Meta:
        verbose_name = _("import mapping")
        verbose_name_plural = _("import mappings")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["format", "name"], name="import_mapping_once")]

    def __str__(self) -> str:
        return self.name
