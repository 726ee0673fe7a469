"""Writes of many rows at once, put on record like those of single rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet, prefetch_related_objects

from customers.audit.origin import bulk_counts, in_bulk
from customers.audit.record import Happening, customers_of_row, record_all
from customers.audit.values import contents, differences, recorded_fields, stood
from customers.choices import AuditKind

Row = TypeVar("Row", bound=Model, covariant=True)

# More rows than that, by one statement, are one entry with their number.
ONE_BY_ONE = 1_000
PARENTS_AT_ONCE = 500


class AuditedQuerySet(QuerySet[Row]):
    """A queryset whose writes are put on record where its model is audited. The model's `_base_manager` is the way past
    it: for leases, and for verbs that have a record of their own."""

    def update(self, **values: Any) -> int:
        """As ever; each row that changes is put on record with what stood there."""
        if not self._is_recorded() or not recorded_fields(self.model, values):
            return super().update(**values)
        with transaction.atomic(using=self.db, savepoint=False):
            if (counts := bulk_counts()) is not None:
                changed = super().update(**values)
                counts[self.model._meta.label_lower, AuditKind.CHANGED] += changed
                return changed
            rows = _with_parents(self._first_rows())
            changed = super().update(**values)
            if len(rows) > ONE_BY_ONE:
                self._record_number(AuditKind.CHANGED, changed, values)
            else:
                record_all([one for row in rows if (one := _changed(row, values)) is not None])
        return changed

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As ever; each new row is put on record."""
        if not self._is_recorded():
            return super().bulk_create(objs, *args, **kwargs)
        with transaction.atomic(using=self.db, savepoint=False):
            rows = super().bulk_create(objs, *args, **kwargs)
            self._record_rows(AuditKind.ADDED, rows)
        return rows

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        """As ever; each row that changes is put on record. What stood there is what the caller read."""
        fields, rows = list(fields), list(objs)
        if not self._is_recorded() or not recorded_fields(self.model, fields):
            return super().bulk_update(rows, fields, batch_size)
        with transaction.atomic(using=self.db, savepoint=False):
            counts = bulk_counts()
            with in_bulk():
                changed = super().bulk_update(rows, fields, batch_size)
            if counts is not None:
                counts[self.model._meta.label_lower, AuditKind.CHANGED] += len(rows)
            elif len(rows) > ONE_BY_ONE:
                self._record_number(AuditKind.CHANGED, len(rows), fields)
            else:
                _with_parents(rows)
                found = ((row, differences(row, row.audit_stood(), fields)) for row in rows)
                record_all([_said(AuditKind.CHANGED, row, changes) for row, changes in found if changes])
            for row in rows:
                row.audit_remember()
        return changed

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """As ever; each row is put on record with what it held."""
        if not self._is_recorded():
            return super().delete()
        with transaction.atomic(using=self.db, savepoint=False):
            if (counts := bulk_counts()) is not None:
                deleted = super().delete()
                counts[self.model._meta.label_lower, AuditKind.REMOVED] += deleted[1].get(self.model._meta.label, 0)
                return deleted
            rows = _with_parents(self._first_rows())
            happenings = [_said(AuditKind.REMOVED, row, contents(row, gone=True)) for row in rows[:ONE_BY_ONE]]
            deleted = super().delete()
            if len(rows) > ONE_BY_ONE:
                self._record_number(AuditKind.REMOVED, deleted[1].get(self.model._meta.label, 0), ())
            else:
                record_all(happenings)
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _is_recorded(self) -> bool:
        return bool(getattr(self.model, "is_audited", False))

    def _first_rows(self) -> list[Any]:
        """The rows that are about to be written, as they stand; one more than is put on record one by one."""
        rows: Any = self.model._base_manager.using(self.db)
        keys = self.order_by().values_list("pk", flat=True)[: ONE_BY_ONE + 1]
        return [*rows.filter(pk__in=[*keys])]

    def _record_rows(self, kind: str, rows: Sequence[Any]) -> None:
        counts = bulk_counts()
        if counts is not None:
            counts[self.model._meta.label_lower, kind] += len(rows)
        elif len(rows) > ONE_BY_ONE:
            self._record_number(kind, len(rows), ())
        else:
            record_all([_said(kind, row, contents(row)) for row in _with_parents(rows)])
        for row in rows:
            row.audit_remember()

    def _record_number(self, kind: str, number: int, columns: Iterable[str]) -> None:
        facts = {"rows": number, **({"columns": sorted(columns)} if columns else {})}
        record_all([Happening(kind, self.model._meta.label_lower, facts=facts)])


def _with_parents(rows: Sequence[Any]) -> Sequence[Any]:
    """The rows, with the rows through which they belong to a customer: asked for together."""
    if 0 < len(rows) <= ONE_BY_ONE and rows[0].audit_through:
        for start in range(0, len(rows), PARENTS_AT_ONCE):  # SQLite refuses a condition of 1,000 alternatives
            prefetch_related_objects(list(rows[start : start + PARENTS_AT_ONCE]), *rows[0].audit_through)
    return rows


def _said(kind: str, row: Any, changes: Any) -> Happening:
    return Happening(kind, row._meta.label_lower, str(row.pk), customers_of_row(row), changes)


def _changed(row: Any, values: dict[str, Any]) -> Happening | None:
    """What an update did to a row that was read before it."""
    before = stood(row)
    for name, value in values.items():
        field = row._meta.get_field(name) if name != "pk" else row._meta.pk
        row.__dict__[field.attname] = getattr(value, "pk", value) if field.is_relation else value
    changes = differences(row, before, values)
    return _said(AuditKind.CHANGED, row, changes) if changes else None
