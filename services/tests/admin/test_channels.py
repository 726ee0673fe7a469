"""The page of messaging channels."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Team, User, Webhook, WebhookDelivery
from services.models import MessagingChannel, Queue
from tests.cast import make_user

pytestmark = pytest.mark.django_db

ADD = "admin:services_messagingchannel_add"


@pytest.fixture
def pages(client: Client, north: Team) -> Client:
    client.force_login(make_user("admin", north, role="Administrator"))
    return client


def typed(queue: Queue, **more: object) -> dict[str, object]:
    usual = {"name": "Telegram", "adapter": "generic", "url": "https://example.com/bridge", "queue": queue.pk}
    return {**usual, "signature": "candid", "map_text": "message.text", "is_active": "on", **more}


def test_both_secrets_are_shown_once(pages: Client, queue: Queue) -> None:
    made = pages.post(reverse(ADD), typed(queue))
    channel = MessagingChannel.objects.select_related("webhook").get()
    assert channel.webhook is not None and channel.inbound_secret
    text = made.content.decode()
    assert channel.webhook.secret in text and channel.inbound_secret in text and str(channel.key) in text
    assert "no-store" in made["Cache-Control"]
    assert (channel.mapping, channel.prefix) == ({"text": "message.text"}, "telegram:")
    shown = pages.get(reverse("admin:services_messagingchannel_change", args=[channel.pk])).content.decode()
    assert channel.webhook.secret not in shown and channel.inbound_secret not in shown
    assert "message.text" in shown and "https://example.com/bridge" in shown
    assert pages.get(reverse("admin:customers_webhook_changelist")).content.decode().count("Telegram") == 0


def test_a_change_makes_no_new_secret_and_shows_none(pages: Client, queue: Queue) -> None:
    pages.post(reverse(ADD), typed(queue))
    before = MessagingChannel.objects.get()
    address = reverse("admin:services_messagingchannel_change", args=[before.pk])
    again = typed(queue, name="Other", prefix="telegram:", seen_version=before.version)
    assert pages.post(address, again).status_code == 302
    after = MessagingChannel.objects.get()
    assert (after.name, after.inbound_secret) == ("Other", before.inbound_secret)


def test_a_stale_save_is_refused_and_shows_no_secret(pages: Client, queue: Queue) -> None:
    pages.post(reverse(ADD), typed(queue, header_lines="Authorization: canary"))
    MessagingChannel.objects.update(version=7, name="Theirs", mapping={"text": "body"})
    address = reverse("admin:services_messagingchannel_change", args=[MessagingChannel.objects.get().pk])
    mine = typed(queue, prefix="p:", seen_version=1, header_lines="Authorization: mine", url="https://example.com/2")
    refused = pages.post(address, mine)
    text = refused.content.decode()
    assert refused.status_code == 200 and "canary" not in text and "body" in text
    assert MessagingChannel.objects.get().name == "Theirs"


@pytest.mark.parametrize(
    "wrong", [{"adapter": "slack"}, {"url": "http://example.com:22/"}, {"adapter": "x"}, {"header_lines": "Host: x"}]
)
def test_what_cannot_be_is_refused(pages: Client, queue: Queue, wrong: dict[str, str]) -> None:
    assert pages.post(reverse(ADD), typed(queue, **wrong)).context["errors"]
    assert not MessagingChannel.objects.exists() and not Webhook.objects.exists()


def test_the_verbs(pages: Client, queue: Queue, ann: User) -> None:
    pages.post(reverse(ADD), typed(queue))
    before = MessagingChannel.objects.get()
    rotated = pages.post(reverse("admin:services_messagingchannel_rotate", args=[before.pk]))
    after = MessagingChannel.objects.get()
    assert after.inbound_secret != before.inbound_secret and str(after.inbound_secret) in rotated.content.decode()
    pages.post(reverse("admin:services_messagingchannel_test", args=[before.pk]))
    assert "works" in json.loads(WebhookDelivery.objects.get().content)["text"]
    Webhook.objects.update(paused_at="2026-06-03T00:00:00Z")
    pages.post(reverse("admin:services_messagingchannel_resume", args=[before.pk]))
    assert Webhook.objects.get().paused_at is None
    pages.force_login(ann)
    assert pages.post(reverse("admin:services_messagingchannel_rotate", args=[before.pk])).status_code == 403
