from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from analytics.models import Event, EventSource
from analytics.operations.new_event import NewEvent
from analytics.operations.record_events import record_events
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def partitions() -> set[str]:
    children = "SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = oid WHERE inhparent = %s::regclass"
    with connection.cursor() as cursor:
        cursor.execute(children, ["analytics_event"])
        return {name for (name,) in cursor.fetchall()}


MONTHS = [
    datetime(2023, 12, 31, 23, 59, 59, 999999, UTC),
    datetime(2024, 1, 1, tzinfo=UTC),
    datetime(2025, 2, 28, tzinfo=UTC),
]


def test_an_event_of_any_month_is_taken() -> None:
    source = EventSource.objects.create(slug="shop", name="Shop")
    with transaction.atomic():
        record_events(source=source, events=[NewEvent(str(at), "x", at, "u") for at in MONTHS], at=NOW)
    assert list(Event.objects.order_by("id").values_list("at", flat=True)) == MONTHS


@pytest.mark.postgres
def test_a_month_is_a_partition_made_when_it_is_needed() -> None:
    before = partitions()
    source = EventSource.objects.create(slug="shop", name="Shop")
    for _turn in range(2):
        record_events(source=source, events=[NewEvent(str(at), "x", at, "u") for at in MONTHS], at=NOW)
    assert (
        partitions() - before
        == {"analytics_event_2023_12", "analytics_event_2024_01", "analytics_event_2025_02"} - before
    )
    assert Event.objects.count() == 3


@pytest.mark.postgres
def test_keys_look_at_their_months_alone() -> None:
    source = EventSource.objects.create(slug="shop", name="Shop")
    record_events(source=source, events=[NewEvent(str(at), "x", at, "u") for at in MONTHS], at=NOW)
    plan = Event.objects.with_keys([Event.objects.order_by("id")[1].pk]).explain()
    assert "analytics_event_2024_01" in plan
    assert "analytics_event_2025_02" not in plan
