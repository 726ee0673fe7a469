"""The page of chat widgets."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import User
from services.models import ChatWidget, Queue
from services.tests.operations.chats import SITE, make_widget

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(root: User) -> Client:
    client = Client()
    client.force_login(root)
    return client


def form(queue: Queue, **more: Any) -> dict[str, Any]:
    return {"name": "Shop", "queue": queue.pk, "is_active": "on", "colour": "#0f6e7a", "site_lines": "", **more}


def test_it_is_made_with_its_sites_and_greetings(client: Client, queue: Queue) -> None:
    lines = f"{SITE}/\r\nhttp://localhost:8080"
    given = form(queue, site_lines=lines, greeting_en="Hi", greeting_zh_hans="您好")
    answer = client.post(reverse("admin:services_chatwidget_add"), given)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    widget = ChatWidget.objects.get()
    assert widget.origins == [SITE, "http://localhost:8080"]
    assert widget.greetings == {"en": "Hi", "zh-hans": "您好"}
    page = client.get(reverse("admin:services_chatwidget_change", args=[widget.pk])).content.decode()
    assert f"/chat/{widget.key}/widget.js" in page and "您好" in page and "http://localhost:8080" in page
    assert "www.example.com" in client.get(reverse("admin:services_chatwidget_changelist")).content.decode()


def test_what_is_no_site_is_said_at_the_field(client: Client, queue: Queue) -> None:
    answer = client.post(reverse("admin:services_chatwidget_add"), form(queue, site_lines="example.com/shop"))
    assert answer.status_code == 200 and "is no web site" in answer.context["adminform"].form.errors["site_lines"][0]
    assert not ChatWidget.objects.exists()


def test_a_stale_save_is_refused_and_shows_what_changed(client: Client, queue: Queue) -> None:
    widget = make_widget(queue)
    ChatWidget.objects.update(version=2, greetings={"en": "Welcome"})
    url = reverse("admin:services_chatwidget_change", args=[widget.pk])
    answer = client.post(url, form(queue, seen_version=1, greeting_en="Hi", site_lines="https://other.example"))
    assert answer.status_code == 200
    widget.refresh_from_db()
    assert (widget.origins, widget.greetings) == ([SITE], {"en": "Welcome"})
    saved = client.post(url, form(queue, seen_version=2, greeting_en="Hi", site_lines=SITE))
    widget.refresh_from_db()
    assert saved.status_code == 302 and (widget.version, widget.greetings) == (3, {"en": "Hi"})


def test_agents_look_and_do_not_change(queue: Queue, ann: User) -> None:
    widget, client = make_widget(queue), Client()
    client.force_login(ann)
    url = reverse("admin:services_chatwidget_change", args=[widget.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, form(queue)).status_code == 403
