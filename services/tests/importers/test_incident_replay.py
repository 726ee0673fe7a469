"""The incident log of a company against the tickets that came of it, told apart from the importer: the state of every
update, read by this test alone, is compared with the history of the ticket, incident by incident."""

import csv
import lzma
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from customers.importers.run import run_import
from customers.models import Team
from services.choices import EventKind
from services.importers.incidents import import_incidents
from services.models import Ticket, TicketEvent
from services.operations.refresh_clocks import clock_events
from services.sla import clock
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]

STATES = {
    "New": "new",
    "Active": "open",
    "Awaiting User Info": "pending",
    "Awaiting Evidence": "pending",
    "Awaiting Vendor": "on_hold",
    "Awaiting Problem": "on_hold",
    "Resolved": "solved",
    "Closed": "closed",
}
UNKNOWN = "-100"


@dataclass
class Told:
    """What the file says of one incident."""

    states: list[str] = field(default_factory=lambda: ["new"])  # without repeats
    reopened: int = 0
    updates: int = 0

    def add(self, row: dict[str, str]) -> None:
        state = row["incident_state"]
        if state != UNKNOWN and STATES[state] != self.states[-1]:
            self.states.append(STATES[state])
        self.reopened = int(row["reopen_count"])  # of the last update
        self.updates += 1


def incidents(path: Path) -> dict[str, Told]:
    found: dict[str, Told] = defaultdict(Told)
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["number"]].add(row)
    return found


def histories() -> Iterator[tuple[str, list[TicketEvent]]]:
    """Of each ticket its number and its history, in order."""
    numbers = dict(Ticket.objects.values_list("pk", "number"))
    events: dict[int, list[TicketEvent]] = defaultdict(list)
    for event in TicketEvent.objects.order_by("ticket_id", "at", "pk").iterator(chunk_size=5000):
        events[event.ticket_id].append(event)
    for pk, history in events.items():
        yield numbers[pk], history


def without_repeats(states: list[str]) -> list[str]:
    return [state for i, state in enumerate(states) if i == 0 or states[i - 1] != state]


WHOLE = pytest.mark.once("postgres", reason="119,998 updates; the sample is replayed on each")


@pytest.mark.parametrize(
    ("name", "updates"),
    [
        ("incident_event_log_sample_h0", 7_118),
        pytest.param("incident_event_log_first119998_untouched", 119_998, marks=WHOLE),
    ],
)
def test_every_incident_has_exactly_one_history_and_its_own_count_of_reopenings(
    data_dir: Path, north: Team, tmp_path: Path, name: str, updates: int
) -> None:
    path = data_dir / "incidents" / f"{name}.csv.xz"
    told = incidents(path)
    run_import(format="incidents", reader=import_incidents, path=path, team=north, now=lambda: NOW, reports=tmp_path)

    assert sum(incident.updates for incident in told.values()) == updates
    assert dict(Ticket.objects.values_list("number", "reopen_count")) == {
        number: incident.reopened for number, incident in told.items()
    }
    seen: Counter[str] = Counter()
    events = stretches = 0
    for number, history in histories():
        seen[number] += 1
        assert [event.kind for event in history].count(EventKind.OPENED) == 1 and history[0].kind == EventKind.OPENED
        assert without_repeats([event.status_after for event in history]) == told[number].states, number
        # The history is one line without gaps: each state ends where the next begins, and the last one lasts.
        line = clock._stretches(clock_events(history), None)
        assert [stretch.status for stretch in line] == told[number].states, number
        assert all(one.end == two.start and one.start <= two.start for one, two in pairwise(line)), number
        assert line[0].start == history[0].at and line[-1].end is None
        events, stretches = events + len(history), stretches + len(line)
    assert seen == Counter(told.keys())

    reopened = [incident.reopened for incident in told.values() if incident.reopened]
    print(f"\n{name}: {updates} updates of {len(told)} incidents are {events} events in {sum(seen.values())} histories")
    print(f"{stretches} states in a row, every one as the file has it; {len(reopened)} reopened, {sum(reopened)} times")
