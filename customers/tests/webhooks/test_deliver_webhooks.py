"""Deliveries to a real server: signed, in order, tried again, given up, paused."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from customers.choices import LeaseState, WebhookKind
from customers.models import Webhook, WebhookAttempt, WebhookDelivery
from customers.operations import deliver_webhooks as module
from customers.operations.deliver_webhooks import BACK_OFF, deliver_webhooks, due_deliveries, give_up_worn_out
from customers.operations.forget_deliveries import forget_deliveries
from customers.operations.ping_webhook import ping_webhook
from customers.operations.replay_deliveries import replay_deliveries
from customers.operations.resume_webhook import resume_webhook
from customers.operations.rotate_secret import rotate_secret
from customers.operations.webhook_events import when_settled
from customers.operations.write_webhook import write_webhook
from customers.wire import post as wire
from customers.wire.signature import is_signed
from tests.cast import NOW
from tests.listener import Listener

pytestmark = pytest.mark.django_db


def happen(hook: Webhook, *objects: int, **columns: Any) -> list[WebhookDelivery]:
    """Something happened to each of these."""
    usual = {"event": "customer.updated", "object_type": "customer", "at": NOW, "due_at": NOW}
    return [
        WebhookDelivery.objects.create(
            webhook=hook, lane=f"customer:{pk}", object_id=pk, path=f"customers/{pk}/", **{**usual, **columns}
        )
        for pk in objects
    ]


def deliver(**more: Any) -> list[int]:
    return [delivery.pk for delivery in deliver_webhooks(clock=lambda: NOW, **more)]


def now_due() -> None:
    WebhookDelivery.objects.update(due_at=NOW)
    Webhook.objects.update(held_until=None)


def sequences(listener: Listener) -> list[int]:
    return [json.loads(request.body)["sequence"] for request in listener.received]


def test_it_sends_what_happened_signed(hook: Webhook, listener: Listener, settings: Any) -> None:
    settings.PUBLIC_URL = "https://crm.example"
    [row] = happen(hook, 7, data={"version": 3})
    assert deliver() == [row.pk]
    [request] = listener.received
    assert json.loads(request.body) == {
        "id": str(row.key),
        "sequence": row.pk,
        "event": "customer.updated",
        "at": "2026-06-03T10:00:00Z",
        "object": {"type": "customer", "id": 7, "url": "https://crm.example/api/v1/customers/7/"},
        "data": {"version": 3},
    }
    headers = request.headers
    assert headers["x-candid-delivery"] == str(row.key) and headers["x-candid-event"] == "customer.updated"
    assert headers["x-candid-attempt"] == "1" and headers["content-type"].startswith("application/json")
    now = int(NOW.timestamp())
    assert is_signed(headers["x-candid-signature"], secret=hook.secret, body=request.body, now=now)
    row.refresh_from_db()
    assert (row.state, row.status, row.settled_at, row.problem) == (LeaseState.DONE, 200, NOW, "")
    [attempt] = WebhookAttempt.objects.all()
    assert (attempt.status, attempt.answer) == (200, "ok") and row.duration_ms is not None
    hook.refresh_from_db()
    assert (hook.delivered_at, hook.failures) == (NOW, 0)


def test_while_a_secret_is_replaced_both_sign(hook: Webhook, listener: Listener) -> None:
    old = hook.secret
    new = rotate_secret(webhook=hook, at=NOW - timedelta(hours=23))
    happen(hook, 1)
    deliver()
    rotate_secret(webhook=hook, at=NOW - timedelta(hours=25))
    happen(hook, 1)
    deliver()
    first, second = (request.headers["x-candid-signature"] for request in listener.received)
    body, now = listener.received[0].body, int(NOW.timestamp())
    assert all(is_signed(first, secret=secret, body=body, now=now) for secret in (old, new))
    assert second.count("v1=") == 1


def test_headers_of_ones_own_go_with_it(hook: Webhook, listener: Listener) -> None:
    write_webhook(webhook=hook, changes={"headers": {"Authorization": "Bearer x"}}, by=hook.owner, at=NOW)
    happen(hook, 1)
    deliver()
    assert listener.received[0].headers["authorization"] == "Bearer x"


def test_the_next_about_the_same_row_waits_and_others_do_not(hook: Webhook, listener: Listener) -> None:
    first, other, second = (*happen(hook, 1), *happen(hook, 2), *happen(hook, 1))
    listener.answer = lambda request: (503 if b'"id": 1,' in request.body else 200, {}, b"")
    assert sorted(deliver()) == [first.pk, other.pk]
    assert second.pk not in sequences(listener)
    now_due()
    listener.answer = lambda _request: (200, {}, b"")
    assert deliver() == [first.pk, second.pk]
    assert [pk for pk in sequences(listener) if pk != other.pk] == [first.pk, first.pk, second.pk]


def test_order_holds_under_failures_of_any_pattern(hook: Webhook, listener: Listener) -> None:
    rows = [row.pk for turn in range(6) for row in happen(hook, 1, 2, 3)]
    listener.answer = lambda request: (500 if len(listener.received) % 3 else 200, {}, b"")
    for _ in range(40):
        deliver()
        now_due()
    done: list[int] = []
    for number, pk in enumerate(sequences(listener), start=1):
        if number % 3 == 0:
            done.append(pk)
    settled = WebhookDelivery.objects.filter(state__in=[LeaseState.DONE, LeaseState.FAILED]).count()
    assert settled == len(rows)
    for lane in range(3):
        of_lane = [pk for pk in done if pk in rows[lane::3]]
        assert of_lane == sorted(of_lane)


def test_tries_come_ever_later_and_end(hook: Webhook, listener: Listener) -> None:
    settled = []
    when_settled("test.event", lambda delivery, at: settled.append((delivery.state, at)))
    [row, behind] = happen(hook, 1, 1, event="test.event")
    listener.answer = lambda _request: (500, {}, b"oh no")
    waits = []
    for _ in range(len(BACK_OFF)):
        assert deliver() == [row.pk]
        waiting = WebhookDelivery.objects.annotate(now=Now()).get(pk=row.pk)
        waits.append((waiting.due_at - waiting.now).total_seconds())
        assert WebhookDelivery.objects.get(pk=behind.pk).due_at == waiting.due_at
        assert deliver() == []
        now_due()
    for wait, usual in zip(waits, BACK_OFF, strict=True):
        assert 0.85 * usual.total_seconds() <= wait <= 1.15 * usual.total_seconds()
    assert settled == []
    assert deliver() == [row.pk]  # the last try; then the next one's turn has come
    now_due()
    assert deliver() == [behind.pk]
    row.refresh_from_db()
    assert (row.state, row.attempts, row.problem) == (LeaseState.FAILED, 8, "answered 500")
    assert settled == [(LeaseState.FAILED, NOW)] and row.tries.count() == 8


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((302, {"Location": "http://127.0.0.1/"}, b""), "answered 302: redirects are not followed"),
        ((404, {}, b"no"), "answered 404"),
        ((200, {}, b"x" * 70_000), "the answer is too long"),
    ],
)
def test_what_went_wrong_is_on_record(hook: Webhook, listener: Listener, answer: Any, problem: str) -> None:
    happen(hook, 1)
    listener.answer = lambda _request: answer
    deliver()
    row = WebhookDelivery.objects.get()
    assert (row.state, row.problem) == (LeaseState.TODO, problem)
    hook.refresh_from_db()
    assert (hook.problem, hook.failures) == (problem, 1)


def test_a_host_that_is_not_allowed_any_more_gets_nothing(hook: Webhook, listener: Listener, settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = []
    happen(hook, 1)
    deliver()
    assert listener.received == [] and WebhookDelivery.objects.get().problem == f"port {listener.port} is not allowed"
    settings.WEBHOOK_PORTS = [listener.port]
    now_due()
    deliver()
    assert listener.received == []
    assert WebhookDelivery.objects.get().problem == "the host is not on the public internet"


def test_a_webhook_that_fails_on_and_on_rests_and_is_paused(hook: Webhook, listener: Listener) -> None:
    happen(hook, *range(30))
    listener.answer = lambda _request: (500, {}, b"")
    assert len(deliver()) == 5  # then it rests, and keeps no worker busy
    assert not due_deliveries().exists()
    for _ in range(14):
        Webhook.objects.update(held_until=None)
        assert len(deliver()) == 1
    hook.refresh_from_db()
    assert hook.failures == 19 and hook.paused_at is None
    Webhook.objects.update(held_until=None, failing_since=NOW - timedelta(hours=2))
    assert len(deliver()) == 1
    hook.refresh_from_db()
    assert hook.paused_at == NOW
    now_due()
    assert deliver() == []
    listener.answer = lambda _request: (200, {}, b"")
    resume_webhook(webhook=hook, at=NOW)
    assert len(deliver()) == 30
    hook.refresh_from_db()
    assert (hook.failures, hook.paused_at, hook.failing_since) == (0, None, None)


def test_twenty_failures_within_a_minute_do_not_pause_it(hook: Webhook, listener: Listener) -> None:
    Webhook.objects.update(failures=40, failing_since=NOW - timedelta(minutes=1))
    happen(hook, 1)
    listener.answer = lambda _request: (500, {}, b"")
    deliver()
    hook.refresh_from_db()
    assert (hook.failures, hook.paused_at) == (41, None)


def test_a_webhook_that_is_off_gets_nothing_until_it_is_on(hook: Webhook, listener: Listener) -> None:
    happen(hook, 1)
    write_webhook(webhook=hook, changes={"is_active": False}, by=hook.owner, at=NOW)
    assert deliver() == []
    write_webhook(webhook=hook, changes={"is_active": True}, by=hook.owner, at=NOW)
    assert len(deliver()) == 1


def test_what_a_worker_died_of_each_time_is_given_up(hook: Webhook, listener: Listener) -> None:
    [row] = happen(hook, 1)
    for attempt in range(8):
        assert row.lease(timedelta(seconds=60)), attempt
        WebhookDelivery.objects.update(lease_until=NOW)  # it never came back
    assert deliver() == []
    assert give_up_worn_out(at=NOW) == 1 and give_up_worn_out(at=NOW) == 0
    row.refresh_from_db()
    assert (row.state, row.problem) == (LeaseState.FAILED, "its worker died each time")


def test_who_comes_late_writes_nothing(hook: Webhook, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    [row] = happen(hook, 1)
    real = wire.post

    def slow(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        if len(listener.received) == 1:  # meanwhile the lease ran out, and another worker has it
            WebhookDelivery.objects.update(lease_until=NOW)
            assert WebhookDelivery.objects.get().lease(timedelta(seconds=60))
        return answer

    monkeypatch.setattr(module, "post", slow)
    assert deliver() == [row.pk]
    row.refresh_from_db()
    assert (row.state, row.attempts, row.tries.count()) == (LeaseState.LEASED, 2, 0)
    WebhookDelivery.objects.update(lease_until=NOW)
    deliver()
    row.refresh_from_db()
    assert row.state == LeaseState.DONE
    assert len({request.headers["x-candid-delivery"] for request in listener.received}) == 1  # the same id


def test_a_replay_has_the_same_id_and_its_place(hook: Webhook, listener: Listener) -> None:
    listener.answer = lambda _request: (500, {}, b"")
    failed, good, early = (*happen(hook, 1), *happen(hook, 2), *happen(hook, 3, at=NOW - timedelta(days=2)))
    WebhookDelivery.objects.filter(pk__in=[failed.pk, early.pk]).update(state=LeaseState.FAILED, attempts=8)
    WebhookDelivery.objects.filter(pk=good.pk).update(state=LeaseState.DONE)
    assert replay_deliveries(webhook=hook, since=NOW - timedelta(days=1), at=NOW) == 1
    listener.answer = lambda _request: (200, {}, b"")
    assert deliver() == [failed.pk]
    assert listener.received[-1].headers["x-candid-delivery"] == str(failed.key)
    assert replay_deliveries(webhook=hook, ids=[good.pk], at=NOW) == 1 and deliver() == [good.pk]
    assert replay_deliveries(webhook=hook, at=NOW) == 1 and deliver() == [early.pk]
    assert replay_deliveries(webhook=hook, at=NOW) == 0


def test_what_waits_is_not_replayed_nor_that_of_another_webhook(hook: Webhook, listener: Listener) -> None:
    [row] = happen(hook, 1)
    changes = {"name": "x", "url": listener.url(), "events": ["customer.created"]}
    other, _secret = write_webhook(webhook=Webhook(), changes=changes, by=hook.owner, at=NOW)
    assert replay_deliveries(webhook=hook, ids=[row.pk], at=NOW) == 0
    WebhookDelivery.objects.update(state=LeaseState.FAILED)
    assert replay_deliveries(webhook=other, ids=[row.pk], at=NOW) == 0


def test_a_message_to_a_person_is_kept_until_it_is_delivered_and_never_sent_again(
    hook: Webhook, listener: Listener
) -> None:
    Webhook.objects.update(kind=WebhookKind.CHANNEL)
    [row] = happen(hook, 1, content='{"text": "您好"}')
    listener.answer = lambda _request: (200, {}, b'{"errcode": 45009, "errmsg": "freq out of limit"}')
    deliver()
    row.refresh_from_db()
    assert (row.problem, row.content) == ("refused with code 45009", '{"text": "您好"}')
    listener.answer = lambda _request: (200, {}, b'{"errcode": 0}')
    now_due()
    deliver()
    assert [request.body.decode() for request in listener.received] == ['{"text": "您好"}'] * 2
    row.refresh_from_db()
    assert (row.state, row.content) == (LeaseState.DONE, None)
    hook.refresh_from_db()
    assert replay_deliveries(webhook=hook, ids=[row.pk], at=NOW) == 0


def test_a_test_event_is_sent(hook: Webhook, listener: Listener) -> None:
    row = ping_webhook(webhook=hook, at=NOW)
    assert deliver() == [row.pk]
    assert json.loads(listener.received[0].body)["event"] == "ping"


def test_old_ones_are_forgotten_and_those_that_wait_given_up_first(hook: Webhook, listener: Listener) -> None:
    old = NOW - timedelta(days=31)
    waits, done, young = (*happen(hook, 1, at=old), *happen(hook, 2, at=old), *happen(hook, 3))
    WebhookDelivery.objects.filter(pk=done.pk).update(state=LeaseState.DONE)
    assert forget_deliveries(at=NOW) == 1
    assert WebhookDelivery.objects.get(pk=waits.pk).state == LeaseState.FAILED
    assert forget_deliveries(at=NOW) == 1 and forget_deliveries(at=NOW) == 0
    assert WebhookDelivery.objects.get() == young


def test_looking_for_what_is_due_is_one_query(hook: Webhook, django_assert_num_queries: Any) -> None:
    happen(hook, *range(20), *range(20))
    with django_assert_num_queries(1):
        assert len(due_deliveries()) == 20
