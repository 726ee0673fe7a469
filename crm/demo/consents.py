"""What the customers allowed and forbade: some were asked, a few changed their minds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm.demo.chance import stream
from customers.choices import ConsentChannel, ConsentPurpose
from customers.models import Customer
from customers.operations.record_consent import record_consent
from customers.operations.records import Counts, CustomerRecord
from customers.operations.source import Source

ASKED = 0.3
SOURCES = ("web form", "phone call", "trade fair", "contract")
CHANNELS = (ConsentChannel.EMAIL, ConsentChannel.EMAIL, ConsentChannel.EMAIL, ConsentChannel.PHONE, ConsentChannel.ANY)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a customer said."""

    customer_id: str
    purpose: str
    channel: str
    is_given: bool
    at: datetime
    source: str
    text_version: str


def statements(customers: Sequence[CustomerRecord], *, now: datetime) -> list[Statement]:
    """Who said what, oldest first."""
    rng = stream("consents")
    found: list[Statement] = []
    for customer in customers:
        if rng.random() > ASKED:
            continue
        since = customer.created_at or now
        days = max(1, (now - since).days)
        at = since + timedelta(days=rng.randrange(days), hours=rng.randrange(8, 18))
        channel, source = rng.choice(CHANNELS), rng.choice(SOURCES)
        text = f"Newsletter {rng.choice('ABC')} v{rng.randrange(1, 4)}" if source != "phone call" else ""
        said = rng.random() < 0.85
        found.append(_said(customer, ConsentPurpose.MARKETING, channel, said, at, source, text, now))
        if said and rng.random() < 0.2:  # had enough of it
            no = at + timedelta(days=rng.randrange(1, 400))
            wide = ConsentChannel.ANY if rng.random() < 0.4 else channel
            found.append(_said(customer, ConsentPurpose.MARKETING, wide, False, no, "e-mail", "", now))
        if rng.random() < 0.25:
            yes = rng.random() < 0.7
            found.append(_said(customer, ConsentPurpose.SURVEY, ConsentChannel.EMAIL, yes, at, source, text, now))
    return sorted(found, key=lambda row: (row.at, row.customer_id, row.purpose, row.channel))


def _said(
    customer: CustomerRecord,
    purpose: str,
    channel: str,
    is_given: bool,
    at: datetime,
    source: str,
    text: str,
    now: datetime,
) -> Statement:
    return Statement(customer.source_id, purpose, channel, is_given, min(at, now), source, text)


def put_down(
    *, source: Source, records: Sequence[Statement], at: datetime, report: Callable[..., object], **_others: Any
) -> Counts:
    """Put the statements on record, one by one: there are some hundreds."""
    keys = source.customers(row.customer_id for row in records)
    customers = Customer.objects.in_bulk(list(keys.values()))
    for row in records:
        record_consent(
            customer=customers[keys[row.customer_id]],
            purpose=row.purpose,
            channel=row.channel,
            is_given=row.is_given,
            source=row.source,
            text_version=row.text_version,
            said_at=row.at,
            at=at,
        )
    return Counts(created=len(records))
