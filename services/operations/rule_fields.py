"""What a rule may ask of a ticket, field by field."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import AttributeType, CustomerKind
from customers.models import Customer, Segment, Tag
from customers.segments.choices import Choices, Fixed, InUse, Rows
from services.choices import Channel, Direction, Priority, RatingScale, SLAClock, TicketStatus
from services.models import Agent, Queue, ServiceType, TicketAttribute
from services.operations.rule_known import Known, Subject, newest_by

ATTRIBUTE = "attribute."


class FieldType(models.TextChoices):
    """What the values of a field are, which says how they may be asked for."""

    CHOICE = "choice", _("choice")
    ORDER = "order", _("choice in an order")
    NUMBER = "number", _("number")
    DATE = "date", _("date")
    TEXT = "text", _("text")
    YES_NO = "yes_no", _("yes or no")


class Op(models.TextChoices):
    """How a field is asked."""

    IS = "is", _("is one of")
    IS_NOT = "is_not", _("is none of")
    AT_LEAST = "at_least", _("is at least")
    AT_MOST = "at_most", _("is at most")
    CONTAINS = "contains", _("contains one of")
    LACKS = "lacks", _("contains none of")
    EMPTY = "empty", _("is empty")
    NOT_EMPTY = "not_empty", _("is not empty")


WITHOUT_VALUE = frozenset({Op.EMPTY, Op.NOT_EMPTY})
WITH_NUMBER = frozenset({Op.AT_LEAST, Op.AT_MOST})
OPS: Mapping[str, tuple[Op, ...]] = {
    FieldType.CHOICE: (Op.IS, Op.IS_NOT),
    FieldType.ORDER: (Op.IS, Op.IS_NOT, Op.AT_LEAST, Op.AT_MOST),
    FieldType.NUMBER: (Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.EMPTY, Op.NOT_EMPTY),
    FieldType.DATE: (Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.EMPTY, Op.NOT_EMPTY),
    FieldType.TEXT: (Op.CONTAINS, Op.LACKS),
    FieldType.YES_NO: (Op.IS,),
}
EMPTINESS = (Op.EMPTY, Op.NOT_EMPTY)

# The values that a ticket has in a field: none where it is empty, several where it has several.
Read = Callable[[Known, Subject], Collection[Any]]
# Given those that are asked for, the ones that are met: for what is a question to the database, such as a segment.
Meet = Callable[[Known, Subject, Iterable[Any]], Collection[Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """Something that can be asked of a ticket. `column`: the column of Ticket that it is, where it is one."""

    code: str
    label: Any
    type: FieldType
    read: Read
    choices: Choices | None = None
    is_optional: bool = False
    column: str = ""
    meet: Meet | None = None

    def operators(self) -> tuple[Op, ...]:
        """How it may be asked for."""
        more = EMPTINESS if self.is_optional and EMPTINESS[0] not in OPS[self.type] else ()
        return (*OPS[self.type], *more)


def _one(value: Any) -> Collection[Any]:
    return () if value is None or value == "" else (value,)


def _column(name: str) -> Read:
    return lambda known, subject: _one(getattr(subject.columns, name))


def _of_ticket(read: Callable[[Known, Subject, Any], Any]) -> Read:
    """A value that only a ticket has; without one there is none."""
    return lambda known, subject: () if subject.ticket is None else _one(read(known, subject, subject.ticket))


def _subject(known: Known, subject: Subject, ticket: Any) -> str:
    return str(ticket.subject)


def _body(known: Known, subject: Subject, ticket: Any) -> str:
    """What the event's message says; of an event without one, what the customer wrote last."""
    event = subject.event
    if event is not None and event.data.get("message") in known.bodies:
        return known.bodies[event.data["message"]]
    return str(newest_by(known.inbound[ticket.pk], subject.at) or "")


def _text(known: Known, subject: Subject) -> Collection[Any]:
    ticket = subject.ticket
    return () if ticket is None else (ticket.subject, _body(known, subject, ticket))


def _segments(known: Known, subject: Subject, asked: Iterable[Any]) -> Collection[Any]:
    return [pk for pk in asked if not known.members(pk).isdisjoint(subject.parties)]


def _tags(known: Known, subject: Subject) -> Collection[Any]:
    return {tag for party in subject.parties for tag in known.tags.get(party, ())}


def _person(known: Known, subject: Subject) -> tuple[str, str]:
    """Kind and language of whoever is answered."""
    ticket = subject.ticket
    key = None if ticket is None else ticket.requester_id or ticket.customer_id
    return known.customers.get(key, ("", "")) if key else ("", "")


def _languages(known: Known, subject: Subject) -> Collection[Any]:
    language = _person(known, subject)[1]
    return {language, language.partition("-")[0]} if language else ()


def _kinds(known: Known, subject: Subject) -> Collection[Any]:
    ticket = subject.ticket
    return _one(known.customers.get(ticket.customer_id, ("", ""))[0]) if ticket else ()


def _in_hours(known: Known, subject: Subject, ticket: Any) -> bool:
    return known.hours(subject.columns.queue_id or ticket.queue_id).is_open(subject.at)


def _customer_spoke_last(known: Known, subject: Subject, ticket: Any) -> bool:
    return bool(newest_by(known.last_said[ticket.pk], subject.at) == Direction.INBOUND)


def _is_late(known: Known, subject: Subject, ticket: Any) -> bool:
    """As lists have it: unsolved, and beyond a target."""
    first = None if ticket.first_replied_at else ticket.first_reply_due_at
    due: tuple[datetime | None, ...] = (first, ticket.next_reply_due_at, ticket.resolution_due_at)
    return ticket.is_unsolved and any(moment is not None and moment < subject.at for moment in due)


def _rating(known: Known, subject: Subject, place: int) -> Any:
    """Of the event, else the newest of the ticket: value and scale."""
    event, ticket = subject.event, subject.ticket
    if event is not None and "value" in event.data and "scale" in event.data:
        return (event.data["value"], event.data["scale"])[place]
    rated = known.ratings.get(ticket.pk) if ticket else None
    return rated[place] if rated else None


def _by_person(known: Known, subject: Subject) -> Collection[Any]:
    return () if subject.event is None else (subject.event.actor_id is not None,)


def _clock(known: Known, subject: Subject) -> Collection[Any]:
    return () if subject.event is None else _one(subject.event.data.get("clock"))


def _attribute(code: str) -> Read:
    return lambda known, subject: () if subject.ticket is None else _one(subject.ticket.attributes.get(code))


def _agents() -> Any:
    return Agent.objects.order_by("name")


FIELDS: dict[str, Field] = {
    field.code: field
    for field in (
        Field(
            "queue",
            _("queue"),
            FieldType.CHOICE,
            _column("queue_id"),
            Rows(lambda: Queue.objects.order_by("name")),
            column="queue_id",
        ),
        Field(
            "status",
            _("status"),
            FieldType.CHOICE,
            _column("status"),
            Fixed(lambda: TicketStatus.choices),
            column="status",
        ),
        Field(
            "priority",
            _("priority"),
            FieldType.ORDER,
            _column("priority"),
            Fixed(lambda: Priority.choices),
            column="priority",
        ),
        Field(
            "channel",
            _("channel"),
            FieldType.CHOICE,
            _column("channel"),
            Fixed(lambda: Channel.choices),
            column="channel",
        ),
        Field(
            "service_type",
            _("service type"),
            FieldType.CHOICE,
            _column("service_type_id"),
            Rows(lambda: ServiceType.objects.order_by("name")),
            is_optional=True,
            column="service_type_id",
        ),
        Field(
            "assignee",
            _("assignee"),
            FieldType.CHOICE,
            _column("assignee_id"),
            Rows(_agents, lambda: _agents().filter(is_active=True)),
            is_optional=True,
            column="assignee_id",
        ),
        Field("subject", _("subject"), FieldType.TEXT, _of_ticket(_subject)),
        Field("body", _("message"), FieldType.TEXT, _of_ticket(_body)),
        Field("text", _("subject or message"), FieldType.TEXT, _text),
        Field(
            "segment",
            _("segment of the customer"),
            FieldType.CHOICE,
            lambda known, subject: (),
            Rows(lambda: Segment.objects.filter(is_shared=True).order_by("name")),
            meet=_segments,
        ),
        Field(
            "tag",
            _("tag of the customer"),
            FieldType.CHOICE,
            _tags,
            Rows(lambda: Tag.objects.order_by("name")),
            is_optional=True,
        ),
        Field(
            "language",
            _("language of the customer"),
            FieldType.CHOICE,
            _languages,
            InUse(Customer, "language"),
            is_optional=True,
        ),
        Field(
            "customer_kind",
            _("kind of customer"),
            FieldType.CHOICE,
            _kinds,
            Fixed(lambda: CustomerKind.choices),
        ),
        Field("in_hours", _("within business hours"), FieldType.YES_NO, _of_ticket(_in_hours)),
        Field("customer_spoke_last", _("the customer wrote last"), FieldType.YES_NO, _of_ticket(_customer_spoke_last)),
        Field("is_late", _("late now"), FieldType.YES_NO, _of_ticket(_is_late)),
        Field(
            "reopen_count",
            _("times reopened"),
            FieldType.NUMBER,
            _of_ticket(lambda known, subject, ticket: ticket.reopen_count),
        ),
        Field("rating", _("rating"), FieldType.NUMBER, lambda k, s: _one(_rating(k, s, 0)), is_optional=True),
        Field(
            "rating_scale",
            _("scale of the rating"),
            FieldType.CHOICE,
            lambda k, s: _one(_rating(k, s, 1)),
            Fixed(lambda: RatingScale.choices),
            is_optional=True,
        ),
        Field("by_person", _("done by one of us"), FieldType.YES_NO, _by_person),
        Field(
            "clock",
            _("target (missed, near, escalated)"),
            FieldType.CHOICE,
            _clock,
            Fixed(lambda: SLAClock.choices),
            is_optional=True,
        ),
    )
}
_TYPES = {
    AttributeType.TEXT: FieldType.TEXT,
    AttributeType.NUMBER: FieldType.NUMBER,
    AttributeType.DATE: FieldType.DATE,
    AttributeType.YES_NO: FieldType.YES_NO,
    AttributeType.CHOICE: FieldType.CHOICE,
}


def all_fields() -> dict[str, Field]:
    """Every field by its code, those of the custom attributes of tickets included. One query."""
    return FIELDS | {field.code: field for field in map(_attribute_field, TicketAttribute.objects.all())}


def field_named(code: str) -> Field | None:
    """The field that stored conditions mean: of an attribute, by its code alone. Asks nothing."""
    if code in FIELDS:
        return FIELDS[code]
    if code.startswith(ATTRIBUTE):
        name = code.removeprefix(ATTRIBUTE)
        return Field(code, name, FieldType.TEXT, _attribute(name), is_optional=True)
    return None


def _attribute_field(row: TicketAttribute) -> Field:
    pairs = [(str(choice), str(choice)) for choice in row.choices]
    return Field(
        code=ATTRIBUTE + row.code,
        label=row.name,
        type=_TYPES[AttributeType(row.type)],
        read=_attribute(row.code),
        choices=Fixed(lambda: pairs) if row.type == AttributeType.CHOICE else None,
        is_optional=True,
    )
