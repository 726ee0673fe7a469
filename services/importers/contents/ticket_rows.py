"""From a row to a ticket with its history, and to the rating that its customer gave."""

from collections.abc import Callable
from datetime import timedelta
from math import isfinite
from operator import itemgetter
from textwrap import shorten
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers.choices import CustomerKind
from customers.importers.contents.named import Named, NamedParty
from customers.importers.contents.yes import is_yes
from customers.importers.mapping.content import Maker
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.run import Unusable
from customers.operations.records import RelationRecord
from services.choices import Channel, Direction, Priority, TicketStatus
from services.importers.contents.agents import Agents
from services.importers.contents.ticket_history import Told, events_of, notes_of
from services.importers.contents.ticket_parties import PartiesOf
from services.importers.contents.words import CHANNELS, PRIORITIES, STATUSES, plain, satisfaction_of
from services.operations.records import EventRecord, MessageRecord, RatingRecord, TicketRecord

FIELDS = (
    "number", "subject", "description", "closed", "priority", "service_type", "queue", "assignee", "deleted",
)  # fmt: skip
MOMENTS = ("created_at", "first_reply_at", "solved_at", "closed_at", "updated_at")
SUBJECT_LENGTH, NUMBER_LENGTH, CODE_LENGTH, QUEUE_LENGTH = 255, 40, 50, 100
LONGEST_REPLY = 60 * 24 * 3660


def ticket_maker(plan: SheetPlan) -> Maker:
    """How rows become tickets."""
    return _Tickets(plan).make


def rating_maker(plan: SheetPlan) -> Maker:
    """How rows tell what customers said of tickets."""
    return _Tickets(plan).make_rating


def party_maker(plan: SheetPlan) -> Maker:
    """How rows tell of customers who may not be here."""
    parties = PartiesOf(plan)

    def make(cells: list[str]) -> list[NamedParty]:
        found = parties(cells)
        return [party for party in (found.customer, found.requester) if party and party.may_be_made]

    return make


def employment_maker(plan: SheetPlan) -> Maker:
    """How rows tell for whom people work who asked: for the customer of the ticket, where that is an organisation."""
    parties = PartiesOf(plan)

    def make(cells: list[str]) -> list[Named[RelationRecord]]:
        found = parties(cells)
        if found.requester is None or found.customer.kind != CustomerKind.ORGANISATION:
            return []
        record = RelationRecord("works-for", found.requester.id, found.customer.id)
        return [Named(record, {} if found.customer.id else {"to_id": (found.customer.name, found.customer.kind)})]

    return make


class _Tickets:
    def __init__(self, plan: SheetPlan) -> None:
        self._plan = plan
        self._clean = plan.kind.clean_id
        self._id = plan.place("id") if plan.has("id") else plan.place("number")
        self._pick = itemgetter(*(plan.place(target) for target in FIELDS))
        self._parties = PartiesOf(plan)
        self._agents = Agents(plan.run)
        self._moments = [(plan.place(target), plan.reads_moment(plan.place(target))) for target in MOMENTS]
        self._minutes = plan.place("first_reply_minutes")
        self._tells_replies = plan.has("first_reply_at", "first_reply_minutes")
        self._statuses = [*plan.places("status.reason"), *plan.places("status")]
        self._channels = plan.places("channel")
        self._notes = plan.places("note")
        self._attributes = [(place, aim.name, CONVERT.get(aim.type, str)) for aim, place in plan.aims("attribute")]
        self._rating, self._comment = plan.place("satisfaction"), plan.place("satisfaction.comment")

    def make(self, cells: list[str]) -> list[Named[TicketRecord]]:
        number, subject, description, closed, priority, service_type, queue, assignee, deleted = self._pick(cells)
        if is_yes(deleted, "deleted"):
            raise Unusable(_("was deleted in the source: left out"))
        source_id = self._source_id(cells)
        more: dict[str, str] = {}
        told = self._told(cells, self._status(cells, closed, more))
        parties = self._parties(cells)
        messages = self._messages(cells, subject, description, told)
        record = TicketRecord(
            source_id=source_id,
            number=(number or source_id)[-NUMBER_LENGTH:],
            customer_id=parties.customer.id,
            requester_id=parties.requester.id if parties.requester else "",
            subject=_subject(subject, description, number or source_id),
            created_at=told.created_at,
            queue=(queue or self._plan.run.source.name.capitalize())[:QUEUE_LENGTH],
            channel=self._channel(cells, more),
            priority=_known(PRIORITIES, priority, "priority", more) or Priority.NORMAL,
            service_type=_code(service_type, more),
            assignee=assignee and self._agents.username(assignee),
            attributes={**self._custom(cells), **more},
            events=(*events_of(told), *messages[0]),
            messages=tuple(messages[1]),
            has_policy=False,
        )
        return [Named(record, parties.names)]

    def make_rating(self, cells: list[str]) -> list[Named[RatingRecord]]:
        value = satisfaction_of(cells[self._rating])
        *_fields, deleted = self._pick(cells)
        if value is None or is_yes(deleted, "deleted"):
            return []
        parties = self._parties(cells)
        told = self._told(cells, self._status(cells, _fields[3], {}))
        said_by = parties.requester or parties.customer
        record = RatingRecord(
            source_id=self._source_id(cells),
            customer_id=said_by.id,
            value=value,
            at=told.closed_at or told.solved_at or told.updated_at or told.created_at,
            comment=cells[self._comment],
            ticket_id=self._source_id(cells),
        )
        return [Named(record, {} if said_by.id else {"customer_id": (said_by.name, said_by.kind)})]

    def _source_id(self, cells: list[str]) -> str:
        found = self._clean(cells[self._id])
        if not found:
            raise Unusable(_("%(id)s: is missing") % {"id": self._plan.column(self._id)})
        return found

    def _status(self, cells: list[str], closed: str, more: dict[str, str]) -> str:
        """The first state that is known. A word that we do not have is kept as an attribute."""
        words = [cells[place] for place in self._statuses if cells[place]]
        known = [STATUSES[plain(word)] for word in words if plain(word) in STATUSES]
        found = known[0] if known else TicketStatus.OPEN if words else TicketStatus.NEW
        if closed and is_yes(closed, "closed") and found != TicketStatus.SOLVED:
            found = TicketStatus.CLOSED
        if words and plain(words[0]) != plain(found):
            more["status"] = words[0]
        return found

    def _told(self, cells: list[str], status: str) -> Told:
        moments = {
            target: read(cells[place]) if cells[place] else None
            for target, (place, read) in zip(MOMENTS, self._moments, strict=True)
        }
        created_at = moments.pop("created_at")
        if created_at is None:
            raise Unusable(_("when it was opened is missing"))
        if moments["first_reply_at"] is None and cells[self._minutes]:
            moments["first_reply_at"] = created_at + _minutes(cells[self._minutes])
        return Told(status, created_at, tells_replies=self._tells_replies, **moments)

    def _channel(self, cells: list[str], more: dict[str, str]) -> str:
        words = [cells[place] for place in self._channels if cells[place]]
        known = next((CHANNELS[plain(word)] for word in words if plain(word) in CHANNELS), "")
        if not known and words:
            more["channel"] = words[0]
        return known or Channel.API

    def _messages(
        self, cells: list[str], subject: str, description: str, told: Told
    ) -> tuple[list[EventRecord], list[MessageRecord]]:
        said = description if len(subject) <= SUBJECT_LENGTH else f"{subject}\n\n{description}".strip()
        texts = [f"{self._plan.column(place)}: {cells[place]}" for place in self._notes if cells[place]]
        events, messages = notes_of(texts, told)
        if said:
            messages.insert(0, MessageRecord(said, told.created_at, direction=Direction.INBOUND))
        return events, messages

    def _custom(self, cells: list[str]) -> dict[str, Any]:
        return {code: convert(cells[place]) for place, code, convert in self._attributes if cells[place]}


def _number(text: str) -> int | float | str:
    """A number where it is one; attributes of tickets take anything."""
    try:
        value = float(text)
    except ValueError:
        return text
    return text if not isfinite(value) else int(value) if value.is_integer() else value


def _flag(text: str) -> bool | str:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.casefold(), text)


CONVERT: dict[str, Callable[[str], Any]] = {"number": _number, "yes_no": _flag}


def _minutes(text: str) -> timedelta:
    try:
        minutes = float(text)
    except ValueError as error:
        raise Unusable(_("“%(text)s” is no number of minutes") % {"text": text[:40]}) from error
    if not 0 <= minutes <= LONGEST_REPLY:
        raise Unusable(_("“%(text)s” is no number of minutes") % {"text": text[:40]})
    return timedelta(minutes=minutes)


def _subject(subject: str, description: str, number: str) -> str:
    plain_text = " ".join(subject.split()) or shorten(description, 80, placeholder="…") or description[:80] or number
    return plain_text if len(plain_text) <= SUBJECT_LENGTH else f"{plain_text[: SUBJECT_LENGTH - 1]}…"


def _known(words: dict[str, int], text: str, what: str, more: dict[str, str]) -> int | None:
    """What a word means; one that is not known is kept as an attribute."""
    found = words.get(plain(text)) or words.get(plain(text).partition(" ")[2]) or words.get(plain(text).split(" ")[0])
    if text and found is None:
        more[what] = text
    return found


def _code(text: str, more: dict[str, str]) -> str:
    code = slugify(text)[:CODE_LENGTH].strip("-")
    if text and not code:  # no Latin letters: no code can be made of it
        more["service_type"] = text
    return code
