"""What all imports share: rows found by their name in the source, rows checked and written many at a time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from customers.choices import Outcome
from customers.models import Customer
from customers.models.derived_names import following
from customers.operations.check_row import in_one_line
from customers.operations.records import Counts
from customers.operations.source import Changes, Report
from customers.sql.copy_rows import can_copy, copy_rows

Row = TypeVar("Row", bound=Model)

ROWS_AT_ONCE = 1000
# bulk_update writes a CASE a field: longer statements cost more than they save.
UPDATES_AT_ONCE = 200


class _Sourced(Protocol):
    @property
    def source_id(self) -> str: ...


Record = TypeVar("Record", bound=_Sourced)


class Tally:
    """Counts the rows of one batch and reports what became of each."""

    def __init__(self, report: Report) -> None:
        self.counts = Counts()
        self._report = report

    def refuse(self, source_id: str, reason: str, label: str = "") -> None:
        """Count a row as refused and say why."""
        self.counts.refused += 1
        self._report(source_id, Outcome.REFUSED, label, reason)

    def create(self, source_id: str, label: str = "") -> None:
        """Count a row as created."""
        self.counts.created += 1
        self._report(source_id, Outcome.CREATED, label, "")

    def found(self, source_id: str, label: str = "", *, changed: str = "") -> None:
        """Count a row that was here already, updated where something is said to have changed."""
        if changed:
            self.counts.updated += 1
        else:
            self.counts.unchanged += 1
        self._report(source_id, Outcome.UPDATED if changed else Outcome.UNCHANGED, label, changed)

    def duplicate(self, source_id: str, label: str, reason: str, *, left_out: bool = False) -> None:
        """Report that a row looks like a customer who is here: beside what else is counted, or, where it is left out
        for that, as a refused one."""
        self.counts.refused += left_out
        self._report(source_id, Outcome.DUPLICATE, label, reason)


def without_repeats(records: Sequence[Record], tally: Tally) -> list[Record]:
    """The records, each id once: the first counts, a repeated one is refused."""
    seen: dict[str, Record] = {}
    for record in records:
        if record.source_id in seen:
            tally.refuse(record.source_id, _("the id is repeated in the file: the first row was taken"))
        else:
            seen[record.source_id] = record
    return list(seen.values())


def set_what_differs(row: Model, values: Mapping[str, Any]) -> Changes:
    """Give the row these values; returns what stood before in the fields that changed."""
    changed = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    return changed


def in_words(row: Model, before: Changes) -> str:
    """What changed in a row, for the preview: `name: Ana → Ana Lima`."""
    return "; ".join(f"{name}: {_short(old)} → {_short(getattr(row, name, None))}" for name, old in before.items())


def _short(value: object) -> str:
    text = "–" if value in (None, "", {}, []) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def insert_rows(model: type[Row], rows: Sequence[Row], *, refuse: Callable[[Row, str], None]) -> list[Row]:
    """Insert many rows at once; where the database refuses one, that row alone is left out. Returns those written."""
    try:
        with transaction.atomic():
            return write_new_rows(model, rows)
    except (IntegrityError, DataError):
        return [row for row in rows if _insert_alone(row, refuse)]


def write_new_rows(model: type[Row], rows: Sequence[Row]) -> list[Row]:
    """Insert many rows at once by the quickest way that the database has. Raises IntegrityError, DataError."""
    if can_copy():
        return copy_rows(model, rows)
    return model._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def _insert_alone(row: Row, refuse: Callable[[Row, str], None]) -> bool:
    row.pk = None if row._meta.auto_field else row.pk
    row._state.adding = True
    try:
        with transaction.atomic():
            row.validate_unique()
            row.save(force_insert=True)
    except ValidationError as error:
        refuse(row, in_one_line(error))
    except (IntegrityError, DataError):
        refuse(row, _("the database does not take the row: it breaks a rule or repeats another row"))
    else:
        return True
    return False


def update_rows(model: type[Row], changed: Sequence[tuple[Row, Collection[str]]], *, at: datetime) -> None:
    """Write the changed fields of these rows, move the version of each and set when it was updated."""
    if not changed:
        return
    rows = [row for row, _ in changed]
    columns = {name for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    fields = {name for _, names in changed for name in names} & columns
    if model is Customer:
        for column in following(fields):
            fields.add(column)
            for row in rows:
                model._meta.get_field(column).pre_save(row, add=False)  # type: ignore[union-attr]
    if "version" in columns:
        fields.add("version")
        for row in rows:
            row.version += 1  # type: ignore[attr-defined]
    if "updated_at" in columns:
        fields.add("updated_at")
        for row in rows:
            row.updated_at = at  # type: ignore[attr-defined]
    model._default_manager.bulk_update(rows, sorted(fields), batch_size=UPDATES_AT_ONCE)
