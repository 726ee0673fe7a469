"""Web forms and their submissions over the API."""

from typing import Any

import pytest

from customers.models import User
from services.models import Queue, ServiceType, Ticket, WebForm
from services.tests.operations.forms import a_form, send
from tests.client import as_user, url


@pytest.fixture
def api(root: User) -> Any:
    return as_user(root)


def test_a_form_is_made_changed_and_deleted(api: Any, queue: Queue) -> None:
    kind = ServiceType.objects.order_by("pk")[0]
    given = {"name": "Contact", "slug": "contact", "queue": queue.pk, "service_type": kind.pk}
    made = api.post(url("web-forms/"), {**given, "origins": ["https://A.example/"], "languages": ["en"]}, format="json")
    assert made.status_code == 201, made.content
    row = made.json()
    assert row["origins"] == ["https://a.example"] and row["url"].endswith("/forms/contact/")
    address = url(f"web-forms/{row['id']}/")
    changed = api.patch(address, {"title": "Hi"}, format="json", headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json()["title"]) == (200, "Hi")
    assert (
        api.patch(address, {"title": "x"}, format="json", headers={"If-Match": made.headers["ETag"]}).status_code == 412
    )
    assert api.delete(address, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    assert not WebForm.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"origins": ["*"]}, "origins"),
        ({"origins": "https://a.example"}, "origins"),
        ({"languages": ["xx"]}, "languages"),
        ({"slug": "no slug"}, "slug"),
        ({"queue": 0}, "queue"),
    ],
)
def test_a_wrong_one_is_refused_by_field(api: Any, queue: Queue, wrong: dict[str, Any], field: str) -> None:
    given = {"name": "Contact", "slug": "contact", "queue": queue.pk, **wrong}
    response = api.post(url("web-forms/"), given, format="json")
    assert response.status_code == 400 and field in str(response.json()), response.content
    assert not WebForm.objects.exists()


def test_one_that_was_used_is_not_deleted(api: Any, queue: Queue) -> None:
    form = a_form(queue)
    send(form)
    assert api.delete(url(f"web-forms/{form.pk}/"), headers={"If-Match": "*"}).status_code == 409


def test_what_is_held_is_found_and_decided_on_once(api: Any, queue: Queue, ann: User) -> None:
    form = a_form(queue)
    held, spam = (send(form, key=key, honeypot="x", body=key) for key in ("one", "two"))
    send(form, key="three", body="three")
    listed = api.get(url("web-form-submissions/"), {"state": "held", "web_form": form.pk}).json()["results"]
    assert {row["id"] for row in listed} == {str(held.pk), str(spam.pk)} and listed[0]["reasons"] == ["honeypot"]
    as_ann = as_user(ann)
    released = as_ann.post(url(f"web-form-submissions/{held.pk}/release/"), {}, format="json")
    assert released.status_code == 200, released.content
    assert (released.json()["state"], released.json()["body"]) == ("ticket", None)
    assert released.json()["ticket"] == Ticket.objects.latest("pk").pk
    thrown = as_ann.post(url(f"web-form-submissions/{spam.pk}/discard/"), {}, format="json")
    assert thrown.json()["state"] == "discarded"
    for verb in ("release", "discard"):
        assert as_ann.post(url(f"web-form-submissions/{held.pk}/{verb}/"), {}, format="json").status_code == 409


def test_another_team_sees_none(queue: Queue, otto: User) -> None:
    held = send(a_form(queue), honeypot="x")
    other = as_user(otto)
    assert other.get(url("web-form-submissions/")).json()["results"] == []
    assert other.post(url(f"web-form-submissions/{held.pk}/release/"), {}, format="json").status_code == 404
