"""Messages of messengers: in, out, and what became of them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from customers.choices import LeaseState
from customers.models import Customer, Team, User, Webhook, WebhookDelivery
from customers.operations.deliver_webhooks import deliver_webhooks
from customers.operations.write_webhook import write_webhook
from customers.wire.signature import is_signed
from services.choices import Channel, DeliveryStatus
from services.messaging import Inbound
from services.models import Message, MessagingChannel, MessengerConversation, Notification, Queue, Ticket
from services.operations.add_note import add_note
from services.operations.assign_ticket import assign_ticket
from services.operations.call_webhook import call_webhook
from services.operations.close_ticket import close_ticket
from services.operations.merge_tickets import merge_tickets
from services.operations.notify_channel import notify_channel
from services.operations.queue_for_channel import ChannelIsSilent
from services.operations.receive_from_messenger import TakesNothingIn, receive_from_messenger
from services.operations.remove_channel import remove_channel
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.operations.write_channel import write_channel
from tests.cast import NOW
from tests.customers import enter
from tests.listener import Listener, listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    with listening() as one:
        settings.WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{one.port}"]
        yield one


@pytest.fixture
def channel(listener: Listener, queue: Queue, root: User) -> MessagingChannel:
    changes = {"name": "Telegram", "url": listener.url(), "queue": queue}
    return write_channel(channel=MessagingChannel(), changes=changes, by=root, at=NOW).channel


def come(channel: MessagingChannel, id: str, text: str = "Help", *, sender: str = "u1", **more: Any) -> Message:
    at = more.pop("at", NOW)
    given = {"name": "Wang Fang", "conversation": "c1", **more}
    return receive_from_messenger(channel=channel, inbound=Inbound(id=id, text=text, sender=sender, **given), at=at)


def deliver() -> int:
    return len(list(deliver_webhooks(clock=lambda: NOW)))


def test_a_first_message_makes_a_customer_and_a_ticket(channel: MessagingChannel, queue: Queue) -> None:
    message = come(channel, "m1", "My pump\nleaks")
    ticket = message.ticket
    assert (ticket.channel, ticket.queue, ticket.subject) == (Channel.MESSENGER, queue, "My pump leaks")
    assert ticket.customer.name == "Wang Fang" and ticket.customer.team == queue.team
    [point] = ticket.customer.contact_points.all()
    assert (point.kind, point.value) == ("messenger", "telegram:u1")
    assert message.body == "My pump\nleaks" and message.customer == ticket.customer


def test_the_conversation_goes_on_in_its_ticket(channel: MessagingChannel) -> None:
    first, second = come(channel, "m1"), come(channel, "m2", "And it is loud")
    assert first.ticket == second.ticket
    other = come(channel, "m3", sender="u2", conversation="c2")
    assert other.ticket != first.ticket and other.ticket.customer != first.ticket.customer
    assert Customer.objects.count() == 2


def test_the_same_message_again_changes_nothing(channel: MessagingChannel) -> None:
    first = come(channel, "m1")
    assert come(channel, "m1") == first
    assert Message.objects.count() == Ticket.objects.count() == Customer.objects.count() == 1


def test_who_is_known_by_their_id_is_not_made_again(channel: MessagingChannel, north: Team, south: Team) -> None:
    enter(south, "Elsewhere", ("messenger", "telegram:u1"))
    known = enter(north, "Li Na", ("messenger", "Telegram:U1"))
    assert come(channel, "m1").ticket.customer == known


def test_a_late_message_opens_a_ticket_that_follows(channel: MessagingChannel, ann: User) -> None:
    ticket = come(channel, "m1").ticket
    assign_ticket(ticket=ticket, to=ann.agent, by=ann, at=NOW)
    solve_ticket(ticket=ticket, by=ann, at=NOW)
    assert come(channel, "m2").ticket == ticket
    solve_ticket(ticket=ticket, by=ann, at=NOW)
    close_ticket(ticket=ticket, by=ann, at=NOW)
    late = NOW + timedelta(days=60)
    follow_up = come(channel, "m3", at=late).ticket
    assert follow_up != ticket and come(channel, "m4", at=late).ticket == follow_up


def test_an_answer_goes_to_the_conversation_signed_and_in_order(
    channel: MessagingChannel, listener: Listener, ann: User
) -> None:
    ticket = come(channel, "m1").ticket
    first = reply_to_ticket(ticket=ticket, body="Which pump?", by=ann, at=NOW)
    second = reply_to_ticket(ticket=ticket, body="您好", by=ann, at=NOW)
    add_note(ticket=ticket, body="Secret", by=ann, at=NOW)
    assert first.delivery_status == DeliveryStatus.QUEUED
    assert deliver() == 2
    bodies = [json.loads(request.body) for request in listener.received]
    assert [(body["to"], body["text"]) for body in bodies] == [("c1", "Which pump?"), ("c1", "您好")]
    request = listener.received[0]
    assert bodies[0]["id"] == request.headers["x-candid-delivery"]
    assert channel.webhook is not None
    signature = request.headers["x-candid-signature"]
    assert is_signed(signature, secret=channel.webhook.secret, body=request.body, now=int(NOW.timestamp()))
    assert set(Message.objects.filter(pk__in=[first.pk, second.pk]).values_list("delivery_status", flat=True)) == {
        "sent"
    }
    assert not WebhookDelivery.objects.filter(content__isnull=False).exists()


def test_what_waits_to_be_sent_is_not_readable_in_the_database(channel: MessagingChannel, ann: User) -> None:
    reply_to_ticket(ticket=come(channel, "m1").ticket, body="Canary", by=ann, at=NOW)
    assert "anary" not in str(list(WebhookDelivery.objects.values()))
    (conversation,) = MessengerConversation.objects.values("digest", "address")
    assert str(conversation["address"]) == "[encrypted]" and conversation["digest"] != "c1"


def test_one_that_cannot_be_delivered_is_told_to_whoever_has_the_ticket(
    channel: MessagingChannel, listener: Listener, ann: User
) -> None:
    ticket = come(channel, "m1").ticket
    assign_ticket(ticket=ticket, to=ann.agent, by=ann, at=NOW)
    message = reply_to_ticket(ticket=ticket, body="x", by=ann, at=NOW)
    listener.answer = lambda _request: (403, {}, b"blocked")
    WebhookDelivery.objects.update(attempts=7)
    deliver()
    assert Message.objects.get(pk=message.pk).delivery_status == DeliveryStatus.FAILED
    assert WebhookDelivery.objects.get().state == LeaseState.FAILED
    assert Notification.objects.get(kind="unsent").user == ann


def test_an_answer_in_the_ticket_that_was_kept_finds_the_conversation(
    channel: MessagingChannel, listener: Listener, ann: User
) -> None:
    gone = come(channel, "m1").ticket
    kept = come(channel, "m2", conversation="c9").ticket
    MessengerConversation.objects.filter(ticket=kept).update(ticket=None)
    merge_tickets(kept=kept, gone=gone, by=ann, at=NOW)
    reply_to_ticket(ticket=kept, body="x", by=ann, at=NOW)
    assert deliver() == 1 and json.loads(listener.received[0].body)["to"] == "c1"


def test_a_ticket_from_elsewhere_or_a_silent_channel_sends_nothing(
    channel: MessagingChannel, ann: User, root: User
) -> None:
    ticket = come(channel, "m1").ticket
    write_channel(channel=channel, changes={"url": ""}, by=root, at=NOW)
    assert reply_to_ticket(ticket=ticket, body="x", by=ann, at=NOW).delivery_status == DeliveryStatus.NONE
    Ticket.objects.update(channel=Channel.WEB)
    assert reply_to_ticket(ticket=ticket, body="x", by=ann, at=NOW).delivery_status == DeliveryStatus.NONE
    assert not Webhook.objects.exists()


def test_a_channel_without_a_queue_or_off_takes_nothing_in(channel: MessagingChannel, root: User) -> None:
    write_channel(channel=channel, changes={"is_active": False}, by=root, at=NOW)
    with pytest.raises(TakesNothingIn):
        come(channel, "m1")
    write_channel(channel=channel, changes={"is_active": True, "queue": None}, by=root, at=NOW)
    with pytest.raises(TakesNothingIn):
        come(channel, "m1")
    assert not Customer.objects.exists()


def test_a_channel_is_told_something(channel: MessagingChannel, listener: Listener, root: User) -> None:
    write_channel(channel=channel, changes={"adapter": "wecom_md", "queue": None}, by=root, at=NOW)
    listener.answer = lambda _request: (200, {}, b'{"errcode": 0}')
    notify_channel(channel=channel, text="**Late**", at=NOW)
    assert deliver() == 1
    assert json.loads(listener.received[0].body) == {"msgtype": "markdown", "markdown": {"content": "**Late**"}}
    remove_channel(channel=channel, at=NOW)
    with pytest.raises(ChannelIsSilent):
        notify_channel(channel=MessagingChannel(name="x"), text="x", at=NOW)


def test_a_rule_may_call_one_webhook_of_what_it_may_see(
    channel: MessagingChannel, listener: Listener, root: User, south: Team, otto: User
) -> None:
    ticket = come(channel, "m1").ticket
    changes = {"name": "x", "url": listener.url(), "events": ["customer.erased"]}
    hook, _secret = write_webhook(webhook=Webhook(), changes=changes, by=root, at=NOW)
    assert call_webhook(webhook=hook, ticket=ticket, at=NOW) is not None
    assert deliver() == 1 and json.loads(listener.received[0].body)["event"] == "ticket.called"
    write_webhook(webhook=hook, changes={"team": south}, by=root, at=NOW)
    assert call_webhook(webhook=hook, ticket=ticket, at=NOW) is None
    write_webhook(webhook=hook, changes={"team": None, "url": listener.url("/other")}, by=otto, at=NOW)
    assert hook.owner == otto and call_webhook(webhook=hook, ticket=ticket, at=NOW) is None


def test_removing_a_channel_leaves_its_tickets(channel: MessagingChannel) -> None:
    ticket = come(channel, "m1").ticket
    remove_channel(channel=channel, at=NOW)
    assert Ticket.objects.get() == ticket and not Webhook.objects.exists()
    assert not MessengerConversation.objects.exists()
