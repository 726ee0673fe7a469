"""How messages travel."""

from pathlib import Path

import pytest
from kombu.exceptions import OperationalError

from crm.celery import app, touch_alive_file
from crm.timetable import TIMETABLE
from customers import tasks
from customers.models import Job


def test_each_queue_has_a_routing_key_of_its_own() -> None:
    """Queues that share a key would each get every message."""
    keys = [queue.routing_key for queue in app.conf.task_queues]
    assert sorted(keys) == sorted(queue.name for queue in app.conf.task_queues)


def test_every_entry_of_the_timetable_is_a_task() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in TIMETABLE.values()} <= set(app.tasks)


def test_a_task_goes_to_the_queue_of_its_app() -> None:
    for name in ("customers", "services", "analytics"):
        assert app.amqp.router.route({}, f"{name}.tasks.anything")["queue"].name == name


def test_a_dead_broker_is_told_at_once() -> None:
    with app.connection_for_write("redis://127.0.0.1:1/0") as connection, pytest.raises(OperationalError):
        app.send_task("analytics.tasks.tick", connection=connection)


def test_a_file_shows_an_orchestrator_that_it_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "alive"
    touch_alive_file()
    assert not file.exists()
    monkeypatch.setenv("CRM_ALIVE_FILE", str(file))
    touch_alive_file()
    assert file.exists()


def test_a_worker_that_is_to_end_takes_no_more_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "work_jobs", lambda clock: iter([Job(pk=1), Job(pk=2)]))
    taken: list[object] = []
    monkeypatch.setattr(tasks.logger, "info", lambda _text, pk, *_rest: taken.append(pk))
    try:
        tasks.work()
        assert taken == [1, 2]
        tasks.note_stop()
        tasks.work()
        assert taken == [1, 2, 1]
    finally:
        tasks._stopping[0] = 0
