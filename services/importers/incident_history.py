"""From the updates of one incident to the history of one ticket."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.importers.run import Unusable
from customers.importers.tables import TableRow
from services.choices import EventKind, Priority, TicketStatus
from services.operations.records import EventRecord

UNKNOWN = ("", "?")
STATUSES = {
    "new": TicketStatus.NEW,
    "active": TicketStatus.OPEN,
    "awaiting user info": TicketStatus.PENDING,
    "awaiting evidence": TicketStatus.PENDING,
    "awaiting vendor": TicketStatus.ON_HOLD,
    "awaiting problem": TicketStatus.ON_HOLD,
    "resolved": TicketStatus.SOLVED,
    "closed": TicketStatus.CLOSED,
}
NO_STATE = "-100"
PRIORITIES = {"1": Priority.URGENT, "2": Priority.HIGH, "3": Priority.NORMAL, "4": Priority.LOW}

# The log reports every missed target itself, and tells of no replies: see services/operations/ticket_facts.py.
OPENING = {"sla": True, "replies": False}


def known(value: str) -> str:
    """The value, or an empty text where the log says that it does not know."""
    return "" if value in UNKNOWN else value


@dataclass
class History:
    """The events of a ticket so far, and what the last update said."""

    events: list[EventRecord]
    priority: int
    status: str = TicketStatus.NEW
    reopened: int = 0
    assigned: dict[str, str] = field(default_factory=dict)
    made_sla: bool = True

    def add(self, kind: EventKind, at: datetime, **data: Any) -> None:
        """Append an event; time never runs backwards in a history."""
        self.events.append(EventRecord(kind, max(at, self.events[-1].at), self.status, data=data))


def write_history(rows: Sequence[TableRow]) -> History:
    """The history that the updates of an incident tell. Raises Unusable, naming the line of a value that is wrong."""
    at = min(_time(rows[0], "opened_at"), _time(rows[0], "sys_updated_at"))
    history = History([EventRecord(EventKind.OPENED, at, TicketStatus.NEW, data=OPENING)], _priority(rows[0]))
    for row in rows:
        _follow(history, row)
    return history


def _follow(history: History, row: TableRow) -> None:
    at = _time(row, "sys_updated_at")
    if (priority := _priority(row)) != history.priority:
        history.add(EventKind.PRIORITY, at, old=history.priority, new=priority)
        history.priority = priority
    assigned = {"name": known(row["assigned_to"]), "group": known(row["assignment_group"])}
    if any(assigned.values()) and assigned != history.assigned:
        history.add(EventKind.ASSIGNED, at, **assigned)
        history.assigned = assigned
    if (made_sla := row["made_sla"].casefold() != "false") != history.made_sla:
        if not made_sla:
            history.add(EventKind.BREACHED, at, clock="resolution")
        history.made_sla = made_sla
    _follow_status(history, row, at)


def _follow_status(history: History, row: TableRow, at: datetime) -> None:
    status = _status(row, history.status)
    reopened = _whole(row, "reopen_count")
    is_reopening = reopened > history.reopened
    if is_reopening or status != history.status:
        history.status = status
        history.add(EventKind.REOPENED if is_reopening else EventKind.STATUS, at)
    history.reopened = reopened


def _status(row: TableRow, before: str) -> str:
    state = row["incident_state"]
    if state == NO_STATE or not known(state):
        return before
    if state.casefold() not in STATUSES:
        raise Unusable(_("line %(line)s: incident_state “%(state)s” is not known") % {"line": row.line, "state": state})
    return STATUSES[state.casefold()]


def _priority(row: TableRow) -> int:
    return PRIORITIES.get(row["priority"][:1], Priority.NORMAL)


def _time(row: TableRow, column: str) -> datetime:
    try:
        return datetime.strptime(row[column], "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
    except ValueError as error:
        raise Unusable(
            _("line %(line)s: %(column)s “%(value)s” is not like 29/2/2016 01:16")
            % {"line": row.line, "column": column, "value": row[column]}
        ) from error


def _whole(row: TableRow, column: str) -> int:
    try:
        return int(known(row[column]) or 0)
    except ValueError as error:
        raise Unusable(
            _("line %(line)s: %(column)s “%(value)s” is not a whole number")
            % {"line": row.line, "column": column, "value": row[column]}
        ) from error
