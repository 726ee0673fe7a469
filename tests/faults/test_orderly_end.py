"""On SIGTERM a web server answers what it was asked, and a worker finishes the chunk that it has: nothing is cut off,
and nothing stays leased by nobody."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from launcher.ports import HOST, any_free

from tests.faults.house import House, wait_for

pytestmark = pytest.mark.long

CUSTOMERS = 30_000  # three chunks, one more than the worker takes at once
FILL = f"from bench._ledger import fill; print(fill({CUSTOMERS}))"
LEASED = "SELECT count(*) FROM analytics_scoringchunk WHERE state = 'leased'"
DONE = "SELECT count(*) FROM analytics_scoringchunk WHERE state = 'done'"
TODO = "SELECT count(*) FROM analytics_scoringchunk WHERE state = 'todo'"
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.mark.once("sqlite", reason="starts a PostgreSQL of its own, whatever the run is on")
def test_a_request_in_flight_is_answered(house: House) -> None:
    port = any_free()
    house.start_web(port)
    wait_for(lambda: _status(port, "/health/live/") == 200, "the web server")
    answers: list[int] = []
    ends: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(_status(port, "/api/v1/customers/")))
    ending = threading.Thread(target=lambda: ends.append(house.end("web")))
    with _locked(house, "customers_apitoken"):
        asking.start()
        wait_for(lambda: house.ask(WAITS) == [(1,)], "the request reaches the database")
        ending.start()
        wait_for(lambda: "Handling signal: term" in (house.folder / "web.log").read_text(), "it is to end")
        time.sleep(1)
        assert answers == ends == []
    asking.join(60)
    ending.join(60)
    assert answers == [401]  # the answer to a token that is none, once the table can be read
    assert ends == [0]
    assert _status(port, "/health/live/") == 0


@pytest.mark.once("sqlite", reason="starts a PostgreSQL of its own, whatever the run is on")
def test_a_worker_finishes_its_chunk_and_takes_no_other(house: House) -> None:
    house.python(FILL)
    ends: list[int] = []
    ending = threading.Thread(target=lambda: ends.append(house.end("worker-1")))
    with _locked(house, "analytics_customerscore"):  # chunks can be read, and not published
        house.start("worker-1")
        house.start("timetable-1")
        wait_for(lambda: int(house.ask(WAITS)[0][0]) >= 1, "the night's run comes to its first scores", 120)
        ending.start()
        wait_for(lambda: "Warm shutdown" in (house.folder / "worker-1.log").read_text(), "it is to end")
        time.sleep(1)
        leased = house.ask(LEASED)
        assert ends == []
    ending.join(60)
    house.kill("timetable-1")
    assert ends == [0]
    assert house.ask(DONE) == leased
    assert house.ask(LEASED) == [(0,)]
    assert house.ask("SELECT count(*) FROM analytics_scoringchunk WHERE attempts > 1") == [(0,)]
    assert house.ask(TODO) > [(0,)] < leased


@pytest.mark.once("sqlite", reason="starts a PostgreSQL of its own, whatever the run is on")
def test_a_worker_outlives_the_death_of_redis_during_a_task(house: House) -> None:
    log = house.folder / "worker-1.log"
    with _locked(house, "customers_job"):
        house.start("worker-1")
        house.start("timetable-1")
        wait_for(lambda: int(house.ask(WAITS)[0][0]) >= 1, "a task is under way", 120)
        house.kill("redis")
        wait_for(lambda: "Connection to broker lost" in log.read_text(), "the worker sees it")
        house.start_redis()
    done = log.read_text().count("succeeded")
    wait_for(lambda: log.read_text().count("succeeded") > done + 2, "it works again", 90)
    assert house.is_running("worker-1")
    assert "Unrecoverable" not in log.read_text()


def _status(port: int, path: str) -> int:
    """The status of an answer; 0 where nobody takes the connection."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("GET", path, headers={"Authorization": "Bearer none", "Connection": "close"})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@contextmanager
def _locked(house: House, table: str) -> Iterator[None]:
    with psycopg.connect(house.values["DATABASE_URL"]) as base:
        base.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
