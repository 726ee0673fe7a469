import threading

import pytest
from django.db import connection

from analytics.choices import RunKind
from analytics.models import ScoreModelVersion, ScoringChunk, ScoringRun
from analytics.operations import ensure_run as module
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.sql.customer_ranges import customer_ranges
from customers.models import Customer, Team
from tests.cast import NOW


@pytest.mark.django_db
def test_it_plans_every_customer_once(north: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_CUSTOMERS", 4)
    people = Customer.objects.bulk_create(Customer(name="x", team=north) for _ in range(14))
    gone = people.pop(5)
    Customer.objects.filter(pk=gone.pk).delete()
    ensure_versions(at=NOW)
    run = ensure_run(kind=RunKind.MANUAL, logical_at=NOW, as_of=NOW, at=NOW)
    chunks = list(run.chunks.values_list("lo", "hi", "customers"))
    planned = [[c.pk for c in people if lo <= c.pk <= hi] for lo, hi, _ in chunks]
    assert [pk for part in planned for pk in part] == [c.pk for c in people]
    assert [len(part) for part in planned] == [4, 4, 4, 1] == [n for _, _, n in chunks]


@pytest.mark.django_db
def test_nobody_is_an_empty_plan() -> None:
    assert customer_ranges(size=10) == []


@pytest.mark.django_db
def test_the_same_run_again_is_found_and_not_planned_anew(acme: Customer) -> None:
    ensure_versions(at=NOW)
    first = ensure_run(kind=RunKind.MANUAL, logical_at=NOW, as_of=NOW, at=NOW)
    assert ensure_run(kind=RunKind.MANUAL, logical_at=NOW, as_of=NOW, at=NOW) == first
    assert ScoringChunk.objects.count() == 1


@pytest.mark.django_db
def test_it_needs_a_version_in_force(acme: Customer) -> None:
    with pytest.raises(ScoreModelVersion.DoesNotExist):
        ensure_run(kind=RunKind.MANUAL, logical_at=NOW, as_of=NOW, at=NOW)
    assert not ScoringRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_makes_the_plan(north: Team) -> None:
    Customer.objects.create(name="x", team=north)
    ensure_versions(at=NOW)
    made: list[int] = []
    start = threading.Barrier(4)

    def ensure() -> None:
        start.wait()
        try:
            run = ensure_run(kind=RunKind.NIGHTLY, logical_at=NOW, as_of=NOW, at=NOW)
            made.append(run.pk)
            assert run.chunks.count() == 1
        finally:
            connection.close()

    threads = [threading.Thread(target=ensure) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [ScoringRun.objects.get().pk] * 4
    assert ScoringChunk.objects.count() == 1
