from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models, router, transaction

from customers.audit.origin import bulk_counts
from customers.audit.record import Happening, customers_of_row, record_all
from customers.audit.values import contents, differences, stood
from customers.choices import AuditKind

STOOD = "_audit_stood"


class Audited(models.Model):
    """A row whose every change is put on record, in the transaction that makes it (docs/decisions/0028-audit.md): by
    `save` and `delete` here, and by the writes of AuditedQuerySet. A model says which columns are left out, since
    programs keep them in step, and which are secrets, of which the record shows only that they changed."""

    is_audited: ClassVar[bool] = True
    audit_leaves_out: ClassVar[frozenset[str]] = frozenset()
    audit_hides: ClassVar[frozenset[str]] = frozenset()
    # Foreign keys through which the row belongs to a customer, where `audit_customers` goes that way.
    audit_through: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As ever; what changed is put on record with it."""
        is_new = self._state.adding
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            super().save(*args, **kwargs)
            self._record_save(is_new, kwargs.get("update_fields"))

    save.alters_data = True  # type: ignore[attr-defined]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """As ever; what the row held is put on record, and how many rows went with it."""
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        key, label = str(self.pk), self._meta.label
        said = Happening(AuditKind.REMOVED, self._meta.label_lower, key, customers_of_row(self))
        changes = contents(self, gone=True) if bulk_counts() is None else {}
        with transaction.atomic(using=using, savepoint=False):
            deleted = super().delete(*args, **kwargs)
            others = {name: count for name, count in deleted[1].items() if name != label and count}
            facts = {"with": others} if others else {}
            record_all([Happening(said.kind, said.model, said.object_id, said.customers, changes, facts)])
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], *args: Any, **kwargs: Any
    ) -> Self:
        """A row as it was read; it remembers what stood there."""
        row = super().from_db(db, field_names, values, *args, **kwargs)
        row.audit_remember()
        return row

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read the row anew, and remember what stands there now."""
        super().refresh_from_db(*args, **kwargs)
        fields = kwargs.get("fields") or (args[1] if len(args) > 1 else None)
        self.audit_remember(fields)

    def audit_remember(self, names: Iterable[str] | None = None) -> None:
        """Remember the columns (None: all) as they are, to compare the next save with."""
        now = stood(self)
        now.pop(STOOD, None)
        if names is not None:
            wanted = {field.attname for field in self._meta.concrete_fields if {field.name, field.attname} & {*names}}
            now = self.audit_stood() | {name: value for name, value in now.items() if name in wanted}
        self.__dict__[STOOD] = now

    def audit_stood(self) -> dict[str, Any]:
        """The columns as they were last read or written."""
        return self.__dict__.get(STOOD) or {}

    def audit_customers(self) -> Iterable[int | None]:
        """Keys of the customers that the row is about."""
        names = ("customer_id", "from_customer_id", "to_customer_id", "requester_id", "kept_id", "gone_id")
        return [value for name in names if isinstance(value := self.__dict__.get(name), int)]

    def _record_save(self, is_new: bool, names: Iterable[str] | None) -> None:
        kind = AuditKind.ADDED if is_new else AuditKind.CHANGED
        if (counts := bulk_counts()) is not None:
            counts[self._meta.label_lower, kind] += 1
        else:
            changes = contents(self) if is_new else differences(self, self.audit_stood(), names)
            if changes or is_new:
                said = Happening(kind, self._meta.label_lower, str(self.pk), customers_of_row(self), changes)
                record_all([said])
        self.audit_remember(names)


def audited_models() -> list[str]:
    """Labels, in small letters, of the models whose changes are put on record."""
    return sorted(model._meta.label_lower for model in apps.get_models() if issubclass(model, Audited))
