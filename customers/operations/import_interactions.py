from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Interaction, Team
from customers.operations.import_rows import Tally, check_row, in_words, insert_rows, set_what_differs, update_rows
from customers.operations.record_activity import record_activity
from customers.operations.records import Counts, InteractionRecord, Refused
from customers.operations.source import Changes, Report, Source, chunks, known

# customer, kind, time, subject
Key = tuple[int, str, datetime, str]


@transaction.atomic
def import_interactions(
    *, source: Source, records: Sequence[InteractionRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring a batch of calls, meetings, visits and campaign touches of this source's customers in.

    An interaction is known by its customer, kind, time and subject; one without a time by the others, and when it is
    new it happened as it was imported."""
    tally = Tally(report)
    customers = source.customers(r.customer_id for r in records)
    here = _interactions_of(customers.values(), [r.at for r in records])
    timeless = {(customer, kind, subject): row for (customer, kind, _, subject), row in here.items()}
    new: list[tuple[InteractionRecord, Interaction]] = []
    changed: list[tuple[Interaction, Changes]] = []
    for record in records:
        try:
            customer_id = known(customers, record.customer_id, "customer")
            same = timeless.get((customer_id, record.kind, record.subject)) if record.at is None else None
            moment = record.at or (same.at if same else at)
            key: Key = (customer_id, record.kind, moment, record.subject)
            row = here.get(key) or Interaction(
                customer_id=customer_id, kind=record.kind, at=moment, subject=record.subject
            )
            before = set_what_differs(row, {"direction": record.direction, "body": record.body})
            check_row(row, leave_out=("customer", "author"))
        except Refused as refused:
            tally.refuse(record.source_id, str(refused), record.subject)
            continue
        if key not in here:
            here[key] = timeless[customer_id, record.kind, record.subject] = row
            new.append((record, row))
            continue
        tally.found(record.source_id, record.subject, changed=in_words(row, before))
        if row.pk and before:
            changed.append((row, before))
    if source.rehearsal:
        for record, _ in new:
            tally.create(record.source_id, record.subject)
        return tally.counts
    update_rows(Interaction, changed, at=at)
    names = {id(row): record.source_id for record, row in new}
    written = insert_rows(
        Interaction, [row for _, row in new], refuse=lambda row, reason: tally.refuse(names[id(row)], reason)
    )
    for row in written:
        tally.create(names[id(row)], row.subject)
    source.wrote(Interaction, kind="interactions", created=written, changed=changed)
    touched = {row.customer_id for row in (*written, *(row for row, _ in changed))}
    record_activity(customer_ids=touched, at=at)
    return tally.counts


def _interactions_of(customer_ids: Iterable[int], times: list[datetime | None]) -> dict[Key, Interaction]:
    """Those that are here: of these times, or of any where some record has none."""
    told = [time for time in times if time]
    rows = Interaction.objects.order_by("at", "pk")
    if told and len(told) == len(times):
        rows = rows.filter(at__range=(min(told), max(told)))
    found: dict[Key, Interaction] = {}
    for ids in chunks(customer_ids):
        for row in rows.filter(customer__in=ids):
            found[row.customer_id, row.kind, row.at, row.subject] = row
    return found
