"""Behaviour events in the rights of a person: they are handed over, erased, and kept for so long."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.models import Event, EventIdentity, EventSource
from analytics.operations.new_event import NewEvent
from analytics.operations.record_events import record_events
from customers.choices import RetentionKind
from customers.models import Customer, RetentionRule, RetentionRun
from customers.operations.erase_person import erase_person
from customers.operations.person_data import person_data
from customers.operations.start_retention import start_retention
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lived(wang: Customer) -> Customer:
    source = EventSource.objects.create(slug="shop", name="Shop")
    events = [
        NewEvent("1", "Searched", NOW - timedelta(days=800), "u", "d", properties={"for": "pumps"}),
        NewEvent("2", "Paid", NOW, "u", "d", customer=wang.pk, properties={"price": 3}),
        NewEvent("3", "Paid", NOW, "somebody else"),
    ]
    record_events(source=source, events=events, at=NOW)
    return wang


def test_a_person_is_told_what_they_did(lived: Customer) -> None:
    told = {section.entry.model: section for section in person_data(customer=lived)}
    events = [row.values for row in told["analytics.Event"].rows]
    assert sorted(row["name"] for row in events) == ["Paid", "Searched"]
    assert {"for": "pumps"} in [row["properties"] for row in events]
    identities = [row.values["key"] for row in told["analytics.EventIdentity"].rows]
    assert sorted(identities) == ["d", "u"]


def test_an_erasure_takes_what_they_did_and_who_they_were(lived: Customer) -> None:
    erase_person(customer=lived, at=NOW)
    assert [event.identity.key for event in Event.objects.select_related("identity")] == ["somebody else"]
    assert EventIdentity.objects.count() == 1


def test_old_events_are_forgotten_by_their_rule(lived: Customer) -> None:
    RetentionRule.objects.filter(kind=RetentionKind.EVENTS).update(days=365, is_active=True)
    start_retention(rule=RetentionRule.objects.get(kind=RetentionKind.EVENTS), is_dry_run=False, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    assert RetentionRun.objects.get().finished_at is not None
    assert sorted(Event.objects.values_list("name__name", flat=True)) == ["Paid", "Paid"]
