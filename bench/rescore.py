"""How long it takes to rescore Olist's customers, and how much longer a loop of ORM aggregates per customer takes.

Two worker processes, as in production on two cores. The loop does in one process what most programs do: four
aggregates and an update for each customer; it is run on a sample and scaled, and it writes neither snapshots, changes
nor preference profiles, which the rescoring does. Both must give the same scores. Needs the folder CRM_DATA_DIR.
"""

import math
import multiprocessing
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("CRM_DATA_DIR") or ROOT.parent / "shared" / "data") / "olist"
WORKERS = 2
SAMPLE = 500


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from customers.models import Customer, Observation

    if not Customer.objects.exists():
        if not FOLDER.is_dir():
            sys.stderr.write(f"there is no folder {FOLDER}: set CRM_DATA_DIR\n")
            return 1
        _import()
    customers = Customer.objects.count()
    print(f"rescore_customers {customers} customers")
    print(f"rescore_observations {Observation.objects.count()} rows")
    _rescore()  # the first time everything is inserted; from then on, as every night, it is updated
    seconds, slowest = _rescore()
    print(f"rescore {seconds:.2f} s")
    print(f"rescore_rate {customers / seconds:.0f} customers/s")
    print(f"rescore_slowest_chunk {slowest:.2f} s")
    loop = _loop() * customers
    print(f"rescore_orm_loop {loop:.1f} s")
    print(f"rescore_orm_loop_ratio {loop / seconds:.1f} times")
    print(f"rescore_one_changed {_sweep():.3f} s")
    return 0


def _import() -> None:
    from django.conf import settings
    from django.utils import timezone

    from customers.importers.run import run_import
    from customers.models import Team
    from services.importers.olist import import_olist

    team, reports = Team.objects.order_by("pk")[0], settings.VAR_DIR / "reports"
    run_import(format="olist", reader=import_olist, path=FOLDER, team=team, now=timezone.now, reports=reports)


def _rescore() -> tuple[float, float]:
    """Seconds of a run over everybody, and of its slowest chunk."""
    from django.db import connection
    from django.utils import timezone

    from analytics.choices import RunKind, RunState
    from analytics.operations.ensure_run import ensure_run
    from analytics.operations.ensure_versions import ensure_versions

    ensure_versions(at=timezone.now())
    connection.close()  # each process has its own
    processes = multiprocessing.get_context("fork")
    go, ready = processes.Event(), processes.Semaphore(0)
    workers = [processes.Process(target=_work, args=(ready, go)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    started = time.perf_counter()
    at = timezone.now()
    run = ensure_run(kind=RunKind.MANUAL, logical_at=at, as_of=at, at=at)
    go.set()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - started
    run.refresh_from_db()
    if run.state != RunState.DONE:
        raise RuntimeError(f"the run is {run.state}")
    return seconds, max(run.chunks.values_list("seconds", flat=True))


def _work(ready: Any, go: Any) -> None:
    from django.utils import timezone

    from analytics.operations.work_chunks import work_chunks

    ready.release()
    go.wait()
    list(work_chunks(clock=timezone.now))


def _sweep() -> float:
    """Seconds from a changed customer to a new score."""
    from django.utils import timezone

    from analytics.operations.ensure_sweep import ensure_sweep
    from analytics.operations.work_chunks import work_chunks
    from customers.models import Customer
    from customers.operations.record_activity import record_activity

    customer = Customer.objects.order_by("pk")[7]
    record_activity(customer_ids=[customer.pk], at=timezone.now())
    started = time.perf_counter()
    sweep = ensure_sweep(at=timezone.now())
    if sum(count for _, count in work_chunks(clock=timezone.now, run=sweep)) != 1:
        raise RuntimeError("the sweep took other customers than the changed one")
    return time.perf_counter() - started


def _loop() -> float:
    """Seconds a customer of the loop; raises where its score is another."""
    from analytics.models import CustomerScore

    rows = list(CustomerScore.objects.select_related("version", "customer").order_by("pk"))
    sample = rows[:: max(1, len(rows) // SAMPLE)][:SAMPLE]
    started = time.perf_counter()
    scores = {row.pk: _score_by_orm(row.pk, row.version.parameters, row.as_of) for row in sample}
    seconds = (time.perf_counter() - started) / len(sample)
    for row in sample:
        if not math.isclose(scores[row.pk], row.score, abs_tol=1e-6):
            raise RuntimeError(f"customer {row.pk}: {scores[row.pk]} in the loop, {row.score} stored")
    return seconds


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
