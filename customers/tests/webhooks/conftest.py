"""A webhook of root's that listens on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest

from customers.models import User, Webhook
from customers.operations.write_webhook import write_webhook
from tests.cast import NOW
from tests.listener import Listener, listening


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    with listening() as one:
        settings.WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{one.port}"]
        yield one


@pytest.fixture
def hook(listener: Listener, root: User) -> Webhook:
    changes = {"name": "Warehouse", "url": listener.url(), "events": ["customer.created", "customer.updated"]}
    webhook, _secret = write_webhook(webhook=Webhook(), changes=changes, by=root, at=NOW)
    return webhook
