"""How much room a year of score snapshots of a million customers takes, and how long the history of one takes to read.

    size of a year = snapshots a customer and year × bytes a row, indexes included × 1,000,000

Snapshots a year are counted, night by night over a year, by the rule of the score jobs (kept when the score moved by a
point, or after thirty days), on two populations: Olist's customers with the facts that are on record of them, who
order once; and made-up ones with five tickets and three orders (eight lines) in the year. Bytes a row and the time to
read are measured on a table filled with real rows: the stored figures of Olist's scores, a year of them for each of
CRM_BENCH_CUSTOMERS (50,000) customers. Needs the folder CRM_DATA_DIR; PostgreSQL, MariaDB or SQLite."""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("CRM_DATA_DIR") or ROOT.parent / "shared" / "data") / "olist"
CUSTOMERS = int(os.environ.get("CRM_BENCH_CUSTOMERS", "50000"))
MILLION = 1_000_000
NIGHTS = 365
AT_ONCE = 2_000
ASKED = 1_000
# The last night of the year that is looked at: shortly after Olist's last order.
END = datetime(2018, 9, 3, 2, tzinfo=UTC)
BUSY = 5_000
TICKETS, ORDERS = 5, 3
DAY = 86_400.0
# Whose, of which factor, x and age in days: the facts that count at a moment.
Known = tuple[Any, Any, Any, Any]


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from customers.models import Customer

    if not Customer.objects.exists():
        if not FOLDER.is_dir():
            sys.stderr.write(f"there is no folder {FOLDER}: set CRM_DATA_DIR\n")
            return 1
        _import()
    _score()
    a_year = {"olist": _snapshots_of_olist(), "busy": _snapshots_of_busy()}
    rows = _fill(max(1, round(a_year["busy"])))
    print(f"history_rows {rows} rows")
    a_row = _bytes() / rows
    print(f"history_bytes_a_row {a_row:.0f} bytes")
    for name, snapshots in a_year.items():
        print(f"history_snapshots_a_year_{name} {snapshots:.1f} rows/customer")
        print(f"history_year_of_a_million_{name} {snapshots * a_row * MILLION / 1e9:.2f} GB")
    _read()
    return 0


def _import() -> None:
    from django.conf import settings
    from django.utils import timezone

    from customers.importers.run import run_import
    from customers.models import Team
    from services.importers.olist import import_olist

    team, reports = Team.objects.order_by("pk")[0], settings.VAR_DIR / "reports"
    run_import(format="olist", reader=import_olist, path=FOLDER, team=team, now=timezone.now, reports=reports)


def _score() -> None:
    """Everybody has a score, as of the end of the year."""
    from django.utils import timezone

    from analytics.choices import RunKind
    from analytics.operations.ensure_run import ensure_run
    from analytics.operations.ensure_versions import ensure_versions
    from analytics.operations.work_chunks import work_chunks

    ensure_versions(at=timezone.now())
    run = ensure_run(kind=RunKind.MANUAL, logical_at=timezone.now(), as_of=END, at=timezone.now())
    list(work_chunks(clock=timezone.now, run=run))


def _parameters() -> Any:
    from analytics.models import ScoreModelVersion
    from analytics.scoring.parameters import ScoreParameters

    return ScoreParameters.from_dict(ScoreModelVersion.objects.active().get().parameters)


def _snapshots_of_olist() -> float:
    """Rows a customer and year, of the customers who were there, from the facts on record."""
    from analytics.operations.read_hindsight import read_hindsight

    ledger = read_hindsight(until=END).ledger
    keys, who = np.unique(ledger.customer, return_inverse=True)
    here = np.full(len(keys), np.inf)
    np.minimum.at(here, who, ledger.at)

    def known(moment: float) -> Known:
        rows = (ledger.counts_from <= moment) & (ledger.counts_until > moment)
        return who[rows], ledger.factor[rows], ledger.x[rows], (moment - ledger.at[rows]) / DAY

    return _count_snapshots(known, len(keys), here)


def _snapshots_of_busy() -> float:
    """The same of customers with five tickets and three orders a year, for two years before it as well."""
    draw = np.random.default_rng(20_261_126)
    until = END.timestamp()
    columns = [_facts(draw, code, rate * 3, value) for code, rate, value in _KINDS]
    who, factor, x, at = (np.concatenate(column) for column in zip(*columns, strict=True))

    def known(moment: float) -> Known:
        rows = at <= moment
        return who[rows], factor[rows], x[rows], (moment - at[rows]) / DAY

    return _count_snapshots(known, BUSY, np.full(BUSY, until - 3 * NIGHTS * DAY))


def _facts(draw: Any, code: int, number: float, value: Callable[..., Any]) -> tuple[Any, ...]:
    """So many facts of a kind for each of the busy customers on average, over the three years before the end."""
    size = int(BUSY * number)
    at = END.timestamp() - draw.random(size) * 3 * NIGHTS * DAY
    return draw.integers(0, BUSY, size), np.full(size, code), value(draw, size), at


# Factor, how many a year, and x: ratings of two tickets in five, promises and replies of all, prices of orders.
_KINDS: tuple[tuple[int, float, Callable[..., Any]], ...] = (
    (1, 0.4 * TICKETS, lambda draw, n: draw.choice([0.0, 0.25, 0.5, 0.75, 1.0], n, p=[0.1, 0.05, 0.1, 0.25, 0.5])),
    (2, TICKETS + ORDERS, lambda draw, n: (draw.random(n) < 0.9).astype(float)),
    (3, TICKETS, lambda draw, n: 2.0 ** -draw.exponential(1.0, n)),
    (4, ORDERS, lambda draw, n: draw.normal(-0.05, 0.1, n)),
)


def _count_snapshots(known: Callable[[float], Known], customers: int, here: Any) -> float:
    """Night by night for a year: a row is kept when the score moved by a point since the newest, or after 30 days."""
    from analytics.operations.compute_scores import NOTICEABLE, PERIOD
    from analytics.scoring.population import score_population

    parameters = _parameters()
    newest, newest_at = np.full(customers, np.nan), np.full(customers, -np.inf)
    kept, nights = 0, 0
    for night in range(NIGHTS, -1, -1):
        moment = (END - timedelta(days=night)).timestamp()
        score = score_population(*known(moment), customers, parameters).score
        old = newest_at <= moment - PERIOD.total_seconds()
        due = (here <= moment) & (old | ~(np.abs(score - newest) < NOTICEABLE))
        newest[due], newest_at[due] = score[due], moment
        if night < NIGHTS:  # the first night only begins the histories
            kept, nights = kept + int(due.sum()), nights + int((here <= moment).sum())
    return kept / nights * NIGHTS


def _fill(a_year: int) -> int:
    """A year of snapshots for each of CUSTOMERS customers, made of the stored figures of Olist's scores; how many."""
    from django.db import transaction

    from analytics.models import CustomerScore, ScoreSnapshot
    from analytics.sql.upsert import upsert
    from customers.models import Customer, Team

    lacking = CUSTOMERS - Customer.objects.count()
    team = Team.objects.order_by("pk")[0]
    more = (Customer(name=f"Customer {number}", team=team, created_at=END) for number in range(max(0, lacking)))
    Customer.objects.bulk_create(more, batch_size=5_000)
    given = ("id", "customer_id", "as_of")
    figures = [field.attname for field in ScoreSnapshot._meta.concrete_fields if field.attname not in given]
    stored = list(CustomerScore.objects.order_by("pk").values_list(*figures))
    ScoreSnapshot.objects.all().delete()
    keys = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:CUSTOMERS])
    step = timedelta(days=NIGHTS) / a_year
    for number in range(a_year):  # as nights come: the rows of one customer lie far apart, as in real life
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            chosen = [stored[(pk * 31 + number) % len(stored)] for pk in some]
            columns: dict[str, Any] = dict(zip(figures, zip(*chosen, strict=True), strict=True))
            columns |= {"customer_id": some, "as_of": [END - step * number] * len(some)}
            with transaction.atomic():
                upsert(ScoreSnapshot, columns, key=["customer_id", "as_of"])
    return ScoreSnapshot.objects.count()


def _bytes() -> int:
    """What the table of snapshots takes, its indexes included."""
    from django.db import connection

    from analytics.models import ScoreSnapshot

    table = ScoreSnapshot._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"VACUUM ANALYZE {table}")
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        elif connection.vendor == "mysql":
            cursor.execute(f"ANALYZE TABLE {table}")
            cursor.fetchall()
            statement = "SELECT data_length + index_length FROM information_schema.tables WHERE table_name = %s"
            cursor.execute(f"{statement} AND table_schema = DATABASE()", [table])
        else:
            names = "name IN (SELECT name FROM sqlite_master WHERE tbl_name = %s)"
            cursor.execute(f"SELECT SUM(pgsize) FROM dbstat WHERE {names}", [table])  # noqa: S608 - no value of anybody
        return int(cursor.fetchone()[0])


def _read() -> None:
    """Milliseconds to read the history of one customer, as its page does; and the score of one day, replayed."""
    from analytics.admin.score_card import HISTORY_ROWS
    from analytics.models import ScoreSnapshot
    from customers.models import Customer

    keys = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:CUSTOMERS])
    chosen = random.Random(1).sample(keys, min(ASKED, len(keys)))

    def history(pk: int) -> int:
        return len(list(ScoreSnapshot.objects.filter(customer=pk).order_by("-as_of")[:HISTORY_ROWS]))

    def on_a_day(pk: int) -> int:
        day = END - timedelta(days=NIGHTS / 2)
        return len(list(ScoreSnapshot.objects.filter(customer=pk, as_of__lte=day).order_by("-as_of")[:1]))

    for name, ask in (("one_customer", history), ("one_day", on_a_day)):
        took = sorted(_timed(ask, chosen))
        print(f"history_{name} {statistics.median(took):.2f} ms")
        print(f"history_{name}_p99 {took[int(len(took) * 0.99)]:.2f} ms")


def _timed(ask: Callable[[int], int], keys: list[int]) -> Iterator[float]:
    for pk in keys:
        started = time.perf_counter()
        if not ask(pk):
            raise RuntimeError(f"customer {pk} has no history")
        yield 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
