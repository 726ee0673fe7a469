"""Behaviour reports over a million events on PostgreSQL: each kind, over all months and over the newest thirty days,
and the customers behind a number; with the most memory that the process ever held, and how many times what the bare
sorted read of the same rows takes. What the product would refuse, since it takes longer than a minute, is `refused`.

The server itself makes the rows: CRM_BENCH_EVENTS of them (1,000,000 where it is not said) over CRM_BENCH_MONTHS (12),
twenty a person; half of the people are customers. Of more than five million the whole is asked once, not three
times."""

import logging
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from functools import partial
from typing import Any

import django

from bench._months import BEGIN, EVENTS, MONTHS, NAMES, NOW, fill

TURNS = 3
OF_ALL = 1 if EVENTS > 5_000_000 else TURNS
# A report has at most 400 steps of the calendar.
BY = "week" if MONTHS <= 84 else "month"
MONTH = NOW - timedelta(days=30)


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection

    from customers.models import User

    logging.disable(logging.INFO)
    if connection.vendor != "postgresql":
        sys.stderr.write("this benchmark is about PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    user = User.objects.create_superuser("bench-behaviour", password=None)
    began = time.perf_counter()
    fill()
    _say("fill", time.perf_counter() - began)
    print(f"behaviour_events {EVENTS} events", flush=True)
    print(f"behaviour_memory_before {_peak():.0f} MB", flush=True)
    bare = _reports("", BEGIN, BY, user, OF_ALL)
    for name, seconds in _views():
        _say(name, seconds, bare)
    _reports("month_", MONTH, "day", user, TURNS)
    for name, ask in _lists().items():
        print(f"behaviour_{name} {1000 * _best(ask, 5):.1f} ms", flush=True)
    print(f"behaviour_memory_most {_peak():.0f} MB", flush=True)
    return 0


def _reports(prefix: str, since: Any, by: str, user: Any, turns: int) -> float:
    """The reports of a period up to the end, beside what the bare read of its rows takes."""
    from analytics.operations.people_behind import people_behind
    from analytics.operations.report_definition import read_report
    from analytics.operations.run_report import ReportFailed, run_report

    bare = _best(lambda: _bare_read(since), turns)
    _say(f"{prefix}bare_read", bare)
    period = {"first": f"{since:%Y-%m-%d}", "last": f"{NOW - timedelta(days=1):%Y-%m-%d}"}
    for name, (kind, question) in _questions(by).items():
        read = read_report(kind=kind, definition={"period": period, "time_zone": "UTC", **question}, user=user)
        asked: dict[str, Callable[[], object]] = {name: partial(run_report, definition=read, user=user, at=NOW)}
        if name == "funnel":
            asked["people_behind"] = partial(
                people_behind, definition=read, cell="reached:1", segment=None, user=user, at=NOW
            )
        for which, ask in asked.items():
            try:
                _say(prefix + which, _best(ask, turns), bare)
            except ReportFailed:
                print(f"behaviour_{prefix}{which} refused", flush=True)
    return bare


def _questions(by: str) -> dict[str, tuple[str, dict[str, Any]]]:
    steps: Any = [{"event": f"Event {number}"} for number in range(NAMES)]
    return {
        "trend": ("trend", {"steps": steps[:1], "by": by}),
        "trend_by_property": ("trend", {"steps": steps[:1], "by": by, "breakdown": "plan"}),
        "trend_of_all": ("trend", {"steps": [{"event": None}], "by": by}),
        "funnel": ("funnel", {"steps": steps[:4], "window": {"count": 90, "unit": "days"}}),
        "retention": ("retention", {"steps": [steps[0], {"event": None}], "by": by, "columns": 12}),
        "paths": ("paths", {"steps": steps[:1], "window": {"count": 30, "unit": "days"}}),
        "sessions": ("sessions", {"by": by}),
    }


def _lists() -> dict[str, Callable[[], object]]:
    """What lists ask for."""
    from analytics.models import Event, EventIdentity

    person = EventIdentity.objects.order_by("-pk").values_list("person", flat=True)[0]
    people = Event.objects.between(MONTH, NOW).values("identity__person").distinct()
    return {
        "newest_50": lambda: list(Event.objects.select_related("name", "source", "identity").order_by("-id")[:50]),
        "one_person": lambda: list(Event.objects.filter(identity__person=person).order_by("at")),
        "persons_in_a_month": lambda: people.count(),
    }


def _say(name: str, seconds: float, bare: float | None = None) -> None:
    print(f"behaviour_{name} {seconds:.2f} s", flush=True)
    if bare:
        print(f"behaviour_{name}_to_bare_read_ratio {seconds / bare:.1f}", flush=True)


def _views() -> Iterator[tuple[str, float]]:
    """Views of products, of which an eighth of the events are: of all customers in ranges of the nightly run, as
    preferences read them; who looked in the last two weeks; and of everybody by week, as forecasts do."""
    from analytics.demand.calendar import WEEK, offsets
    from analytics.operations.ensure_run import CHUNK_CUSTOMERS
    from analytics.operations.product_interest import product_interest
    from analytics.sql.customer_ranges import customer_ranges
    from analytics.sql.product_views import last_recorded_views, views_by_step
    from analytics.sql.whose import Whose

    parts = [Whose(part.lo, part.hi) for part in customer_ranges(size=CHUNK_CUSTOMERS)]
    lately = NOW - timedelta(days=14)
    yield (
        "views_of_customers",
        _best(lambda: [product_interest(whose=one, as_of=NOW, since=BEGIN) for one in parts], OF_ALL),
    )
    yield (
        "views_lately",
        _best(lambda: [last_recorded_views(whose=one, since=lately, as_of=NOW) for one in parts], OF_ALL),
    )
    span: Any = {"since": BEGIN, "until": NOW, "zone": offsets(UTC, BEGIN, NOW), "days": WEEK}
    yield "views_by_week", _best(lambda: list(views_by_step(**span)), OF_ALL)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _best(work: Callable[[], object], turns: int) -> float:
    """The seconds of the quickest turn."""
    times = []
    for _turn in range(turns):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def _bare_read(since: Any) -> None:
    """The rows in the order that reports need, by the server alone."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT i.person, e.at, e.name_id FROM analytics_event e"
            " JOIN analytics_eventidentity i ON i.id = e.identity_id WHERE e.at >= %s"
            " ORDER BY i.person, e.at, e.id OFFSET 0) x",
            [since],
        )


if __name__ == "__main__":
    sys.exit(main())
