from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Interaction, Team
from customers.operations.import_rows import (
    Refuse,
    Tally,
    check_row,
    chunks,
    customers_by_source,
    insert_rows,
    known,
    set_what_differs,
    update_rows,
)
from customers.operations.record_activity import record_activity
from customers.operations.records import Counts, InteractionRecord, Refused

# customer, kind, time, subject
Key = tuple[int, str, datetime, str]


@transaction.atomic
def import_interactions(
    *, source: str, records: Sequence[InteractionRecord], team: Team, at: datetime, refuse: Refuse
) -> Counts:
    """Bring a batch of calls, meetings, visits and campaign touches of this source's customers in.

    An interaction is known by its customer, kind, time and subject; it is refused under its customer's id."""
    tally = Tally(refuse)
    customers = customers_by_source(source, (r.customer_id for r in records))
    here = _interactions_of(customers.values(), [r.at for r in records])
    new: list[Interaction] = []
    changed: list[tuple[Interaction, list[str]]] = []
    for record in records:
        try:
            key: Key = (known(customers, record.customer_id, "customer"), record.kind, record.at, record.subject)
            row = here.get(key) or Interaction(
                customer_id=key[0], kind=record.kind, at=record.at, subject=record.subject
            )
            names = set_what_differs(row, {"direction": record.direction, "body": record.body})
            check_row(row, leave_out=("customer", "author"))
        except Refused as refused:
            tally.refuse(record.customer_id, str(refused))
            continue
        if key not in here:
            here[key] = row
            new.append(row)
            continue
        tally.found(changed=bool(names))
        if row.pk and names:
            changed.append((row, names))
    update_rows(Interaction, changed, at=at)
    written = insert_rows(Interaction, new, refuse=lambda row, reason: tally.refuse(str(row.customer_id), reason))
    tally.counts.created += len(written)
    touched = {row.customer_id for row in (*written, *(row for row, _ in changed))}
    record_activity(customer_ids=touched, at=at)
    return tally.counts


def _interactions_of(customer_ids: Iterable[int], times: list[datetime]) -> dict[Key, Interaction]:
    found: dict[Key, Interaction] = {}
    for ids in chunks(customer_ids):
        for row in Interaction.objects.filter(customer__in=ids, at__range=(min(times), max(times))):
            found[row.customer_id, row.kind, row.at, row.subject] = row
    return found
