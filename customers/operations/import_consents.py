from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Consent, Team
from customers.operations.import_rows import Tally, check_row, insert_rows
from customers.operations.record_activity import record_activity
from customers.operations.records import ConsentRecord, Counts, Refused
from customers.operations.source import Report, Source, chunks, known

# customer, purpose, channel
Key = tuple[int, str, str]


@transaction.atomic
def import_consents(
    *, source: Source, records: Sequence[ConsentRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring in what this source's customers allowed or forbade.

    The history is append-only, and the same again adds nothing: a record with a moment is here already when a row says
    the same of the same moment; one without says what holds now, so it is here when the newest row says so. A record
    of the past stays in the past: it never undoes what was said later."""
    tally = Tally(report)
    customers = source.customers(record.customer_id for record in records)
    history = _history(customers.values())
    new: list[tuple[ConsentRecord, Consent]] = []
    for record in records:
        try:
            key: Key = (known(customers, record.customer_id, "customer"), record.purpose, record.channel)
            row = _row(record, key, source, at)
            check_row(row, leave_out=("customer", "recorded_by"))
        except Refused as refused:
            tally.refuse(record.source_id, str(refused))
            continue
        if _is_here(history[key], record, row.at):
            tally.found(record.source_id)
            continue
        history[key].append((row.at, row.is_given))
        new.append((record, row))
    if source.rehearsal:
        for record, _row_of_it in new:
            tally.create(record.source_id)
        return tally.counts
    names = {id(row): record.source_id for record, row in new}
    written = insert_rows(
        Consent, [row for _, row in new], refuse=lambda row, reason: tally.refuse(names[id(row)], reason)
    )
    for row in written:
        tally.create(names[id(row)])
    source.wrote(Consent, kind="consents", created=written)
    record_activity(customer_ids={row.customer_id for row in written}, at=at)
    return tally.counts


def _row(record: ConsentRecord, key: Key, source: Source, at: datetime) -> Consent:
    return Consent(
        customer_id=key[0],
        purpose=record.purpose,
        channel=record.channel,
        is_given=record.is_given,
        text_version=record.text_version,
        source=source.name,
        at=record.at or at,
        recorded_at=at,
        recorded_by=source.user,
    )


def _is_here(said: list[tuple[datetime, bool]], record: ConsentRecord, at: datetime) -> bool:
    if record.at is None:
        return bool(said) and max(said, key=lambda one: one[0])[1] == record.is_given
    return (at, record.is_given) in said


def _history(customer_ids: Iterable[int]) -> dict[Key, list[tuple[datetime, bool]]]:
    """What each customer said of each purpose and channel, the oldest first."""
    found: dict[Key, list[tuple[datetime, bool]]] = defaultdict(list)
    for ids in chunks(customer_ids):
        rows = Consent.objects.filter(customer__in=ids).order_by("at", "pk")
        for customer, purpose, channel, at, is_given in rows.values_list(
            "customer", "purpose", "channel", "at", "is_given"
        ):
            found[customer, purpose, channel].append((at, is_given))
    return found
