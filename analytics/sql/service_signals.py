from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from analytics.sql.arrays import MOMENT, Array, fetch_columns
from analytics.sql.whose import Whose
from customers.models import Customer
from services.choices import Channel, Direction
from services.models import Message, ServiceType, Ticket

# Ten characters of UTF-8.
_LANGUAGE = "S40"


@dataclass(frozen=True, slots=True)
class ServiceSignals:
    """How customers met the service desk, as columns in no order. `tickets` that they asked for: who, channel, topic
    (-1: none), at. `messages` of theirs: who, at. `records` of them: who, language, at. Channels, topics and languages
    are positions in the lists of these names, which are sorted."""

    tickets: dict[str, Array]
    messages: dict[str, Array]
    records: dict[str, Array]
    channels: list[str]
    topics: list[str]
    languages: list[str]


def service_signals(*, whose: Whose, as_of: datetime) -> ServiceSignals:
    """How these customers met the service desk up to a moment.

    Set-based, four statements a chunk, and columns, not rows: to fetch five million tickets as rows takes longer than
    to compute all scores.
    """
    asked = Ticket.objects.filter(
        whose.at("requester_id") | (Q(requester=None) & whose.at("customer_id")), created_at__lte=as_of
    )
    said = Message.objects.filter(whose.at("customer_id"), direction=Direction.INBOUND, at__lte=as_of)
    speak = Customer.objects.filter(whose.at("pk"), created_at__lte=as_of).exclude(language="")
    channels = sorted(Channel.values)
    records = fetch_columns(
        speak.values_list("pk", "language", "created_at"), {"who": "i8", "language": _LANGUAGE, "at": MOMENT}
    )
    languages, records["language"] = np.unique(records["language"], return_inverse=True)
    types = dict(ServiceType.objects.values_list("pk", "name"))
    topics = sorted(set(types.values()))
    topic = _place("service_type_id", {pk: topics.index(name) for pk, name in types.items()})
    who = Coalesce("requester_id", "customer_id")
    return ServiceSignals(
        tickets=fetch_columns(
            asked.values_list(who, _place("channel", _positions(channels)), topic, "created_at"),
            {"who": "i8", "channel": "i8", "topic": "i8", "at": MOMENT},
        ),
        messages=fetch_columns(said.values_list("customer_id", "at"), {"who": "i8", "at": MOMENT}),
        records=records,
        channels=channels,
        topics=topics,
        languages=[language.decode() for language in languages.tolist()],
    )


def _positions(values: list[str]) -> dict[str, int]:
    return {value: place for place, value in enumerate(values)}


def _place(column: str, places: Mapping[Any, int]) -> Case | Value:
    """Where what a column holds has its place, since columns hold numbers; -1 where it has none."""
    whens = [When(**{column: value}, then=Value(place)) for value, place in places.items()]
    return Case(*whens, default=Value(-1), output_field=IntegerField()) if whens else Value(-1)
