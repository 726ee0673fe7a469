from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db.models import Sum

from customers.importers.run import run_import
from customers.models import Customer, ImportBatch, Observation, Team, User
from customers.operations.undo_import import undo_import
from services.choices import EventKind
from services.importers.incidents import COLUMNS, import_incidents
from services.models import Ticket, TicketEvent
from tests.cast import NOW
from tests.imports import tables

pytestmark = pytest.mark.django_db
Importing = Callable[[Path], ImportBatch]
FIRST = {
    "number": "INC1",
    "incident_state": "New",
    "reopen_count": "0",
    "made_sla": "true",
    "caller_id": "Caller 7",
    "opened_at": "29/2/2016 01:16",
    "sys_updated_at": "29/2/2016 01:23",
    "contact_type": "Phone",
    "category": "Category 55",
    "subcategory": "?",
    "priority": "3 - Moderate",
    "assignment_group": "Group 56",
    "assigned_to": "?",
    "location": "Location 3",
}


@pytest.fixture
def bring(north: Team, tmp_path: Path) -> Importing:
    def importing(path: Path) -> ImportBatch:
        return run_import(
            format="incidents", reader=import_incidents, path=path, team=north, now=lambda: NOW, reports=tmp_path
        )

    return importing


def log(tmp_path: Path, *updates: dict[str, str]) -> Path:
    """A log of updates, each told by what differs from FIRST."""
    path = tmp_path / "log.csv"
    columns = [*COLUMNS, "location"]
    lines = [",".join({**FIRST, **update}[name] for name in columns) for update in updates]
    path.write_text("\n".join([",".join(columns), *lines]))
    return path


def test_the_updates_of_an_incident_are_the_history_of_one_ticket(tmp_path: Path, bring: Importing) -> None:
    path = log(
        tmp_path,
        {},
        {"incident_state": "Active", "sys_updated_at": "29/2/2016 02:00", "assigned_to": "Resolver 1"},
        {"incident_state": "Awaiting User Info", "sys_updated_at": "29/2/2016 03:00"},
        {"incident_state": "-100", "sys_updated_at": "29/2/2016 04:00", "made_sla": "false"},
        {"incident_state": "Resolved", "sys_updated_at": "1/3/2016 05:00", "priority": "1 - Critical"},
        {"incident_state": "Active", "sys_updated_at": "1/3/2016 06:00", "reopen_count": "1"},
        {"incident_state": "Closed", "sys_updated_at": "2/3/2016 06:00", "reopen_count": "1"},
    )
    bring(path)
    ticket = Ticket.objects.get()
    assert [(event.kind, event.status_after) for event in ticket.events.all()] == [
        ("opened", "new"),
        ("assigned", "new"),
        ("assigned", "new"),
        ("status", "open"),
        ("assigned", "open"),
        ("status", "pending"),
        ("breached", "pending"),
        ("priority", "pending"),
        ("status", "solved"),
        ("priority", "solved"),
        ("reopened", "open"),
        ("status", "closed"),
    ]
    assert ticket.created_at == datetime(2016, 2, 29, 1, 16, tzinfo=UTC)
    assert (ticket.number, ticket.channel, ticket.subject, ticket.priority) == ("INC1", "phone", "Category 55", 2)
    assert (ticket.customer.name, ticket.reopen_count) == ("Caller 7", 1)
    assert ticket.resolution_breached_at == datetime(2016, 2, 29, 4, tzinfo=UTC)
    assert ticket.attributes == {
        "category": "Category 55",
        "assignment_group": "Group 56",
        "location": "Location 3",
        "updates": 7,
    }
    fact = Observation.objects.get()
    assert (fact.value, fact.reference) == (0.0, 2.0)


def test_without_a_caller_it_is_put_down_to_nobody_known(tmp_path: Path, bring: Importing) -> None:
    bring(log(tmp_path, {"caller_id": "?"}, {"number": "INC2", "caller_id": "?"}))
    assert Ticket.objects.count() == 2
    assert Customer.objects.get().name == "Unknown caller"


def test_time_never_runs_backwards_in_a_history(tmp_path: Path, bring: Importing) -> None:
    bring(log(tmp_path, {}, {"incident_state": "Active", "sys_updated_at": "28/2/2016 02:00"}))
    events = list(TicketEvent.objects.order_by("pk"))
    assert events[-1].kind == EventKind.STATUS
    assert events[-1].at == events[-2].at


def test_a_bad_incident_is_refused_and_stops_no_other(tmp_path: Path, bring: Importing) -> None:
    path = log(
        tmp_path,
        {"number": "INC2", "sys_updated_at": "2016-02-29"},
        {"number": "INC3", "incident_state": "Lost"},
        {"number": "INC4", "reopen_count": "x"},
        {"number": "?"},
        {},
        {"number": "INC5"},
        {},
    )
    batch = bring(path)
    assert batch.counts["tickets"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 5}
    report = Path(batch.report_path).read_text()
    for said in ["is not like 29/2/2016", "“Lost” is not known", "not a whole number", "is missing", "not together"]:
        assert said in report


def everything() -> list[object]:
    models = Customer, Ticket, TicketEvent, Observation
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.realdata
def test_a_real_sample_is_brought_in_and_found_unchanged(data_dir: Path, bring: Importing) -> None:
    path = data_dir / "incidents" / "incident_event_log_sample_h0.csv.xz"
    counts = bring(path).counts
    assert counts["tickets"]["refused"] == counts["customers"]["refused"] == 0
    assert sum(row["updates"] for row in Ticket.objects.values_list("attributes", flat=True)) == 7118
    before = everything()
    again = bring(path).counts
    assert {kind: count["unchanged"] for kind, count in again.items()} == {
        kind: count["created"] for kind, count in counts.items()
    }
    assert everything() == before


@pytest.mark.realdata
@pytest.mark.once("postgres", reason="119,998 updates; the sample is brought in on each")
def test_the_whole_log_gives_the_counts_of_its_publisher(data_dir: Path, bring: Importing) -> None:
    bring(data_dir / "incidents" / "incident_event_log_first119998_untouched.csv.xz")
    tickets = Ticket.objects.all()
    assert tickets.count() == 20_769
    assert sum(row["updates"] for row in tickets.values_list("attributes", flat=True)) == 119_998
    assert tickets.exclude(resolution_breached_at=None).count() == 8_174
    assert TicketEvent.objects.filter(kind=EventKind.BREACHED).count() == 8_174
    assert tickets.filter(reopen_count__gt=0).count() == 234
    assert tickets.aggregate(total=Sum("reopen_count"))["total"] == 276
    assert TicketEvent.objects.filter(kind=EventKind.OPENED).count() == 20_769
    assert tickets.filter(status="closed").count() > 20_000


def test_the_whole_import_is_undone(tmp_path: Path, bring: Importing, bob: User) -> None:
    before = tables()
    batch = bring(log(tmp_path, {}, {"incident_state": "Closed", "sys_updated_at": "2/3/2016 06:00"}))
    undo_import(batch=batch, at=NOW)
    assert tables() == before
