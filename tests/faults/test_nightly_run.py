"""The nightly run goes on through kill -9 of workers and database, a Redis that is wiped or frozen, and two timetables:
afterwards every customer has one score of the run, the same as without all that."""

import os
import random
import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from tests.faults.house import House, a_house, wait_for

pytestmark = pytest.mark.postgres

CUSTOMERS = int(os.environ.get("CRM_FAULT_CUSTOMERS", "20000"))
SEED = int(os.environ.get("CRM_FAULT_SEED", "7"))
# Leases of the killed are taken again after 30 s, and after 60 s the second time.
LONGEST = 600
SUM = """
SELECT count(*), count(DISTINCT run_id), min(run_id), md5(string_agg(customer_id || ':' || score || ':' || raw || ':'
    || quality_n || ':' || coalesce(change, 0), ',' ORDER BY customer_id)) FROM analytics_customerscore
"""
# Else one falls due in the middle, and a sweep follows.
ALL_DUE = "UPDATE customers_observation SET due_at = at WHERE due_at IS NOT NULL RETURNING id"
FILL = "from bench._ledger import fill; print(fill({customers}))"
UNDISTURBED = """
from analytics.choices import RunKind
from analytics.models import CustomerScore, ScoringRun
from analytics.operations.ensure_run import ensure_run
from analytics.operations.work_chunks import work_chunks
from django.utils import timezone
night = ScoringRun.objects.get(kind=RunKind.NIGHTLY)
CustomerScore.objects.all().delete()
run = ensure_run(kind=RunKind.MANUAL, logical_at=timezone.now(), as_of=night.as_of, at=timezone.now())
list(work_chunks(clock=timezone.now, run=run))
"""


def test_every_customer_has_one_score_of_the_run_equal_to_that_of_an_undisturbed_one() -> None:
    with a_house() as house:
        house.make_database()
        house.python(FILL.format(customers=CUSTOMERS))
        house.ask(ALL_DUE)
        for name in ("worker-1", "worker-2", "timetable-1", "timetable-2"):
            house.start(name)
        seen = Dashboard(house)
        seen.start()
        wait_for(lambda: bool(_runs(house, "true")), "the night's run begins", LONGEST)
        faults = _faults_until_done(house, random.Random(SEED))
        seen.stop()
        assert faults >= {"worker", "database", "wipe", "freeze", "timetable"}
        assert _runs(house, "kind = 'nightly'") == [("done", CUSTOMERS, 0)]
        assert seen.half_finished == []
        _only_sweeps_may_follow(house)
        disturbed = house.ask(SUM)[0]
        house.python(UNDISTURBED)
        undisturbed = house.ask(SUM)[0]
        assert disturbed[0] == undisturbed[0] == CUSTOMERS
        assert disturbed[1] == 1
        assert disturbed[3] == undisturbed[3]


def _faults_until_done(house: House, chance: random.Random) -> set[str]:
    """Faults at random times, in random order, each kind at least once, until the run has ended."""
    faults: dict[str, Callable[[], None]] = {
        "worker": lambda: _kill_and_start(house, chance.choice(["worker-1", "worker-2"])),
        "timetable": lambda: _kill_and_start(house, chance.choice(["timetable-1", "timetable-2"])),
        "wipe": house.wipe_redis,
        "freeze": lambda: house.freeze_redis(3),
        "database": lambda: _kill_and_start_database(house),
    }
    done: set[str] = set()
    deadline = time.monotonic() + LONGEST
    while not _runs(house, "kind = 'nightly' AND state <> 'running'"):
        assert time.monotonic() < deadline, "the run does not end"
        missing = sorted(faults.keys() - done)
        name = chance.choice(missing or sorted(faults))
        if missing or chance.random() < 0.2:
            faults[name]()
            done.add(name)
        time.sleep(chance.uniform(0.2, 2))
    return done


def _kill_and_start(house: House, name: str) -> None:
    house.kill(name)
    house.start(name)


def _kill_and_start_database(house: House) -> None:
    house.kill_database()
    house.start_database()


def _runs(house: House, where: str) -> list[tuple[object, ...]]:
    return house.ask(f"SELECT state, customers, failed FROM analytics_scoringrun WHERE {where}")  # noqa: S608


def _only_sweeps_may_follow(house: House) -> None:
    """Nothing is stale, so that the scores are those of the night."""
    for name in ("timetable-1", "timetable-2", "worker-1", "worker-2"):
        house.kill(name)
    assert _runs(house, "kind = 'sweep'") == []


class Dashboard(threading.Thread):
    """Reads what the dashboard reads, over and over: the figures of the newest run over everybody that has ended."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self._house, self._going = house, True
        self.half_finished: list[tuple[object, ...]] = []

    def run(self) -> None:
        while self._going:
            try:
                rows = self._house.ask(
                    "SELECT id, state, distribution->>'count' FROM analytics_scoringrun"
                    " WHERE distribution ? 'histogram'"
                )
            except psycopg.Error:  # it was just killed
                rows = []
            self.half_finished += [
                row for row in rows if row[1] not in ("done", "partial") or int(str(row[2])) != CUSTOMERS
            ]
            time.sleep(0.2)

    def stop(self) -> None:
        """No more looks."""
        self._going = False
        self.join()
