from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from analytics.sql.whose import Whose
from customers.models import Customer
from services.choices import Direction
from services.models import Message, Ticket


class SignalRow(NamedTuple):
    """One thing that a customer did, and when; see analytics.scoring.habits.Signal."""

    customer_id: int
    kind: str
    value: str | datetime
    at: datetime


def service_signals(*, whose: Whose, as_of: datetime) -> list[SignalRow]:
    """How these customers met the service desk up to a moment: channel and topic of the tickets they asked for, the
    moments of their messages (kind `hour`), and the language on their record.

    Set-based, three statements a chunk: customer by customer it would be three for each.
    """
    asked = (
        Ticket.objects.filter(
            whose.at("requester_id") | (Q(requester=None) & whose.at("customer_id")), created_at__lte=as_of
        )
        .order_by("pk")
        .values_list("customer_id", "requester_id", "channel", "service_type__name", "created_at")
    )
    rows: list[SignalRow] = []
    for customer_id, requester_id, channel, topic, at in asked:
        who = requester_id or customer_id
        rows.append(SignalRow(who, "channel", channel, at))
        if topic:
            rows.append(SignalRow(who, "topic", topic, at))
    said = Message.objects.filter(whose.at("customer_id"), direction=Direction.INBOUND, at__lte=as_of)
    rows += [SignalRow(who, "hour", at, at) for who, at in said.order_by("pk").values_list("customer_id", "at")]
    speak = Customer.objects.filter(whose.at("pk"), created_at__lte=as_of).exclude(language="")
    rows += [SignalRow(pk, "language", code, at) for pk, code, at in speak.values_list("pk", "language", "created_at")]
    return rows
