from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import F

from customers.models import Observation
from customers.operations.record_activity import record_activity
from customers.operations.source import chunks

# At most so many ids in one IN (...): SQLite and MariaDB slow down or refuse beyond.
IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact to put on record; see Observation for what value and reference mean.

    It supersedes what stands on record for the same customer, factor and subject, or for `instead_of`, the id of
    another subject of the same type (a changed rating is another rating). is_whole: it says all that there is to say of
    its subject, so that the one before counts on no date any more; all facts about a subject are so, or none."""

    customer_id: int
    factor: int
    measure: int
    value: float | None
    reference: float | None
    at: datetime
    subject_type: str
    subject_id: int
    due_at: datetime | None = None
    instead_of: int | None = None
    is_whole: bool = False

    @property
    def key(self) -> tuple[int, int, str, int]:
        """What a newer fact must share with an older one to supersede it."""
        return self.customer_id, self.factor, self.subject_type, self.instead_of or self.subject_id

    def says_the_same_as(self, row: Observation) -> bool:
        """Whether the row on record already holds this fact, so that nothing is to be written."""
        mine = (self.measure, self.value, self.reference, self.at, self.due_at, self.subject_id)
        theirs = (row.measure, row.value, row.reference, row.at, row.due_at, row.subject_id)
        return mine == theirs


@transaction.atomic
def observe(
    *, facts: Iterable[NewFact], at: datetime, also_touched: Iterable[int] = (), of_erased: bool = False
) -> list[Observation]:
    """Put facts on record at time `at` and note the activity of their customers (and of `also_touched`).

    Facts that already stand on record are left alone. Returns the rows that were written. A fact never reaches back
    before the one it supersedes: its `at` is moved up to it, so that on every date exactly one of the two counts; but a
    whole fact takes its place on every date. What somebody left out stays out when it is corrected.
    `of_erased`: see record_activity."""
    fresh = list(facts)
    touched = [*(f.customer_id for f in fresh), *also_touched]
    versions = record_activity(customer_ids=touched, at=at, of_erased=of_erased)
    on_record, counted = _current_rows(fresh), _counted_until(fresh)
    superseded: list[Observation] = []
    written: list[Observation] = []
    for fact in fresh:
        old = on_record.get(fact.key)
        if old is not None and fact.says_the_same_as(old):
            continue
        row = _row(fact, version=versions[fact.customer_id], at=at)
        row.at = max(row.at, counted.get(fact.key, row.at))
        if old is not None:
            if not fact.is_whole:
                row.at = max(row.at, old.at)
            if stays_out(fact, old, at):
                row.is_exclusion, row.excluded_until = True, old.excluded_until
                row.excluded_by_id, row.reason = old.excluded_by_id, old.reason
            old.superseded_at = old.at if fact.is_whole else row.at
            old.superseded_version = row.recorded_version
            superseded.append(old)
        written.append(row)
    Observation.objects.bulk_update(superseded, ["superseded_at", "superseded_version"], batch_size=IDS_AT_ONCE)
    return Observation.objects.bulk_create(written, batch_size=1000)


def stays_out(fact: NewFact, old: Observation, at: datetime) -> bool:
    """Whether a fact takes the place of one that is left out at `at`, about the very same subject: the reply of a spam
    ticket is spam as well. A rating that the customer gave anew is another subject, and counts."""
    in_force = old.is_exclusion and (old.excluded_until is None or old.excluded_until > at)
    return in_force and fact.subject_id == old.subject_id


def _current_rows(facts: list[NewFact]) -> dict[tuple[int, int, str, int], Observation]:
    rows: dict[tuple[int, int, str, int], Observation] = {}
    subjects = sorted({(f.subject_type, f.instead_of or f.subject_id) for f in facts})
    for subject_type, group in groupby(subjects, key=lambda pair: pair[0]):
        ids = [pk for _, pk in group]
        for start in range(0, len(ids), IDS_AT_ONCE):
            found = Observation.objects.filter(
                subject_type=subject_type,
                subject_id__in=ids[start : start + IDS_AT_ONCE],
                superseded_version=None,
            )
            for row in found:
                rows[row.customer_id, row.factor, row.subject_type, row.subject_id] = row
    return rows


def _counted_until(facts: list[NewFact]) -> dict[tuple[int, int, str, int], datetime]:
    """Up to when facts that were superseded still count, by what a whole fact supersedes: what was corrected before
    there were whole facts counts up to its correction for good."""
    found: dict[tuple[int, int, str, int], datetime] = {}
    by_type: dict[str, set[int]] = defaultdict(set)
    for fact in facts:
        if fact.is_whole:
            by_type[fact.subject_type].add(fact.subject_id)
    for subject_type, subject_ids in by_type.items():
        for ids in chunks(sorted(subject_ids)):
            past = Observation.objects.filter(subject_type=subject_type, subject_id__in=ids, superseded_at__gt=F("at"))
            for row in past.order_by("superseded_at"):
                if row.superseded_at is not None:
                    found[row.customer_id, row.factor, row.subject_type, row.subject_id] = row.superseded_at
    return found


def _row(fact: NewFact, *, version: int, at: datetime) -> Observation:
    return Observation(
        customer_id=fact.customer_id,
        factor=fact.factor,
        measure=fact.measure,
        value=fact.value,
        reference=fact.reference,
        at=fact.at,
        recorded_at=at,
        recorded_version=version,
        subject_type=fact.subject_type,
        subject_id=fact.subject_id,
        due_at=fact.due_at,
    )
