"""The pages of webhooks and of their log."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.admin.webhook_form import MASK
from customers.models import Team, User, Webhook, WebhookDelivery
from customers.operations.ping_webhook import ping_webhook
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db

LIST, ADD = "admin:customers_webhook_changelist", "admin:customers_webhook_add"
TYPED = {
    "name": "Warehouse", "url": "https://example.com/hook", "events": ["customer.created", "ticket.opened"],
    "header_lines": "Authorization: Bearer canary", "is_active": "on",
}  # fmt: skip


@pytest.fixture
def pages(log_in: LogIn, north: Team) -> Client:
    return log_in(make_user("admin", north, role="Administrator"))


@pytest.fixture
def hook(pages: Client) -> Webhook:
    assert pages.post(reverse(ADD), TYPED).status_code == 200
    return Webhook.objects.get()


def change(hook: Webhook) -> str:
    return reverse("admin:customers_webhook_change", args=[hook.pk])


def verb(pages: Client, hook: Webhook, name: str, **data: Any) -> Any:
    return pages.post(reverse(f"admin:customers_webhook_{name}", args=[hook.pk]), data)


def test_the_secret_is_shown_once_and_kept_by_no_cache_or_session(pages: Client) -> None:
    made = pages.post(reverse(ADD), TYPED)
    hook = Webhook.objects.get()
    assert made.status_code == 200 and hook.secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    for address in (change(hook), reverse(LIST)):
        shown = pages.get(address).content.decode()
        assert hook.secret not in shown and "canary" not in shown
    assert hook.events == ["customer.created", "ticket.opened"] and hook.host == "example.com"


def test_headers_stay_where_they_are_left_masked(pages: Client, hook: Webhook) -> None:
    seen = {"seen_version": hook.version}
    pages.post(change(hook), {**TYPED, **seen, "header_lines": f"Authorization: {MASK}\nX-New: 1"})
    hook.refresh_from_db()
    assert hook.headers == '{"Authorization": "Bearer canary", "X-New": "1"}'


@pytest.mark.parametrize(
    "wrong",
    [{"url": "ftp://example.com"}, {"url": "https://example.com:25/"}, {"events": []}, {"header_lines": "nonsense"},
     {"header_lines": "Host: x"}, {"name": ""}],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(pages: Client, wrong: dict[str, Any]) -> None:
    refused = pages.post(reverse(ADD), {**TYPED, **wrong})
    assert (refused.status_code == 200 and "errorlist" in refused.content.decode()) or refused.context["errors"]
    assert not Webhook.objects.exists()


def test_a_stale_save_is_refused(pages: Client, hook: Webhook) -> None:
    Webhook.objects.filter(pk=hook.pk).update(version=7, name="Theirs")
    pages.post(change(hook), {**TYPED, "seen_version": 1, "name": "Mine"})
    assert Webhook.objects.get().name == "Theirs"


def test_the_verbs(pages: Client, hook: Webhook) -> None:
    rotated = verb(pages, hook, "rotate")
    row = Webhook.objects.get()
    assert row.secret in rotated.content.decode() and row.old_secret == hook.secret
    assert "The old secret signs as well" in pages.get(change(hook)).content.decode()
    to_log = verb(pages, hook, "ping")
    delivery = WebhookDelivery.objects.get()
    assert to_log.url == reverse("admin:customers_webhookdelivery_change", args=[delivery.pk])
    assert '"event": "ping"' in pages.get(to_log.url).content.decode().replace("&quot;", '"')
    WebhookDelivery.objects.update(state="failed", attempts=8)
    verb(pages, hook, "replay", hours="1")
    assert WebhookDelivery.objects.get().state == "todo"
    Webhook.objects.update(paused_at=NOW, failures=20)
    assert "Nothing is lost" in pages.get(change(hook)).content.decode()
    verb(pages, hook, "resume")
    assert Webhook.objects.get().paused_at is None
    assert pages.get(reverse("admin:customers_webhook_rotate", args=[hook.pk])).status_code == 403


def test_one_delivery_or_some_are_sent_again(pages: Client, hook: Webhook) -> None:
    rows = [ping_webhook(webhook=hook, at=NOW) for _ in range(2)]
    WebhookDelivery.objects.update(state="failed")
    pages.post(reverse("admin:customers_webhookdelivery_replay", args=[rows[0].pk]))
    assert WebhookDelivery.objects.get(pk=rows[0].pk).state == "todo"
    chosen = {"action": "replay_chosen", "_selected_action": [row.pk for row in rows]}
    pages.post(reverse("admin:customers_webhookdelivery_changelist"), chosen)
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"todo"}


def test_the_log_is_filtered_within_its_budget(pages: Client, hook: Webhook) -> None:
    address = reverse("admin:customers_webhookdelivery_changelist")
    pages.get(address)  # what is read once a process
    counts = []
    for _ in range(2):
        for _ in range(10):
            ping_webhook(webhook=hook, at=NOW)
        with CaptureQueriesContext(connection) as asked:
            assert pages.get(address, {"webhook__id__exact": str(hook.pk), "state__exact": "todo"}).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_nobody_but_administrators_comes_here(log_in: LogIn, hook: Webhook, ann: User, bob: User) -> None:
    row = ping_webhook(webhook=hook, at=NOW)
    for user in (ann, bob):
        client = log_in(user)
        assert client.get(reverse(LIST)).status_code == 403
        assert client.get(change(hook)).status_code == 403
        assert verb(client, hook, "rotate").status_code == 403
        assert client.get(reverse("admin:customers_webhookdelivery_change", args=[row.pk])).status_code == 403
    assert Webhook.objects.get().secret == hook.secret
