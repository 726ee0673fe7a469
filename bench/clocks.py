"""The SLA clocks of a million unsolved tickets, five million events, after a change of their calendars.

Tickets are made in the database, with their histories but without clocks: the first run writes all of them, together
with the facts that scores read. Then every calendar gets a holiday, and the second run writes what that moved. The
baseline is what a loop would do: read one ticket's history, refresh_clocks, save; it is run on a sample, whose columns
must equal what the set-based run wrote. Needs PostgreSQL and an empty database.
"""

import logging
import os
import resource
import sys
import time
from datetime import date, timedelta
from typing import Any

import django

TICKETS = int(os.environ.get("CRM_BENCH_TICKETS", "1000000"))
SAMPLE = 2000

# Rows like one that the product made, but for these columns. `n` counts from 1.
CUSTOMER = {"id": "1000000 + n", "public_id": "gen_random_uuid()", "name": "'Customer ' || n"}
TICKET = {
    "id": "1000000 + n",
    "number": "'B-' || n",
    "customer_id": "1000001 + n %% %(customers)s",
    "queue_id": "(%(queues)s::int[])[1 + n %% 4]",
    "priority": "1 + n %% 4",
    "status": "(ARRAY['open', 'pending'])[1 + n %% 2]",
    "created_at": "%(start)s::timestamptz + n * %(step)s * interval '1 second'",
    "first_reply_due_at": "NULL",
    "resolution_due_at": "NULL",
}
# Opened, answered after up to 8 hours, asked again, waits for the customer, who writes and opens it again.
EVENTS_SQL = """
INSERT INTO services_ticketevent (ticket_id, kind, at, recorded_at, status_after, data)
SELECT t.id, e.kind, t.created_at + e.step * (1 + t.id %% 97) * interval '5 minutes', t.created_at, e.status,
    '{}'::jsonb
FROM services_ticket t CROSS JOIN (VALUES
    (0, 'opened', 'new'), (1, 'agent_reply', 'open'), (3, 'customer_message', 'open'), (5, 'status', 'pending'),
    (9, 'status', 'open')
) e (step, kind, status) WHERE t.id > 1000000 AND (e.step < 9 OR t.status = 'open')
UNION ALL
SELECT t.id, 'note', t.created_at + interval '50 days', t.created_at, 'pending', '{}'::jsonb
FROM services_ticket t WHERE t.id > 1000000 AND t.status = 'pending'
ORDER BY 1, 3
"""


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from services.operations.recompute_clocks import recompute_clocks

    logging.disable(logging.INFO)
    if connection.vendor != "postgresql":
        sys.stderr.write("this benchmark is about PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    events, calendars, holiday = _fill()
    print(f"clocks_tickets {TICKETS} tickets\nclocks_events {events} events", flush=True)
    at = timezone.now()
    first = _timed("clocks_first", lambda: recompute_clocks(at=at), events)
    for calendar in calendars:
        calendar.holidays.create(date=holiday, name="Stocktaking")
    seconds = _timed("clocks_again", lambda: recompute_clocks(at=at), events)
    print(f"clocks_peak_memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    loop = _loop(at)
    print(f"clocks_one_by_one {loop * 1000:.2f} ms/ticket")
    print(f"clocks_first_ratio {loop * TICKETS / first:.1f} times")
    print(f"clocks_again_ratio {loop * TICKETS / seconds:.1f} times")
    return 0


def _timed(name: str, run: Any, events: int) -> float:
    started, cpu = time.perf_counter(), time.process_time()
    done = run()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    if done.tickets < TICKETS:
        raise RuntimeError(f"{done.tickets} tickets were looked at, not {TICKETS}")
    print(f"{name} {seconds:.1f} s\n{name}_cpu {cpu:.1f} s\n{name}_changed {done.changed} tickets")
    print(
        f"{name}_rate {done.tickets / seconds:.0f} tickets/s\n{name}_events_rate {events / seconds:.0f} rows/s",
        flush=True,
    )
    return seconds


def _fill() -> tuple[int, list[Any], date]:
    """Make customers, calendars with holidays in four zones, queues, and tickets with their histories."""
    from django.db import connection
    from django.utils import timezone

    from customers.models import Customer, Team
    from services.models import Calendar, Queue, Ticket
    from services.operations.fill_holidays import fill_holidays
    from services.operations.open_ticket import open_ticket

    now = timezone.now()
    team = Team.objects.order_by("pk")[0]
    week = {str(day): [["09:00", "12:30"], ["13:30", "18:00"]] for day in range(5)}
    places = [
        ("Europe/Berlin", "DE", "BY"),
        ("America/New_York", "US", "NY"),
        ("Asia/Shanghai", "CN", ""),
        ("UTC", "GB", "ENG"),
    ]
    calendars, queues = [], []
    for zone, country, part in places:
        calendar = Calendar.objects.create(name=f"Bench {zone}", time_zone=zone, hours=week)
        years = range(now.year - 2, now.year + 3)
        fill_holidays(calendar=calendar, country=country, subdivision=part, years=years, at=now)
        calendars.append(calendar)
        queues.append(Queue.objects.create(name=f"Bench {zone}", team=team, calendar=calendar))
    customer = Customer.objects.create(kind="person", name="Bench", team=team, created_at=now)
    start = now - timedelta(days=400)
    ticket = open_ticket(customer=customer, subject="Bench", queue=queues[0], by=None, at=start)
    given: dict[str, Any] = {
        "customers": max(TICKETS // 10, 1),
        "tickets": TICKETS,
        "start": start,
        "step": 300 * 86_400 / TICKETS,
        "queues": [queue.pk for queue in queues],
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # foreign keys are right, and take long to look at
        cursor.execute(_like(Customer, CUSTOMER, "customers"), {**given, "like": customer.pk})
        cursor.execute(_like(Ticket, TICKET, "tickets"), {**given, "like": ticket.pk})
        cursor.execute(EVENTS_SQL, {})
        events = cursor.rowcount
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return events, calendars, (now - timedelta(days=150)).date()


def _like(model: Any, columns: dict[str, str], number: str) -> str:
    names = [field.column for field in model._meta.concrete_fields]
    told = ", ".join(columns.get(name, f"r.{name}") for name in names)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {told} "  # noqa: S608 - names of columns
        f"FROM {table} r, generate_series(1, %({number})s) n WHERE r.id = %(like)s"
    )


def _loop(at: Any) -> float:
    """Seconds a ticket, one by one. Raises RuntimeError where a column differs from what the run wrote."""
    from django.db import transaction

    from services.models import Ticket
    from services.operations.refresh_clocks import CLOCK_COLUMNS, refresh_clocks
    from services.operations.sla_terms import terms_of

    keys = Ticket.objects.filter(pk__gt=1_000_000).values_list("pk", flat=True)
    chosen = list(keys.order_by("pk")[:: max(TICKETS // SAMPLE, 1)])
    written = {row[0]: row[1:] for row in Ticket.objects.filter(pk__in=chosen).values_list("pk", *CLOCK_COLUMNS)}
    started = time.perf_counter()
    for key in chosen:
        with transaction.atomic():
            ticket = Ticket.objects.select_for_update().get(pk=key)
            refresh_clocks(ticket=ticket, events=list(ticket.events.all()), terms=terms_of(ticket), at=at)
            ticket.save(update_fields=CLOCK_COLUMNS)
        if written[key] != tuple(getattr(ticket, name) for name in CLOCK_COLUMNS):
            raise RuntimeError(f"ticket {key}: {written[key]} was written")
    return (time.perf_counter() - started) / len(chosen)


if __name__ == "__main__":
    sys.exit(main())
