from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import CustomerKind
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

WRONG_END: dict[str, Any] = {
    CustomerKind.PERSON: gettext_lazy("%(type)s needs a person where an organisation stands"),
    CustomerKind.ORGANISATION: gettext_lazy("%(type)s needs an organisation where a person stands"),
}

# type, from, to; the same two may be related again at a later time
Key = tuple[int, int, int | None]


@transaction.atomic
def import_relations(
    *, source: Source, records: Sequence[RelationRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring a batch of relations between customers of this source in, or between one of them and us.

    A relation is known by its type, its two ends and the day it began; it is refused under `type from to`. A record
    that does not say when it began is of the latest relation of the two; one that does adds the day to a relation that
    is here without one. What is empty in a record says nothing: it never blanks what is here."""
    tally = Tally(report)
    batch = _Batch(source, records)
    for record in records:
        try:
            batch.sort_out(record, tally)
        except Refused as refused:
            tally.refuse(record.source_id, str(refused))
    if source.rehearsal:
        for record, row in batch.new:
            tally.create(record.source_id)
            source.made_up_relations.setdefault((row.type_id, row.from_customer_id, row.to_customer_id), []).append(row)
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
        if source.rehearsal:
            self.here.update(source.made_up_relations)
        self.above = {
            kind.pk: hierarchy_above(kind, self.customers.values()) for kind in self.types.values() if kind.is_hierarchy
        }
        self.new: list[tuple[RelationRecord, Relation]] = []
        self.changed: dict[int, tuple[Relation, Changes]] = {}

    def sort_out(self, record: RelationRecord, tally: Tally) -> None:
        """Put one record with the new, the changed or the unchanged. Raises Refused."""
        kind = self.types.get(record.type)
        if kind is None:
            raise Refused(_("there is no relation type “%(type)s”") % {"type": record.type})
        from_id = known(self.customers, record.from_id, "customer")
        to_id = known(self.customers, record.to_id, "customer") if record.to_id else None
        self._check_ends(kind, from_id, to_id)
        row = self._same(kind, from_id, to_id, record)
        is_here = row is not None
        row = row or Relation(type=kind, from_customer_id=from_id, to_customer_id=to_id)
        before = set_what_differs(row, _values(record))
        try:
            check_row(row, leave_out=("type", "from_customer", "to_customer"))
            if row.since and row.until and row.until < row.since:
                raise Refused(_("until: it ends before it begins"))
            if kind.is_hierarchy and to_id is not None and (not is_here or {"since", "until"} & before.keys()):
                self._check_circle(kind, from_id, to_id, period(row.since, row.until))
        except Refused:
            for name, value in before.items():
                setattr(row, name, value)
            raise
        if is_here:
            tally.found(record.source_id, changed=in_words(row, before))
            if row.pk and before:
                self._change(row, before)
            return
        self.here[kind.pk, from_id, to_id].append(row)
        self.new.append((record, row))

    def _change(self, row: Relation, before: Changes) -> None:
        """Note a change; where several records change one relation, what stood before the first of them counts."""
        _row, earlier = self.changed.get(row.pk, (row, {}))
        self.changed[row.pk] = row, {**before, **earlier}

    def _same(self, kind: RelationType, from_id: int, to_id: int | None, record: RelationRecord) -> Relation | None:
        """The relation that is here already, told from either end where it reads the same from both."""
        rows = self.here[kind.pk, from_id, to_id]
        if kind.is_symmetric and to_id is not None:
            rows = [*rows, *self.here[kind.pk, to_id, from_id]]
        if record.since is None:
            return max(rows, key=_recency, default=None)
        exact = (row for row in rows if row.since == record.since)
        undated = (row for row in rows if row.since is None and row.until in (None, record.until))
        return next(exact, None) or next(undated, None)

    def _check_ends(self, kind: RelationType, from_id: int, to_id: int | None) -> None:
        if kind.is_with_us != (to_id is None):
            raise Refused(_("to: must be empty for a relation to us, and only then"))
        if from_id == to_id:
            raise Refused(_("to: nobody is related to themselves"))
        for end, needed in (from_id, kind.from_kind), (to_id, kind.to_kind):
            found = self.kinds.get(end or 0)  # None: us, or one that a rehearsal made up
            if found and needed and found != needed:
                raise Refused(WRONG_END[needed] % {"type": kind.code})

    def _check_circle(self, kind: RelationType, from_id: int, to_id: int, days: Period) -> None:
        if self.above[kind.pk].would_close(kind, from_id, to_id, days):
            raise Refused(_("a hierarchy has no circles: this one would close"))
        self.above[kind.pk].add(kind, from_id, to_id, days)

    def write(self, tally: Tally, at: datetime) -> None:
        """Write what is new and what changed, and note the activity of both ends."""
        changed = list(self.changed.values())
        update_rows(Relation, changed, at=at)
        names = {id(row): record.source_id for record, row in self.new}
        written = insert_rows(
            Relation,
            [row for _, row in self.new],
            refuse=lambda row, reason: tally.refuse(names[id(row)], reason),
        )
        for row in written:
            tally.create(names[id(row)])
        self.source.wrote(Relation, kind="relations", created=written, changed=changed)
        rows = [*written, *(row for row, _ in changed)]
        ends = {end for row in rows for end in (row.from_customer_id, row.to_customer_id) if end}
        record_activity(customer_ids=ends, at=at)


def _values(record: RelationRecord) -> dict[str, Any]:
    said = {name: getattr(record, name) for name in ("role", "since", "until", "strength", "note")}
    return {name: value for name, value in said.items() if value not in (None, "")}


def _recency(row: Relation) -> tuple[bool, date]:
    """Those that last come after those that ended, and among equals the later one."""
    return row.until is None, row.since or date.min


def _types(records: Iterable[RelationRecord], *, lock: bool) -> dict[str, RelationType]:
    """The types of the records by code. Locked like by all who write relations, so that two imports at once close no
    circle together; in key order, so that they do not wait for each other in one."""
    rows = RelationType.objects.filter(code__in={record.type for record in records}).order_by("pk")
    return {row.code: row for row in (rows.select_for_update() if lock else rows)}


def _relations_from(customer_ids: Iterable[int]) -> dict[Key, list[Relation]]:
    found: dict[Key, list[Relation]] = defaultdict(list)
    for ids in chunks(customer_ids):
        for row in Relation.objects.filter(from_customer__in=ids).order_by("pk"):
            found[row.type_id, row.from_customer_id, row.to_customer_id].append(row)
    return found
