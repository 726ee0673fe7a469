"""Deliverers that are killed, and two at once: nothing is lost, nothing overtakes what came before it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from customers.choices import LeaseState
from customers.models import User, Webhook, WebhookDelivery
from customers.operations.deliver_webhooks import deliver_webhooks
from customers.operations.write_webhook import write_webhook
from tests.cast import NOW
from tests.listener import Listener, Received, listening
from tests.races import at_once

ROOT = Path(django_settings.BASE_DIR)
DELIVER = """
import django; django.setup()
from django.conf import settings
from django.db import connection
from django.utils import timezone
settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1:%(port)d"]
connection.settings_dict["NAME"] = %(name)r
from customers.operations.deliver_webhooks import deliver_webhooks
list(deliver_webhooks(clock=timezone.now))
"""


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    with listening() as one:
        settings.WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{one.port}"]
        yield one


def prepared(listener: Listener, lanes: int, turns: int) -> Webhook:
    """So many rows, each of which changed so often."""
    root = User.objects.create_superuser("root2")
    changes = {"name": "x", "url": listener.url(), "events": ["customer.updated"]}
    hook, _secret = write_webhook(webhook=Webhook(), changes=changes, by=root, at=NOW)
    for _ in range(turns):
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(
                webhook=hook, event="customer.updated", lane=f"customer:{pk}", object_type="customer", object_id=pk,
                path="", at=NOW, due_at=NOW,
            )
            for pk in range(lanes)
        )  # fmt: skip
    return hook


def seen(listener: Listener) -> dict[int, list[int]]:
    """What came, by the row that it is about; of what came twice, the first."""
    found: dict[int, list[int]] = defaultdict(list)
    for request in list(listener.received):
        told = json.loads(request.body)
        of_row = found[told["object"]["id"]]
        if told["sequence"] not in of_row:
            of_row.append(told["sequence"])
    return found


def everything_came_in_order(listener: Listener, lanes: int, turns: int) -> None:
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {LeaseState.DONE}
    came = seen(listener)
    assert len(came) == lanes
    for sequences in came.values():
        assert sequences == sorted(sequences) and len(sequences) == turns


@pytest.mark.django_db(transaction=True)
def test_a_deliverer_that_is_killed_loses_nothing(listener: Listener) -> None:
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("another process sees nothing of a database in memory")
    prepared(listener, lanes=4, turns=5)

    def slowly(_request: Received) -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.05)
        return 200, {}, b"ok"

    listener.answer = slowly
    text = DELIVER % {"port": listener.port, "name": str(connection.settings_dict["NAME"])}
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "crm.settings"}
    kills = 0
    while WebhookDelivery.objects.waiting().exists() and kills < 6:
        before = len(listener.received)
        process = subprocess.Popen([sys.executable, "-c", text], cwd=ROOT, env=environment)
        deadline = time.monotonic() + 60
        while len(listener.received) < before + 2 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)  # while a request is on its way
            kills += 1
        process.wait()
        WebhookDelivery.objects.filter(state=LeaseState.LEASED).update(lease_until=NOW)  # a minute goes by
    assert kills >= 1
    list(deliver_webhooks(clock=lambda: NOW))
    everything_came_in_order(listener, lanes=4, turns=5)
    twice = len(listener.received) - 20
    assert twice <= kills  # at most what was on its way, and with the id that it had


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_at_once_send_each_once_and_in_order(listener: Listener) -> None:
    prepared(listener, lanes=5, turns=6)
    results = at_once(*[lambda: list(deliver_webhooks(clock=lambda: NOW)) for _ in range(3)])
    assert not [result for result in results if isinstance(result, Exception)], results
    list(deliver_webhooks(clock=lambda: NOW))
    everything_came_in_order(listener, lanes=5, turns=6)
    assert len(listener.received) == 30
