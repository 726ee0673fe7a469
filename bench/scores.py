"""The satisfaction scores of a million customers with five million tickets and eight million order lines: read,
computed and written by worker processes, against a loop of ORM aggregates and against DuckDB.

The loop does in one process what most programs do: four aggregates and an update for each customer; it is run on a
sample of ten thousand customers and scaled, and it writes neither snapshots nor changes, which the run does. DuckDB
has the same rows in memory, in columns, and writes its scores there: that is the limit. All three must give the same
scores.

Then the same run by two workers, the sweep after one customer in a hundred changed, and what a customer costs among ten
thousand. The profiles of preferences, which a run writes as well, are empty here: see bench/preferences.py.
"""

import math
import multiprocessing
import os
import sys
from datetime import datetime, timedelta
from typing import Any

import django

SMALL, LARGE = 10_000, int(os.environ.get("CRM_BENCH_CUSTOMERS", "1000000"))
SAMPLE = 500
ONE_IN = 100


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection

    from bench import _ledger, _processes

    if connection.vendor != "postgresql":
        sys.stderr.write("this benchmark is about PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    _ledger.fill(SMALL)
    _run(night=0, workers=1)
    small = _run(night=1, workers=1)
    loop = _loop() * LARGE
    _ledger.empty()
    _say("scores_facts", _ledger.fill(LARGE), "rows")
    _tell("scores_first_run", _run(night=0, workers=1), LARGE)
    full = _run(night=1, workers=1)
    _tell("scores_run", full, LARGE)
    _say("scores_run_slowest_chunk", _slowest_chunk(), "s")
    _say("scores_run_most_memory", _processes.most_memory_of_a_child(), "MiB")
    _say("scores_growth_ratio", full.cpu / LARGE / (small.cpu / SMALL), "times")
    _say("scores_orm_loop", loop, "s")
    _say("scores_orm_loop_ratio", loop / full.wall, "times")
    two = _run(night=2, workers=2)
    _tell("scores_run_by_two", two, LARGE)
    _say("scores_two_workers_ratio", full.wall / two.wall, "times")
    _sweep(full)
    _limit(full)
    return 0


def _say(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:.2f} {unit}", flush=True)


def _tell(name: str, used: Any, customers: int) -> None:
    _say(name, used.wall, "s")
    _say(f"{name}_rate", customers / used.wall, "customers/s")
    _say(f"{name}_cpu_client", used.client, "s")
    _say(f"{name}_cpu_database", used.server, "s")


def _slowest_chunk() -> float:
    from analytics.models import ScoringChunk

    return max(ScoringChunk.objects.values_list("seconds", flat=True))


def _at(night: int) -> datetime:
    """The moment of a night: the first is now."""
    from django.utils import timezone

    return timezone.now() + (timedelta(days=6.5 + night) if night else timedelta())


def _run(*, night: int, workers: int) -> Any:
    """What a run over everybody uses, its plan and its end included."""
    from django.db import connection
    from django.utils import timezone

    from analytics.choices import RunKind, RunState
    from analytics.models import CustomerScore, ScoringRun
    from analytics.operations.ensure_run import ensure_run
    from analytics.operations.ensure_versions import ensure_versions
    from bench import _processes

    ensure_versions(at=timezone.now())
    with connection.cursor() as cursor:
        for table in "analytics_customerscore", "customers_observation":  # as autovacuum has done by the next night
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")
    before = _processes.now()
    at = _at(night)
    run = ensure_run(kind=RunKind.NIGHTLY, logical_at=at, as_of=at, at=at)
    connection.close()  # each process has its own
    processes = multiprocessing.get_context("fork")
    working = [processes.Process(target=_work) for _ in range(workers)]
    for worker in working:
        worker.start()
    for worker in working:
        worker.join()
    used = _processes.since(before)
    run = ScoringRun.objects.get(pk=run.pk)
    if run.state != RunState.DONE or CustomerScore.objects.count() != run.customers:
        raise RuntimeError(f"the run is {run.state}")
    return used


def _work() -> None:
    from django.utils import timezone

    from analytics.operations.work_chunks import work_chunks

    for _ in work_chunks(clock=timezone.now):
        pass


def _sweep(full: Any) -> None:
    """One customer in a hundred changed: what a sweep over them uses."""
    from django.db.models import F
    from django.utils import timezone

    from analytics.models import CustomerScore
    from analytics.operations.ensure_sweep import ensure_sweep
    from analytics.operations.work_chunks import work_chunks
    from bench import _processes
    from customers.models import Customer

    at = _at(3)
    changed = Customer.objects.annotate(part=F("pk") % ONE_IN).filter(part=7)
    count = changed.update(activity_version=F("activity_version") + 1, last_activity_at=at)
    before = _processes.now()
    sweep = ensure_sweep(at=at)
    scored = sum(number for _chunk, number in work_chunks(clock=timezone.now, run=sweep))
    used = _processes.since(before)
    if scored != count or CustomerScore.objects.exclude(activity_version=F("customer__activity_version")).exists():
        raise RuntimeError(f"{count} changed, and {scored} were scored")
    _tell("scores_sweep_of_one_in_100", used, count)
    _say("scores_sweep_of_one_in_100_ratio", used.cpu / full.cpu, "times")


def _limit(full: Any) -> None:
    """DuckDB's scores as of the last run's moment."""
    import numpy as np

    from analytics.models import ScoreModelVersion, ScoringRun
    from analytics.scoring.parameters import ScoreParameters
    from analytics.sql.arrays import fetch_arrays
    from bench._limit import score_all

    parameters = ScoreParameters.from_dict(ScoreModelVersion.objects.active().get().parameters)
    as_of = ScoringRun.objects.filter(kind="nightly").latest("pk").as_of
    limit = score_all(parameters, as_of, threads=1)
    _say("scores_duckdb", limit.wall, "s")
    _say("scores_duckdb_cpu", limit.cpu, "s")
    _say("scores_duckdb_ratio", full.cpu / limit.cpu, "times")
    ours = fetch_arrays(
        "SELECT customer_id, score, as_of FROM analytics_customerscore",
        [],
        {"customer_id": "i8", "score": "f8", "as_of": "M8[us]"},
    )
    same = ours["as_of"] == np.datetime64(as_of.replace(tzinfo=None), "us")
    theirs = limit.scores[np.searchsorted(limit.ids, ours["customer_id"][same])]
    off = float(np.abs(theirs - ours["score"][same]).max())
    _say("scores_duckdb_compared", int(same.sum()), "customers")
    if not off < 1e-6:
        raise RuntimeError(f"DuckDB's scores differ by {off}")


def _loop() -> float:
    """Seconds a customer of the loop; raises where its score is another."""
    import time

    from analytics.models import CustomerScore

    rows = list(CustomerScore.objects.select_related("version", "customer").order_by("pk"))
    sample = rows[:: max(1, len(rows) // SAMPLE)][:SAMPLE]
    started = time.perf_counter()
    scores = {row.pk: _score_by_orm(row.pk, row.version.parameters, row.as_of) for row in sample}
    seconds = (time.perf_counter() - started) / len(sample)
    waiting = _who_wait()
    for row in sample:
        if row.pk not in waiting and not math.isclose(scores[row.pk], row.score, abs_tol=1e-6):
            raise RuntimeError(f"customer {row.pk}: {scores[row.pk]} in the loop, {row.score} stored")
    return seconds


def _who_wait() -> set[int]:
    """Customers with a message that waits: the loop, to be short, leaves it out."""
    from customers.models import Observation

    return set(Observation.objects.filter(value=None).values_list("customer_id", flat=True))


def _score_by_orm(customer_id: int, parameters: dict[str, dict[str, float]], as_of: datetime) -> float:
    from analytics.models import CustomerScore
    from customers.models import Customer

    customer = Customer.objects.get(pk=customer_id)
    z = 0.0
    for code, name in enumerate(("quality", "reliability", "responsiveness", "price"), start=1):
        p = parameters[name]
        n_eff, total = _sums(customer, code, p["half_life_days"], as_of)
        prior, mean = p["prior_weight"], p["baseline"]
        if name == "price":
            shrunk = (prior * math.log(mean) + total) / (prior + n_eff)
            z += p["exponent"] * (shrunk - math.log(mean))
        else:
            z += p["exponent"] * math.log((prior * mean + total) / (prior + n_eff) / mean)
    score = 100 / (1 + math.exp(-z))
    CustomerScore.objects.update_or_create(customer=customer, defaults={"as_of": as_of, "score": score})
    return score


def _sums(customer: Any, factor: int, half_life_days: float, as_of: datetime) -> tuple[float, float]:
    """Σw and Σw·x of one factor, by the database."""
    from django.db.models import Case, F, FloatField, Sum, Value, When
    from django.db.models.functions import Greatest, Least, Ln, Power

    from analytics.sql.epoch import Epoch
    from customers.choices import Measure

    age = (Value(as_of.timestamp()) - Epoch("at", output_field=FloatField())) / Value(86_400.0 * half_life_days)
    limit = math.log(4)
    x = Case(
        When(measure__in=(Measure.CSAT, Measure.REVIEW), then=(F("value") - 1.0) / 4.0),
        When(measure=Measure.PROMISES, then=F("value") / F("reference")),
        When(measure=Measure.REPLY, then=Power(Value(2.0), -F("value") / F("reference"))),
        When(
            measure=Measure.PRICE,
            then=Greatest(Least(Ln(F("value") / F("reference")), Value(limit)), Value(-limit)),
        ),
        output_field=FloatField(),
    )
    known = customer.observations.known_at(as_of=as_of, version=customer.activity_version)
    weight = Power(Value(2.0), -age, output_field=FloatField())
    sums = known.filter(factor=factor, value__isnull=False).aggregate(n=Sum(weight), total=Sum(weight * x))
    return sums["n"] or 0.0, sums["total"] or 0.0


if __name__ == "__main__":
    sys.exit(main())
