from typing import Self

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.models.audited import Audited


class StaleVersion(Exception):
    """Somebody else saved the row since it was read. Nothing was written."""

    def __init__(self, instance: models.Model) -> None:
        self.instance = instance
        super().__init__(f"{instance._meta.label} {instance.pk} was changed by somebody else")


class Versioned(Audited):
    """A row that people edit. Every write moves `version`, so that a stale save is refused, not lost."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    @transaction.atomic
    def save_checked(self, *, update_fields: list[str] | None = None) -> Self:
        """Save an existing row if it is still at the version that was read; raises StaleVersion when it is not."""
        claimed = type(self)._base_manager.filter(pk=self.pk, version=self.version)
        if not claimed.update(version=F("version") + 1):
            raise StaleVersion(self)
        self.version += 1
        self.save(update_fields=None if update_fields is None else [*update_fields, "version"])
        return self

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion unless the row, locked by the caller, is at `expected` (None: any will do)."""
        if expected is not None and self.version != expected:
            raise StaleVersion(self)

    def etag(self) -> str:
        """The value of the API's ETag header."""
        return f'"{self.version}"'


class Sourced(models.Model):
    """A row that may come from another system; importing the same row again finds it by (source, source_id)."""

    source = models.CharField(_("source"), max_length=32, blank=True, default="", editable=False)
    # Null, not empty, where the row is our own: a unique constraint lets any number of nulls through.
    source_id = models.CharField(_("id in the source"), max_length=128, null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="%(app_label)s_%(class)s_source"),
        ]
