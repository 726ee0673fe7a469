from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Order, Team
from customers.operations.check_row import check_row
from customers.operations.import_rows import (
    ROWS_AT_ONCE,
    Tally,
    insert_rows,
    without_repeats,
)
from customers.operations.observe import observe
from customers.operations.records import Counts, Refused
from customers.operations.source import Report, Source, chunks, known
from services.choices import RATING_BOUNDS, EventKind, RatingScale, TicketStatus
from services.models import SatisfactionRating, Ticket, TicketEvent
from services.operations.records import RatingRecord
from services.operations.ticket_facts import counts_for
from services.operations.write_rating import rating_facts

# The moments at which a ticket's status was told, and the statuses.
History = tuple[list[datetime], list[str]]


@transaction.atomic
def import_ratings(
    *, source: Source, records: Sequence[RatingRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring a batch of ratings in, each known by (source, source_id) and about a ticket or an order of that source.

    Every rating stands beside the others; only one that comes again under its id with something else in it replaces
    the former. The rating of a ticket is written into its history."""
    tally = Tally(report)
    batch = _Batch(source, without_repeats(records, tally), at)
    for record in batch.records:
        try:
            batch.sort_out(record, tally)
        except Refused as refused:
            tally.refuse(record.source_id, str(refused))
    if source.rehearsal:
        batch.rehearse(tally)
    else:
        batch.write(tally)
    return tally.counts


@dataclass(slots=True)
class _New:
    row: SatisfactionRating
    replaced: SatisfactionRating | None
    replaced_before: int | None  # what had replaced that one already


class _Batch:
    def __init__(self, source: Source, records: list[RatingRecord], at: datetime) -> None:
        self.source, self.records, self.at = source, records, at
        self.customers = source.customers(r.customer_id for r in records)
        self.tickets = source.rows(Ticket, (r.ticket_id for r in records))
        self.orders = source.rows(Order, (r.order_id for r in records))
        self.subjects = {
            "ticket": source.keys(Ticket, (r.ticket_id for r in records)),
            "order": source.keys(Order, (r.order_id for r in records)),
        }
        self.here = source.rows(SatisfactionRating, (r.source_id for r in records))
        self.new: list[_New] = []

    def sort_out(self, record: RatingRecord, tally: Tally) -> None:
        """Put one record with the new, the changed or the unchanged. Raises Refused."""
        values = self._values(record)
        old = self.here.get(record.source_id)
        if old is not None and all(getattr(old, name) == value for name, value in values.items()):
            tally.found(record.source_id)
            return
        row = SatisfactionRating(source=self.source.name, source_id=record.source_id, recorded_at=self.at, **values)
        check_row(row, leave_out=("customer", "ticket", "order", "replaced_by"))
        self.new.append(_New(row, old, old.replaced_by_id if old else None))

    def _values(self, record: RatingRecord) -> dict[str, object]:
        if bool(record.ticket_id) == bool(record.order_id):
            raise Refused(_("a rating is of a ticket or of an order"))
        if record.scale not in RatingScale.values:
            raise Refused(
                _("scale: “%(scale)s” is not one of %(scales)s")
                % {"scale": record.scale, "scales": ", ".join(RatingScale.values)}
            )
        low, high = RATING_BOUNDS[RatingScale(record.scale)]
        if not low <= record.value <= high:
            raise Refused(
                _("value: %(scale)s is %(low)s to %(high)s, not %(value)s")
                % {"scale": record.scale, "low": low, "high": high, "value": record.value}
            )
        about = "ticket" if record.ticket_id else "order"
        return {
            "customer_id": known(self.customers, record.customer_id, "customer"),
            f"{about}_id": known(self.subjects[about], record.ticket_id or record.order_id, about),
            "scale": record.scale,
            "value": record.value,
            "comment": record.comment,
            "at": record.at,
        }

    def rehearse(self, tally: Tally) -> None:
        """Count what would be created or replaced."""
        for new in self.new:
            if new.replaced:
                tally.found(str(new.row.source_id), changed=f"value: {new.replaced.value} → {new.row.value}")
            else:
                tally.create(str(new.row.source_id))

    def write(self, tally: Tally) -> None:
        """Write the ratings, what they replace, the histories of their tickets and the facts."""
        former = [new.replaced for new in self.new if new.replaced]
        for old in former:
            old.source_id = None  # the id goes to the row that replaces it
        SatisfactionRating.objects.bulk_update(former, ["source_id"], batch_size=ROWS_AT_ONCE)
        written = insert_rows(
            SatisfactionRating,
            [new.row for new in self.new],
            refuse=lambda row, reason: tally.refuse(str(row.source_id), reason),
        )
        kept = {id(row) for row in written}
        self.new = [new for new in self.new if id(new.row) in kept]
        for new in self.new:
            if new.replaced:
                new.replaced.replaced_by = new.row
        replaced = [new.replaced for new in self.new if new.replaced]
        SatisfactionRating.objects.bulk_update(replaced, ["replaced_by"], batch_size=ROWS_AT_ONCE)
        self.rehearse(tally)
        self.source.wrote(
            SatisfactionRating, kind="ratings", created=[new.row for new in self.new if new.replaced is None]
        )
        # The newer answer and the older one together: the id can go back only when the newer one has let go of it.
        self.source.wrote(
            SatisfactionRating,
            created=[new.row for new in self.new if new.replaced],
            changed=[
                (row, {"source_id": new.row.source_id, "replaced_by_id": new.replaced_before})
                for new in self.new
                if (row := new.replaced)
            ],
        )
        self._write_histories()
        self._tell()

    def _write_histories(self) -> None:
        ratings = [(new.row.ticket_id, new.row) for new in self.new if new.row.ticket_id]
        histories = _histories(ticket_id for ticket_id, _ in ratings)
        events = [
            TicketEvent(
                ticket_id=ticket_id,
                kind=EventKind.RATED,
                at=row.at,
                recorded_at=self.at,
                status_after=_status_at(histories.get(ticket_id), row.at),
                data={"rating": row.pk, "scale": row.scale, "value": row.value},
            )
            for ticket_id, row in ratings
        ]
        self.source.wrote(TicketEvent, created=TicketEvent.objects.bulk_create(events, batch_size=ROWS_AT_ONCE))

    def _tell(self) -> None:
        tickets = {ticket.pk: ticket for ticket in self.tickets.values()}
        customers = {order.pk: order.customer_id for order in self.orders.values()}
        facts = []
        for new in self.new:
            row = new.row
            if row.ticket_id:
                ids = {*counts_for(tickets[row.ticket_id]), row.customer_id}
            else:
                ids = {customers[row.order_id or 0]}
            facts += rating_facts(row, customer_ids=sorted(ids), replaced=new.replaced)
        observe(facts=facts, at=self.at, also_touched=[new.row.customer_id for new in self.new])


def _histories(ticket_ids: Iterable[int]) -> dict[int, History]:
    found: dict[int, History] = defaultdict(lambda: ([], []))
    for ids in chunks(set(ticket_ids)):
        rows = TicketEvent.objects.filter(ticket__in=ids).order_by("ticket_id", "at", "pk")
        for pk, moment, status in rows.values_list("ticket_id", "at", "status_after"):
            found[pk][0].append(moment)
            found[pk][1].append(status)
    return found


def _status_at(history: History | None, at: datetime) -> str:
    """The status that a ticket had at a moment: an event that moves nothing repeats it."""
    place = bisect_right(history[0], at) if history else 0
    return history[1][place - 1] if history and place else TicketStatus.NEW
