"""The audit log of ServiceNow incidents: one row an update, some thirty columns, `?` for missing.

Every incident becomes one ticket, its updates the ticket's history. The rows of an incident must be together, as the
system exports them: so a file of any size is read as a stream, a thousand incidents at a time. Times are day-first and
without a zone; they are taken for UTC. A caller is a customer (`Caller 4491`); an incident without one is put down to
`Unknown caller`. The log tells of no replies, so nobody is said to have waited for one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from customers.importers.run import ImportRun, Place, Unusable, batches
from customers.importers.tables import TableRow
from customers.operations.import_customers import import_customers
from customers.operations.records import CustomerRecord
from services.choices import Channel
from services.importers.incident_history import known, write_history
from services.operations.import_tickets import import_tickets
from services.operations.records import TicketRecord

COLUMNS = (
    "number", "incident_state", "reopen_count", "made_sla", "caller_id", "opened_at", "sys_updated_at",
    "contact_type", "category", "subcategory", "priority", "assignment_group", "assigned_to",
)  # fmt: skip

# Told by the ticket and its history; every other column becomes a custom attribute, as the last update says.
TOLD = {
    "number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "made_sla",
    "caller_id", "opened_at", "sys_created_by", "sys_created_at", "sys_updated_by", "sys_updated_at", "contact_type",
    "priority", "resolved_at", "closed_at",
}  # fmt: skip
QUEUE = "Incidents"
NO_CALLER = CustomerRecord("unknown", "Unknown caller")
CHANNELS = {
    "phone": Channel.PHONE,
    "ivr": Channel.PHONE,
    "email": Channel.EMAIL,
    "self service": Channel.PORTAL,
    "direct opening": Channel.WEB,
}


@dataclass(frozen=True, slots=True)
class Incident:
    """The updates of one incident, in the order of the file."""

    number: str
    file: str
    rows: list[TableRow]

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.file, self.rows[0].line

    @property
    def caller(self) -> CustomerRecord:
        """Who called, as the last update that knows says."""
        name = next((name for row in reversed(self.rows) if (name := known(row["caller_id"]))), "")
        return CustomerRecord(name, name) if name else NO_CALLER


def import_incidents(run: ImportRun, path: Path) -> None:
    """Bring a ServiceNow incident log in: callers as customers, incidents as tickets."""
    callers: set[str] = set()
    for batch in batches(_incidents(run, path)):
        new = {incident.caller.source_id: incident for incident in batch if incident.caller.source_id not in callers}
        callers |= new.keys()
        run.feed("customers", import_customers, ((i.place, i.caller) for i in new.values()))
        run.feed("tickets", import_tickets, _tickets(run, batch))


def _incidents(run: ImportRun, path: Path) -> Iterator[Incident]:
    seen: set[str] = set()
    for number, group in groupby(run.rows("tickets", path, COLUMNS), key=lambda row: row["number"]):
        rows = list(group)
        incident = Incident(number, path.name, rows)
        if not known(number):
            run.refuse("tickets", incident.place, number, "number: is missing")
        elif number in seen:
            run.refuse("tickets", incident.place, number, "its rows are not together: sort the file by number")
        else:
            seen.add(number)
            yield incident


def _tickets(run: ImportRun, incidents: Iterable[Incident]) -> Iterator[tuple[Place, TicketRecord]]:
    for incident in incidents:
        try:
            yield incident.place, _ticket(incident)
        except Unusable as error:
            run.refuse("tickets", incident.place, incident.number, str(error))


def _ticket(incident: Incident) -> TicketRecord:
    last = incident.rows[-1]
    history = write_history(incident.rows)
    about = [text for column in ("category", "subcategory") if (text := known(last[column]))]
    return TicketRecord(
        source_id=incident.number,
        number=incident.number,
        customer_id=incident.caller.source_id,
        subject=", ".join(about) or incident.number,
        created_at=history.events[0].at,
        queue=QUEUE,
        channel=CHANNELS.get(last["contact_type"].casefold(), Channel.API),
        priority=history.priority,
        service_type="incident",
        attributes={**_attributes(last), "updates": len(incident.rows)},
        events=tuple(history.events),
        has_policy=False,
    )


def _attributes(row: TableRow) -> dict[str, str]:
    return {name: value for name, value in row.values.items() if name not in TOLD and known(value)}
