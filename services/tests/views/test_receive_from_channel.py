"""Where messengers bring their messages: signed, or refused."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import AuditEntry, User
from customers.wire.signature import signature_header
from services.models import Message, MessagingChannel, Queue, Ticket
from services.operations.write_channel import write_channel
from tests.cast import NOW

pytestmark = pytest.mark.django_db

MESSAGE = {"id": "m1", "text": "Help", "sender": "u1", "name": "Wang"}


@pytest.fixture
def channel(queue: Queue, root: User) -> MessagingChannel:
    return write_channel(
        channel=MessagingChannel(), changes={"name": "Bridge", "queue": queue}, by=root, at=NOW
    ).channel


def bring(channel: MessagingChannel, document: Any = MESSAGE, *, secret: str = "", when: float = 0, **more: Any) -> Any:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    secrets = [secret or channel.inbound_secret]
    signature = signature_header(secrets=secrets, timestamp=int(when or time.time()), body=body)
    headers = more.pop("headers", {"X-Candid-Signature": signature})
    address = reverse("receive-from-channel", args=[channel.key])
    return Client().post(address, body, content_type="application/json", headers=headers)


def test_a_signed_message_becomes_a_ticket_once(channel: MessagingChannel) -> None:
    first = bring(channel)
    assert first.status_code == 200 and first.json()["ticket"] == Ticket.objects.get().number
    assert bring(channel).json() == first.json()
    assert Message.objects.count() == 1
    entry = AuditEntry.objects.filter(model="services.ticket").latest("pk")
    assert (entry.channel, entry.actor_id, entry.via) == ("link", None, f"channel:{channel.pk}")


def test_without_a_good_signature_nothing_is_taken(channel: MessagingChannel) -> None:
    assert bring(channel, secret="other").status_code == 401
    assert bring(channel, when=time.time() - 600).status_code == 401
    assert bring(channel, headers={}).status_code == 401
    assert not Ticket.objects.exists()


def test_the_signature_of_the_hub(channel: MessagingChannel, root: User) -> None:
    write_channel(channel=channel, changes={"signature": "hub"}, by=root, at=NOW)
    secret = channel.inbound_secret or ""
    digest = hmac.new(secret.encode(), json.dumps(MESSAGE).encode(), hashlib.sha256).hexdigest()
    assert bring(channel).status_code == 401
    assert bring(channel, headers={"X-Hub-Signature-256": f"sha256={digest}"}).status_code == 200


def test_what_cannot_be_read_is_said_and_what_is_no_message_passed_over(channel: MessagingChannel) -> None:
    assert bring(channel, b"{").status_code == 400
    missing = bring(channel, {"text": "x", "sender": "u"})
    assert (missing.status_code, missing.json()) == (400, {"detail": "there is no id at “id”"})
    assert bring(channel, {"id": "1", "sticker": 5}).status_code == 202
    assert bring(channel, b'"' + b"x" * 300_000 + b'"').status_code == 413
    assert not Ticket.objects.exists()


def test_a_channel_that_is_off_is_not_there(channel: MessagingChannel, root: User) -> None:
    write_channel(channel=channel, changes={"is_active": False}, by=root, at=NOW)
    assert bring(channel).status_code == 404
    assert Client().get(reverse("receive-from-channel", args=[channel.key])).status_code == 405


def test_whoever_guesses_is_slowed_down_and_a_bridge_is_not(channel: MessagingChannel) -> None:
    answers = [bring(channel, secret="wrong").status_code for _ in range(62)]
    assert answers[:60] == [401] * 60 and answers[-1] == 429
    assert bring(channel).status_code == 200


def test_naughty_texts_are_kept(channel: MessagingChannel) -> None:
    for number, text in enumerate(["<script>alert(1)</script>", "a\x00b", "\ud800x", "𝕏" * 100, "'; DROP TABLE--"]):
        assert bring(channel, {**MESSAGE, "id": str(number), "text": text, "name": text}).status_code == 200
    assert Message.objects.count() == 5
