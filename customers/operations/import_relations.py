from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from customers.models import Customer, Relation, RelationType, Team
from customers.operations.check_row import check_row
from customers.operations.circles import Period, hierarchy_above, period
from customers.operations.import_rows import (
    Tally,
    in_words,
    insert_rows,
    set_what_differs,
    update_rows,
)
from customers.operations.record_activity import record_activity
from customers.operations.records import Counts, Refused, RelationRecord
from customers.operations.source import Changes, Report, Source, chunks, known

# type, from, to, since: the same two may be related again at a later time
Key = tuple[int, int, int | None, date | None]


@transaction.atomic
def import_relations(
    *, source: Source, records: Sequence[RelationRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring a batch of relations between customers of this source in, or between one of them and us.

    A relation is known by its type, its two ends and the day it began; it is refused under `type from to`."""
    tally = Tally(report)
    batch = _Batch(source, records)
    for record in records:
        try:
            batch.sort_out(record, tally)
        except Refused as refused:
            tally.refuse(record.source_id, str(refused))
    if source.rehearsal:
        for record, _ in batch.new:
            tally.create(record.source_id)
    else:
        batch.write(tally, at)
    return tally.counts


class _Batch:
    def __init__(self, source: Source, records: Sequence[RelationRecord]) -> None:
        self.source = source
        self.customers = source.customers(end for r in records for end in (r.from_id, r.to_id))
        self.kinds = {
            pk: kind
            for ids in chunks(self.customers.values())
            for pk, kind in Customer.objects.filter(pk__in=ids).values_list("pk", "kind")
        }
        self.types = _types(records, lock=not source.rehearsal)
        self.here = _relations_from(self.customers.values())
        self.above = {
            kind.pk: hierarchy_above(kind, self.customers.values()) for kind in self.types.values() if kind.is_hierarchy
        }
        self.new: list[tuple[RelationRecord, Relation]] = []
        self.changed: list[tuple[Relation, Changes]] = []

    def sort_out(self, record: RelationRecord, tally: Tally) -> None:
        """Put one record with the new, the changed or the unchanged. Raises Refused."""
        kind = self.types.get(record.type)
        if kind is None:
            raise Refused(f"there is no relation type {record.type!r}")
        from_id = known(self.customers, record.from_id, "customer")
        to_id = known(self.customers, record.to_id, "customer") if record.to_id else None
        self._check_ends(kind, from_id, to_id)
        key: Key = (kind.pk, from_id, to_id, record.since)
        row = (
            self.here.get(key)
            or self._mirrored(kind, key)
            or Relation(type=kind, from_customer_id=from_id, to_customer_id=to_id)
        )
        before = set_what_differs(row, _values(record))
        check_row(row, leave_out=("type", "from_customer", "to_customer"))
        if row.since and row.until and row.until < row.since:
            raise Refused("until: it ends before it begins")
        if kind.is_hierarchy and to_id is not None and (key not in self.here or "until" in before):
            self._check_circle(kind, from_id, to_id, period(row.since, row.until))
        if key in self.here:
            tally.found(record.source_id, changed=in_words(row, before))
            if row.pk and before:
                self.changed.append((row, before))
            return
        self.here[key] = row
        self.new.append((record, row))

    def _mirrored(self, kind: RelationType, key: Key) -> Relation | None:
        """The same relation told from the other end, of a type that reads the same from both."""
        mirrored = self.here.get((key[0], key[2] or 0, key[1], key[3])) if kind.is_symmetric else None
        if mirrored is not None:
            self.here[key] = mirrored
        return mirrored

    def _check_ends(self, kind: RelationType, from_id: int, to_id: int | None) -> None:
        if kind.is_with_us != (to_id is None):
            raise Refused("to: must be empty for a relation to us, and only then")
        if from_id == to_id:
            raise Refused("to: nobody is related to themselves")
        for end, needed in (from_id, kind.from_kind), (to_id, kind.to_kind):
            found = self.kinds.get(end or 0)  # None: us, or one that a rehearsal made up
            if found and needed and found != needed:
                raise Refused(f"a {found} stands where {kind.code} needs a {needed}")

    def _check_circle(self, kind: RelationType, from_id: int, to_id: int, days: Period) -> None:
        if self.above[kind.pk].would_close(kind, from_id, to_id, days):
            raise Refused("a hierarchy has no circles: this one would close")
        self.above[kind.pk].add(kind, from_id, to_id, days)

    def write(self, tally: Tally, at: datetime) -> None:
        """Write what is new and what changed, and note the activity of both ends."""
        update_rows(Relation, self.changed, at=at)
        names = {id(row): record.source_id for record, row in self.new}
        written = insert_rows(
            Relation,
            [row for _, row in self.new],
            refuse=lambda row, reason: tally.refuse(names[id(row)], reason),
        )
        for row in written:
            tally.create(names[id(row)])
        self.source.wrote(Relation, kind="relations", created=written, changed=self.changed)
        rows = [*written, *(row for row, _ in self.changed)]
        ends = {end for row in rows for end in (row.from_customer_id, row.to_customer_id) if end}
        record_activity(customer_ids=ends, at=at)


def _values(record: RelationRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ("role", "since", "until", "strength", "note")}


def _types(records: Iterable[RelationRecord], *, lock: bool) -> dict[str, RelationType]:
    """The types of the records by code. Locked like by all who write relations, so that two imports at once close no
    circle together; in key order, so that they do not wait for each other in one."""
    rows = RelationType.objects.filter(code__in={record.type for record in records}).order_by("pk")
    return {row.code: row for row in (rows.select_for_update() if lock else rows)}


def _relations_from(customer_ids: Iterable[int]) -> dict[Key, Relation]:
    found: dict[Key, Relation] = {}
    for ids in chunks(customer_ids):
        for row in Relation.objects.filter(from_customer__in=ids):
            found[row.type_id, row.from_customer_id, row.to_customer_id, row.since] = row
    return found
