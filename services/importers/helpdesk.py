"""The event log of an Italian help desk (4TU): one row an activity, a case's rows together.

A case is a ticket, its activities the history; a `customer` is one (`Customer 7`), whom the log knows by a number only.
Whoever takes a case in charge becomes the name of an assignment. The log tells of no replies, so nobody is said to
have waited for one, and of activities whose meaning here is not known it keeps that they happened. Times are local to
Rome."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from customers.choices import CustomerKind
from customers.importers.dates import DateOrder, moment_reader
from customers.importers.run import ImportRun, Place, Unusable, batches
from customers.importers.tables import TableRow
from customers.operations.import_customers import import_customers
from customers.operations.records import CustomerRecord
from services.choices import Channel, EventKind, TicketStatus
from services.operations.import_tickets import import_tickets
from services.operations.records import EventRecord, TicketRecord

COLUMNS = ("case id", "activity", "resource", "complete timestamp", "customer")
QUEUE = "Help desk"
OPENING = {"replies": False}
STATUSES = {
    "take in charge ticket": TicketStatus.OPEN,
    "wait": TicketStatus.PENDING,
    "create sw anomaly": TicketStatus.ON_HOLD,
    "schedule intervention": TicketStatus.ON_HOLD,
    "resolve sw anomaly": TicketStatus.OPEN,
    "require upgrade": TicketStatus.OPEN,
    "resolve ticket": TicketStatus.SOLVED,
    "closed": TicketStatus.CLOSED,
}
ENDED = (TicketStatus.SOLVED, TicketStatus.CLOSED)
# Told by the history.
TOLD = {*COLUMNS, "variant", "variant (2)", "variant index"}

_read_moment = moment_reader(DateOrder.DAY, ZoneInfo("Europe/Rome"))
Case = list[TableRow]


def import_helpdesk(run: ImportRun, path: Path) -> None:
    """Bring the log in: customers and tickets."""
    seen: set[str] = set()
    for cases in batches(_cases(run, path)):
        new = {_customer(case).source_id: case for case in cases if _customer(case).source_id not in seen}
        seen |= new.keys()
        run.feed("customers", import_customers, ((_place(path, case), _customer(case)) for case in new.values()))
        run.feed("tickets", import_tickets, _tickets(run, path, cases))


def _cases(run: ImportRun, path: Path) -> Iterator[Case]:
    seen: set[str] = set()
    for number, rows in groupby(run.rows("tickets", path, COLUMNS), key=lambda row: row["case id"]):
        case = list(rows)
        if not number or number in seen:
            reason = "its rows are not together: sort the file by case" if number else "Case ID: is missing"
            run.refuse("tickets", _place(path, case), number, reason)
            continue
        seen.add(number)
        yield case


def _place(path: Path, case: Case) -> Place:
    return path.name, case[0].line


def _customer(case: Case) -> CustomerRecord:
    """Who called, as the last row says."""
    number = case[-1]["customer"].removeprefix("Value ")
    if not number:
        return CustomerRecord("unknown", "Unknown customer")
    return CustomerRecord(number, f"Customer {number}", kind=CustomerKind.ORGANISATION)


def _tickets(run: ImportRun, path: Path, cases: Iterable[Case]) -> Iterator[tuple[Place, TicketRecord]]:
    for case in cases:
        try:
            yield _place(path, case), _ticket(case)
        except (Unusable, ValueError) as error:
            run.refuse("tickets", _place(path, case), case[0]["case id"], str(error))


def _ticket(case: Case) -> TicketRecord:
    number, last = case[0]["case id"], case[-1]
    events = tuple(_events(case))
    return TicketRecord(
        source_id=number,
        number=number,
        customer_id=_customer(case).source_id,
        subject=number,
        created_at=events[0].at,
        queue=QUEUE,
        channel=Channel.API,
        attributes={name: value for name, value in last.values.items() if value and name not in TOLD},
        events=events,
        has_policy=False,
    )


def _events(case: Case) -> Iterator[EventRecord]:
    status: str = TicketStatus.NEW
    at = _read_moment(case[0]["complete timestamp"])
    yield EventRecord(EventKind.OPENED, at, status, data=OPENING)
    for row in case:
        at = max(at, _read_moment(row["complete timestamp"]))
        before, activity = status, row["activity"].casefold()
        status = STATUSES.get(activity, status)
        if activity == "take in charge ticket":
            yield EventRecord(EventKind.ASSIGNED, at, before, data={"name": row["resource"]})
        if status != before:
            reopened = before in ENDED and status not in ENDED
            yield EventRecord(EventKind.REOPENED if reopened else EventKind.STATUS, at, status)
        elif activity not in STATUSES:
            yield EventRecord(EventKind.NOTE, at, status, data={"activity": row["activity"]})
