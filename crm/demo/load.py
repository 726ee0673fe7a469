"""Puts the company into the database, through the same operations as every import: all of it or nothing."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from analytics.choices import RunKind
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.find_single_contacts import find_single_contacts
from analytics.operations.moment_of import moment_of
from analytics.operations.plan_forecasts import plan_forecasts
from analytics.operations.refresh_relation_effects import refresh_relation_effects
from analytics.operations.value_job import plan_value
from analytics.operations.work_chunks import work_chunks
from crm.demo.analyst import settle_analyst
from crm.demo.articles import settle_articles
from crm.demo.assigning import settle_assigning
from crm.demo.company import Company
from crm.demo.consents import put_down
from crm.demo.desk_life import ask_customers, enliven_desk
from crm.demo.desk_tools import settle_desk_tools
from crm.demo.doors import settle_doors
from crm.demo.parties import ATTRIBUTES
from crm.demo.presence import SOURCE, require_no_other_customers
from crm.demo.segments import colour_tags, settle_segments
from crm.demo.settle import settle_desk, settle_staff
from crm.demo.staff import ANALYST, TEAMS
from customers.audit.origin import in_bulk
from customers.audit.record import record
from customers.choices import AuditKind, ImportState, Outcome
from customers.models import ImportBatch, Team, User
from customers.operations.import_customers import import_customers
from customers.operations.import_interactions import import_interactions
from customers.operations.import_orders import import_orders
from customers.operations.import_products import import_products
from customers.operations.import_relations import import_relations
from customers.operations.price_orders import price_orders
from customers.operations.records import Counts
from customers.operations.source import Source
from services.operations.import_ratings import import_ratings
from services.operations.import_tickets import import_tickets

BATCH = 1000
MONTHS_OF_HISTORY = 6

# Called with a part of the company, how many rows of it are done, and how many there are.
Progress = Callable[[str, int, int], None]

IMPORTS: dict[str, Callable[..., Counts]] = {
    "customers": import_customers,
    "relations": import_relations,
    "consents": put_down,
    "interactions": import_interactions,
    "products": import_products,
    "orders": import_orders,
    "tickets": import_tickets,
    "ratings": import_ratings,
}


class DemoRefused(Exception):
    """An operation did not take a row of the demo: generator and models have parted ways."""


@transaction.atomic
def load_company(
    *, company: Company, password: str, at: datetime, progress: Progress, keep: Callable[[str, list[str]], None]
) -> dict[str, Counts]:
    """Load the company into a database without customers; who logs in gets the password. Raises OtherCustomers.

    `keep` is called before the end, with the password and the names of users who were here before and have their own:
    if it cannot write the password down, nothing is loaded."""
    require_no_other_customers()
    with in_bulk():  # thousands of invented rows are one entry
        batch, counts = _load(company, password=password, at=at, progress=progress, keep=keep)
    record(AuditKind.ADDED, batch, verb="demo", counts=batch.counts)
    return counts


def _load(
    company: Company, *, password: str, at: datetime, progress: Progress, keep: Callable[[str, list[str]], None]
) -> tuple[ImportBatch, dict[str, Counts]]:
    batch = ImportBatch.objects.create(format=SOURCE, path="", started_at=at)
    kept = settle_staff(password=password, at=at)
    settle_desk(years=range(at.year - 3, at.year + 2), at=at)
    colour_tags()
    team = Team.objects.get(name=TEAMS[0])
    source = Source(SOURCE)
    source.ensure_attributes(ATTRIBUTES)
    counts = {}
    for part, operation in IMPORTS.items():
        take = partial(operation, source=source, team=team, at=at, report=partial(_require, part))
        counts[part] = _feed(part, getattr(company, part), take, progress)
        if part == "orders":
            price_orders(at=at)
    take = partial(import_customers, source=source, team=team, at=at, report=partial(_require, "duplicates"))
    counts["customers"].add(_feed("duplicates", company.duplicates, take, progress))
    ask_customers(company.questions)
    write_history(at=at, progress=progress)
    settle_segments(at=at)
    settle_desk_tools(at=at)
    settle_articles(at=at)
    settle_doors(at=at)
    settle_assigning(at=at)
    settle_analyst(owner=User.objects.get(username=ANALYST), at=at)
    enliven_desk(at=at)
    refresh_relation_effects(at=at)
    find_single_contacts(at=at)
    plan_value(at=at)
    plan_forecasts(at=at)
    keep(password, kept)
    batch.state, batch.finished_at = ImportState.DONE, at
    batch.counts = {part: tally_of(count) for part, count in counts.items()}
    batch.save(update_fields=["state", "finished_at", "counts"])
    return batch, counts


def tally_of(counts: Counts) -> dict[str, int]:
    """The tally as JSON."""
    return {name: getattr(counts, name) for name in ("created", "updated", "unchanged", "refused")}


def _feed(part: str, records: Sequence[Any], take: Callable[..., Counts], progress: Progress) -> Counts:
    total = Counts()
    progress(part, 0, len(records))
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        total.add(take(records=batch))
        progress(part, start + len(batch), len(records))
    return total


def _require(part: str, source_id: str, outcome: str, label: str, detail: str) -> None:
    if outcome == Outcome.REFUSED:
        raise DemoRefused(f"{part} {source_id}: {detail}")


def write_history(*, at: datetime, progress: Progress) -> None:
    """Score everybody as of the last month-ends, so that today's scores have a past to be compared with."""
    ensure_versions(at=at)
    moments = list(_month_ends(at))
    for number, moment in enumerate(moments):
        progress("history", number, len(moments))
        run = ensure_run(kind=RunKind.REPLAY, logical_at=moment, as_of=moment, at=at)
        for _chunk in work_chunks(clock=timezone.now, run=run):
            pass
    progress("history", len(moments), len(moments))


def _month_ends(at: datetime) -> Iterable[datetime]:
    """The last moments of the months before this one, oldest first."""
    day: date = at.astimezone(timezone.get_default_timezone()).date()
    ends = []
    for _month in range(MONTHS_OF_HISTORY):
        day = day.replace(day=1) - timedelta(days=1)
        ends.append(moment_of(day.isoformat()))
    return reversed(ends)
