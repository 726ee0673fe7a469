"""The script for web sites and the page in the frame: who may frame it, what it says and when."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from services.models import Calendar, ChatWidget, Queue
from services.tests.operations.chats import SITE, make_widget

pytestmark = pytest.mark.django_db


@pytest.fixture
def widget(queue: Queue) -> ChatWidget:
    return make_widget(queue, greetings={"en": "Hi <b>there</b>"})


def get(widget: ChatWidget, name: str = "chat", **more: Any) -> Any:
    return Client().get(reverse(name, args=[widget.key]), more)


def policy(answer: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in parts}


def test_only_the_web_sites_of_the_widget_may_frame_it(widget: ChatWidget) -> None:
    answer = get(widget)
    assert policy(answer)["frame-ancestors"] == ["'self'", SITE]
    assert policy(answer)["script-src"] == ["'self'"] and "X-Frame-Options" not in answer
    assert answer["Cache-Control"] == "no-store, private" and not answer.cookies


def test_it_greets_in_the_language_of_the_site(widget: ChatWidget) -> None:
    assert "Hi &lt;b&gt;there&lt;/b&gt;" in get(widget).content.decode()
    chinese = get(widget, language="zh-hans")
    assert 'lang="zh-hans"' in chinese.content.decode() and "Hi " not in chinese.content.decode()
    assert get(widget, language="xx").status_code == 200


def test_outside_business_hours_it_says_so(widget: ChatWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 3, 10, tzinfo=UTC))
    assert 'id="away"' not in get(widget).content.decode()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 6, 10, tzinfo=UTC))  # a Saturday
    text = get(widget).content.decode()
    assert 'id="away"' in text and 'data-back="2026-06-08T' in text
    never = Calendar.objects.create(name="Never", time_zone="UTC", hours={})
    ChatWidget.objects.update(calendar=never)
    assert 'id="away"' in get(widget).content.decode()


def test_a_widget_that_is_off_or_none_is_closed_and_framed_by_nobody(widget: ChatWidget) -> None:
    ChatWidget.objects.update(is_active=False)
    answer = get(widget)
    assert answer.status_code == 404 and policy(answer)["frame-ancestors"] == ["'none'"]
    script = get(widget, "chat-script")
    assert script.status_code == 200 and script.content == b"// This chat is closed.\n"
    assert Client().get(reverse("chat", args=[uuid4()])).status_code == 404


def test_the_script_is_for_any_site_and_may_be_kept_a_while(widget: ChatWidget) -> None:
    answer = get(widget, "chat-script")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert (answer["Cache-Control"], answer["Cross-Origin-Resource-Policy"]) == ("public, max-age=300", "cross-origin")
    text = answer.content.decode()
    assert SITE in text and str(widget.key) in text and text.startswith("(function candidChat(widget)")
    assert Client().post(reverse("chat-script", args=[widget.key])).status_code == 405
