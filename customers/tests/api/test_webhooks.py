"""Webhooks over the API."""

import json
from typing import Any

import pytest

from customers.models import ApiToken, AuditEntry, Team, User, Webhook, WebhookDelivery
from customers.operations.issue_token import issue_token
from customers.operations.ping_webhook import ping_webhook
from tests.cast import NOW, make_user
from tests.client import as_user, url

pytestmark = pytest.mark.django_db

NEW = {"name": "Warehouse", "url": "https://example.com/hook?x=1", "events": ["customer.created"]}


@pytest.fixture
def admin(north: Team) -> User:
    return make_user("admin", north, role="Administrator")


@pytest.fixture
def hook(admin: User) -> Webhook:
    return Webhook.objects.get(pk=as_user(admin).post(url("webhooks/"), NEW).json()["id"])


def test_the_secret_is_answered_once_and_headers_never(admin: User) -> None:
    client = as_user(admin)
    made = client.post(url("webhooks/"), {**NEW, "headers": {"Authorization": "Bearer canary"}})
    assert made.status_code == 201 and made["Cache-Control"] == "no-store", made.content
    body = made.json()
    assert body["secret"].startswith("whsec_") and body["header_names"] == ["Authorization"]
    assert body["owner"] == admin.pk and "canary" not in made.content.decode()
    shown = client.get(url(f"webhooks/{body['id']}/"))
    assert "secret" not in shown.json() and body["secret"] not in shown.content.decode()
    row = Webhook.objects.get()
    assert (row.secret, json.loads(row.headers)) == (body["secret"], {"Authorization": "Bearer canary"})
    stored = str(Webhook.objects.values().get())
    assert not any(text in stored for text in (body["secret"], "canary", "hook?x=1"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "https://user:pw@example.com/"}, "url"),
        ({"url": "https://example.com:22/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["no.such"]}, "events"),
        ({"name": "  "}, "name"),
        ({"headers": {"Host": "x"}}, "headers"),
        ({"headers": {"X-Candid-Signature": "x"}}, "headers"),
        ({"headers": {"Transfer-Encoding": "chunked"}}, "headers"),
        ({"headers": {"X": "a\r\nY: b"}}, "headers"),
        ({"headers": {"X Y": "a"}}, "headers"),
        ({"headers": {"X": "ü"}}, "headers"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_what_cannot_be_is_refused_by_name(admin: User, change: dict[str, Any], field: str) -> None:
    refused = as_user(admin).post(url("webhooks/"), {**NEW, **change})
    assert refused.status_code == 400 and field in refused.content.decode()
    assert not Webhook.objects.exists()


def test_a_change_names_the_version_and_whoever_makes_it_owns_it(hook: Webhook, root: User) -> None:
    client = as_user(root)
    address = url(f"webhooks/{hook.pk}/")
    assert client.patch(address, {"name": "Other"}).status_code == 428
    changed = client.patch(address, {"name": "Other"}, headers={"If-Match": hook.etag()})
    assert changed.status_code == 200 and (changed.json()["name"], changed.json()["owner"]) == ("Other", root.pk)
    assert client.patch(address, {"name": "X"}, headers={"If-Match": hook.etag()}).status_code == 412
    assert client.delete(address, headers={"If-Match": changed["ETag"]}).status_code == 204


def test_the_secret_is_replaced(hook: Webhook, admin: User) -> None:
    answer = as_user(admin).post(url(f"webhooks/{hook.pk}/rotate/"), {})
    row = Webhook.objects.get()
    assert answer.json()["secret"] == row.secret != hook.secret and row.old_secret == hook.secret
    assert answer["Cache-Control"] == "no-store" and answer.json()["old_secret_until"]
    entries = AuditEntry.objects.filter(model="customers.webhook")
    assert entries.count() == 2 and not any(hook.secret in str(entry.__dict__) for entry in entries)


def test_the_log_is_narrowed_down(hook: Webhook, admin: User) -> None:
    client = as_user(admin)
    assert client.post(url(f"webhooks/{hook.pk}/ping/"), {}).status_code == 202
    WebhookDelivery.objects.update(state="failed")
    ping_webhook(webhook=hook, at=NOW)
    log = url(f"webhooks/{hook.pk}/deliveries/")
    assert [row["state"] for row in client.get(log).json()["results"]] == ["todo", "failed"]
    assert len(client.get(log, {"state": "failed"}).json()["results"]) == 1
    assert len(client.get(log, {"since": "2026-06-04T00:00:00Z"}).json()["results"]) == 1
    assert client.get(log, {"event": "customer.created"}).json()["results"] == []
    for wrong in ({"state": "x"}, {"since": "x"}, {"no": "1"}):
        assert client.get(log, wrong).status_code == 400


def test_what_was_given_up_is_sent_again(hook: Webhook, admin: User) -> None:
    client, address = as_user(admin), url(f"webhooks/{hook.pk}/replay/")
    row = ping_webhook(webhook=hook, at=NOW)
    assert client.post(address, {}).json() == {"replayed": 0}
    WebhookDelivery.objects.update(state="failed", attempts=8)
    assert client.post(address, {"since": "2026-06-04T00:00:00Z"}).json() == {"replayed": 0}
    assert client.post(address, {"ids": [row.pk, row.pk + 1]}).json() == {"replayed": 1}
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("todo", 0)
    assert client.post(address, {"ids": [1], "since": "2026-06-04T00:00:00Z"}).status_code == 400


def test_a_paused_one_is_resumed(hook: Webhook, admin: User) -> None:
    Webhook.objects.update(paused_at=NOW, failures=30)
    answer = as_user(admin).post(url(f"webhooks/{hook.pk}/resume/"), {})
    assert (answer.json()["paused_at"], answer.json()["failures"]) == (None, 0)


def test_only_administrators_have_them(hook: Webhook, ann: User, bob: User) -> None:
    for user in (ann, bob, make_user("lead", role="Lead"), make_user("analyst", role="Analyst")):
        assert as_user(user).get(url("webhooks/")).status_code == 403
        assert as_user(user).post(url("webhooks/"), NEW).status_code == 403


def test_a_token_for_customers_alone_may_not_listen(root: User, client: Any) -> None:
    for scopes, expected in ((["customers:write"], 403), (["data:write"], 201)):
        _row, token = issue_token(user=root, name="x", at=NOW, scopes=scopes)
        ApiToken.objects.update(expires_at="2099-01-01T00:00:00Z")
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.post(url("webhooks/"), NEW, content_type="application/json", headers=headers)
        assert answer.status_code == expected, answer.content


def test_lists_take_as_many_queries_whatever_their_length(
    hook: Webhook, admin: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        ping_webhook(webhook=hook, at=NOW)
    with django_assert_max_num_queries(8):
        as_user(admin).get(url("webhooks/"))
    with django_assert_max_num_queries(8):
        as_user(admin).get(url(f"webhooks/{hook.pk}/deliveries/"))
