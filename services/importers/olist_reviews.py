"""The reviews of the Olist data set: each a rating, and where something was written also a ticket with its answer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from textwrap import shorten

from django.db import transaction
from django.utils.translation import gettext as _

from customers.importers.run import ImportRun, Place, Unusable, batches
from customers.importers.tables import TableRow, find_table, read_table
from services.choices import Channel, Direction, EventKind, RatingScale, TicketStatus
from services.importers.local_times import local_time, optional_time
from services.models import Calendar, Queue
from services.operations.ensure_queue import ensure_queue
from services.operations.import_ratings import import_ratings
from services.operations.import_tickets import import_tickets
from services.operations.records import EventRecord, MessageRecord, RatingRecord, TicketRecord
from services.operations.sla_terms import hours_of

REVIEWS = "olist_order_reviews_dataset.csv"
COLUMNS = (
    "review_id", "order_id", "review_score", "review_comment_title", "review_comment_message",
    "review_creation_date", "review_answer_timestamp",
)  # fmt: skip
QUEUE = "Reviews"
SUBJECT_LENGTH = 80
ANSWER = "(answered; the text is not in the export)"


@dataclass(frozen=True, slots=True)
class Review:
    """What one row becomes."""

    place: Place
    rating: RatingRecord
    ticket: TicketRecord | None


def import_reviews(run: ImportRun, folder: Path, buyers: Mapping[str, str]) -> None:
    """Bring the reviews in; `buyers` is the person of each order."""
    path = find_table(folder, REVIEWS)
    if not run.rehearsal and not Queue.objects.filter(name=QUEUE).exists():
        with transaction.atomic():
            queue = ensure_queue(name=QUEUE, team=run.team, typical_reply_seconds=_typical_reply(path))
            run.source.wrote(Queue, created=[queue])
    for rows in batches(run.rows("ratings", path, COLUMNS)):
        reviews = list(_reviews(run, path.name, rows, buyers))
        run.feed("ratings", import_ratings, ((review.place, review.rating) for review in reviews))
        run.feed("tickets", import_tickets, ((r.place, r.ticket) for r in reviews if r.ticket))


def _typical_reply(path: Path) -> int | None:
    """The median of the business time between a written review and its answer, in seconds; None without any.

    It becomes the reference of the queue and stays so: later imports never move a score through it."""
    hours = hours_of(Calendar.objects.order_by("pk")[0])
    waited = []
    for row in read_table(path, columns=COLUMNS):
        if not row.problem and _text(row) and row["review_answer_timestamp"]:
            try:
                asked, answered = local_time(row["review_creation_date"]), local_time(row["review_answer_timestamp"])
            except Unusable:
                continue  # refused when it is its turn
            waited.append(hours.elapsed(asked, max(asked, answered)))
    return max(round(median(waited)), 1) if waited else None


def _reviews(run: ImportRun, file: str, rows: Iterable[TableRow], buyers: Mapping[str, str]) -> Iterator[Review]:
    for row in rows:
        place = file, row.line
        try:
            rating = _rating(row, buyers)
            yield Review(place, rating, _ticket(row, rating) if rating.comment else None)
        except Unusable as error:
            run.refuse("ratings", place, f"{row['review_id']}:{row['order_id']}", str(error))


def _rating(row: TableRow, buyers: Mapping[str, str]) -> RatingRecord:
    if row["order_id"] not in buyers:
        raise Unusable(_("there is no order “%(order_id)s”") % {"order_id": row["order_id"]})
    if not row["review_score"].isdecimal():
        raise Unusable(
            _("review_score “%(review_score)s” is not a whole number") % {"review_score": row["review_score"]}
        )
    return RatingRecord(
        source_id=f"{row['review_id']}:{row['order_id']}",
        customer_id=buyers[row["order_id"]],
        order_id=row["order_id"],
        value=int(row["review_score"]),
        at=local_time(row["review_creation_date"]),
        scale=RatingScale.REVIEW,
        comment=_text(row),
    )


def _ticket(row: TableRow, rating: RatingRecord) -> TicketRecord:
    title = row["review_comment_title"] or " ".join(row["review_comment_message"].split())
    answered_at = optional_time(row["review_answer_timestamp"])
    events = [EventRecord(EventKind.OPENED, rating.at, TicketStatus.NEW)]
    messages = [MessageRecord(rating.comment, rating.at)]
    if answered_at:
        events.append(EventRecord(EventKind.AGENT_REPLY, answered_at, TicketStatus.OPEN))
        events.append(EventRecord(EventKind.STATUS, answered_at, TicketStatus.SOLVED))
        messages.append(MessageRecord(ANSWER, answered_at, direction=Direction.OUTBOUND))
    return TicketRecord(
        source_id=rating.source_id,
        number=f"R-{row['review_id'][:10]}-{row['order_id'][:10]}",
        customer_id=rating.customer_id,
        subject=shorten(title, SUBJECT_LENGTH, placeholder="…") or title[:SUBJECT_LENGTH],
        created_at=rating.at,
        queue=QUEUE,
        channel=Channel.REVIEW,
        attributes={"order": row["order_id"], "score": rating.value},
        events=tuple(events),
        messages=tuple(messages),
        has_policy=False,
    )


def _text(row: TableRow) -> str:
    parts = row["review_comment_title"], row["review_comment_message"]
    return "\n\n".join(part for part in parts if part)
