import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.models import Customer, User, Webhook, WebhookDelivery
from customers.operations.write_webhook import write_webhook
from services.models import MessagingChannel, Queue, RuleFiring
from services.operations.ask_rules import ask_rules
from services.operations.write_channel import write_channel
from services.tests.operations.desk import a_ticket
from services.tests.operations.rules import outcomes, when
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def webhook(root: User) -> Webhook:
    """One that asks for no event by itself."""
    changes: dict[str, Any] = {"name": "Warehouse", "url": "https://example.com/", "events": ["customer.merged"]}
    return write_webhook(webhook=Webhook(), changes=changes, by=root, at=NOW)[0]


@pytest.fixture
def channel(root: User) -> MessagingChannel:
    """A room of the team."""
    changes = {"name": "Room", "url": "https://example.com/room", "adapter": "slack"}
    return write_channel(channel=MessagingChannel(), changes=changes, by=root, at=NOW).channel


def test_a_rule_calls_a_webhook_once(acme: Customer, queue: Queue, webhook: Webhook) -> None:
    when("opened", then={"action": "webhook", "webhook": webhook.pk})
    ticket = a_ticket(acme, queue)
    ask_rules(at=NOW)
    ask_rules(at=NOW)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.webhook, delivery.object_type, delivery.object_id) == (webhook, "ticket", ticket.pk)


def test_a_rule_says_something_in_a_channel(acme: Customer, queue: Queue, channel: MessagingChannel) -> None:
    when("opened", then={"action": "channel", "channel": channel.pk, "text": "New: {ticket.subject}"})
    a_ticket(acme, queue, subject="泵漏水")
    ask_rules(at=NOW)
    assert json.loads(WebhookDelivery.objects.get().content)["text"] == "New: 泵漏水"


def test_what_is_off_is_neither_called_nor_spoken_in(
    acme: Customer, queue: Queue, webhook: Webhook, channel: MessagingChannel
) -> None:
    when(
        "opened",
        then=[
            {"action": "webhook", "webhook": webhook.pk},
            {"action": "channel", "channel": channel.pk, "text": "Hello"},
        ],
    )
    Webhook.objects.filter(pk=webhook.pk).update(is_active=False)
    MessagingChannel.objects.filter(pk=channel.pk).update(is_active=False)
    a_ticket(acme, queue)
    ask_rules(at=NOW)
    assert outcomes(RuleFiring.objects.get()) == ["gone", "gone"]
    assert not WebhookDelivery.objects.exists()


def test_an_unknown_placeholder_is_refused(channel: MessagingChannel) -> None:
    with pytest.raises(ValidationError, match="no placeholder"):
        when("opened", then={"action": "channel", "channel": channel.pk, "text": "{ticket.colour}"})
