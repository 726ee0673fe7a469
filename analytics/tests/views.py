"""Views of products for tests: events of a source whose users are customers."""

from datetime import datetime
from typing import Any

from analytics.models import EventSource
from analytics.operations.new_event import NewEvent
from analytics.operations.record_events import Recorded, record_events
from analytics.tests.histories import DAY
from customers.models import Customer
from tests.cast import NOW


def a_shop(kind: str = "mixpanel") -> EventSource:
    """A source of events."""
    return EventSource.objects.get_or_create(slug="shop", defaults={"name": "Shop", "kind": kind})[0]


def looks_at(
    customer: Customer | None,
    *products: str,
    at: datetime = NOW - DAY,
    name: str = "Product Viewed",
    source: EventSource | None = None,
    recorded_at: datetime = NOW - DAY / 2,
    **properties: Any,
) -> Recorded:
    """An event for each of these SKUs, or one with these properties."""
    given = [{"product_id": product} for product in products] if products else [properties]
    events = [
        NewEvent(
            f"{at}{name}{one}",
            name,
            at,
            user=f"user {customer.pk}" if customer else "somebody",
            customer=customer.pk if customer else None,
            properties=one,
        )
        for one in given
    ]
    return record_events(source=source or a_shop(), events=events, at=recorded_at)
