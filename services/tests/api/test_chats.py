"""The API of chats: widgets are set up, conversations are looked at."""

from typing import Any

import pytest

from customers.models import User
from services.models import ChatSession, ChatWidget, Queue
from services.operations.end_chat import end_chat
from services.tests.operations.chats import SITE, begin, make_widget, say
from tests.cast import NOW
from tests.client import as_user

pytestmark = pytest.mark.django_db


def test_a_widget_is_made_and_changed(root: User, queue: Queue) -> None:
    api = as_user(root)
    given: dict[str, Any] = {"name": "Shop", "queue": queue.pk, "origins": [f"{SITE}/"], "greetings": {"en": "Hi"}}
    made = api.post("/api/v1/chat-widgets/", given, format="json")
    assert made.status_code == 201 and made.json()["origins"] == [SITE]
    assert made.json()["script_url"].endswith(f"/chat/{made.json()['key']}/widget.js")
    path = f"/api/v1/chat-widgets/{made.json()['id']}/"
    assert api.patch(path, {"name": "Help"}, format="json").status_code == 428
    changed = api.patch(path, {"name": "Help"}, format="json", headers={"If-Match": made["ETag"]})
    assert changed.json()["name"] == "Help"
    stale = api.patch(path, {"name": "x"}, format="json", headers={"If-Match": made["ETag"]})
    assert stale.status_code == 412
    assert api.delete(path, headers={"If-Match": changed["ETag"]}).status_code == 204
    assert not ChatWidget.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"origins": ["example.com"]}, {"greetings": {"fr": "Salut"}}, {"colour": "red"}, {"origins": "x"}]
)
def test_what_cannot_be_is_refused_by_field(root: User, queue: Queue, wrong: dict[str, Any]) -> None:
    answer = as_user(root).post("/api/v1/chat-widgets/", {"name": "Shop", "queue": queue.pk, **wrong}, format="json")
    assert answer.status_code == 400 and set(wrong) <= set(answer.json().get("errors", answer.json()))


def test_chats_are_seen_by_who_sees_their_tickets(queue: Queue, ann: User, otto: User) -> None:
    widget = make_widget(queue)
    session = begin(widget, name="Jo", email="jo@example.com", page="https://www.example.com/shop")
    say(session)
    begin(widget, "b")  # said nothing yet: nobody's
    [shown] = as_user(ann).get("/api/v1/chat-sessions/").json()["results"]
    assert (shown["name"], shown["email"], shown["page"]) == ("Jo", "jo@example.com", "https://www.example.com/shop")
    assert "digest" not in shown and "key" not in shown
    assert as_user(otto).get("/api/v1/chat-sessions/").json()["results"] == []
    assert as_user(otto).get(f"/api/v1/chat-sessions/{session.pk}/").status_code == 404
    end_chat(session=ChatSession.objects.get(pk=session.pk), at=NOW)
    for ended, count in (("true", 1), ("false", 0)):
        assert len(as_user(ann).get("/api/v1/chat-sessions/", {"ended": ended}).json()["results"]) == count
