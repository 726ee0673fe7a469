"""How messages travel."""

import pytest
from kombu.exceptions import OperationalError

from crm.celery import app
from crm.timetable import TIMETABLE


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
