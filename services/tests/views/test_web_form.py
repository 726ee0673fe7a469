"""The page of a web form: for anybody, in frames of the sites that may show it, and with nothing typed lost."""

import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from services.models import Queue, Ticket, WebForm, WebFormSubmission
from services.tests.operations.desk import after
from services.tests.operations.forms import a_form
from services.views import throttle
from tests.cast import NOW

SITE = "https://www.example.com"
TYPED = {"name": "Li Na", "email": "li@example.org", "subject": "Pump leaks", "body": "Water everywhere."}


@pytest.fixture
def form(queue: Queue) -> WebForm:
    return a_form(queue, origins=[SITE])


@pytest.fixture
def stranger() -> Client:
    return Client(enforce_csrf_checks=True)


def stamp_of(client: Client, path: str = "/forms/contact/") -> str:
    html = client.get(path).content.decode()
    return re.search(r'name="stamp" value="([^"]+)"', html)[1]  # type: ignore[index]


def fill(client: Client, query: str = "", **more: Any) -> Any:
    """Open the page, take half a minute, and send it."""
    with time_machine.travel(NOW, tick=False):
        stamp = more.pop("stamp", None) or stamp_of(client)
    with time_machine.travel(after(minutes=0.5), tick=False):
        return client.post("/forms/contact/" + query, {**TYPED, "stamp": stamp, **more})


def test_it_becomes_a_ticket_whose_number_is_told(stranger: Client, form: WebForm) -> None:
    response = fill(stranger)
    assert response.status_code == 303
    with time_machine.travel(after(minutes=1), tick=False):
        html = stranger.get(response["Location"]).content.decode()
    ticket = Ticket.objects.get()
    assert ticket.number in html and "Li Na" not in html and "li@example.org" not in html
    assert ticket.messages.get().body == "Water everywhere."


def test_looking_makes_nothing_and_sets_no_cookie(stranger: Client, form: WebForm) -> None:
    response = stranger.get("/forms/contact/")
    assert response.status_code == stranger.head("/forms/contact/").status_code == 200
    assert not response.cookies and not WebFormSubmission.objects.exists()
    assert response["X-Robots-Tag"] == "noindex, nofollow" and "no-store" in response["Cache-Control"]


def test_a_double_click_is_one_ticket(stranger: Client, form: WebForm) -> None:
    with time_machine.travel(NOW, tick=False):
        stamp = stamp_of(stranger)
    one, two = (fill(stranger, stamp=stamp) for _ in range(2))
    assert one.status_code == two.status_code == 303 and Ticket.objects.count() == 1


def test_what_is_held_is_thanked_for_without_a_number(stranger: Client, form: WebForm) -> None:
    response = fill(stranger, website="http://buy.example")
    with time_machine.travel(after(minutes=1), tick=False):
        html = stranger.get(response["Location"]).content.decode()
    assert "Thank you" in html and "T-0" not in html and not Ticket.objects.exists()
    assert WebFormSubmission.objects.get().reasons == ["honeypot"]


def test_a_robot_that_is_too_quick_is_held(stranger: Client, form: WebForm) -> None:
    with time_machine.travel(NOW, tick=False):
        stranger.post("/forms/contact/", {**TYPED, "stamp": stamp_of(stranger)})
    assert WebFormSubmission.objects.get().reasons == ["quick"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "li at example"}, "valid email"),
        ({"body": ""}, "required"),
        ({"name": "x" * 101}, "at most 100"),
        ({"stamp": "made up"}, "Send it once more"),
    ],
)
def test_bad_input_is_told_with_everything_still_there(
    stranger: Client, form: WebForm, wrong: dict[str, str], said: str
) -> None:
    response = fill(stranger, **wrong)
    html = response.content.decode()
    assert response.status_code == 422 and said in html and 'role="alert"' in html
    for name, value in {**TYPED, **wrong}.items():
        assert value in html or name == "stamp", name
    assert not WebFormSubmission.objects.exists()


def test_a_file_that_is_not_taken_is_told(stranger: Client, form: WebForm, var: Path) -> None:
    response = fill(stranger, files=SimpleUploadedFile("run.exe", b"MZ"))
    assert response.status_code == 422 and "run.exe" in response.content.decode()
    assert fill(stranger, files=SimpleUploadedFile("leak.txt", b"Look.")).status_code == 303
    assert Ticket.objects.get().attachments.get().name == "leak.txt"


def test_more_than_is_taken_is_refused_before_it_is_read(stranger: Client, form: WebForm, settings: Any) -> None:
    settings.ATTACHMENT_MOST_BYTES = 0
    big = SimpleUploadedFile("a.txt", b"x" * (1024**2 + 1))
    response = fill(stranger, files=big)
    assert response.status_code == 422 and "too much at once" in response.content.decode()


def test_too_many_requests_keep_what_was_typed(
    stranger: Client, form: WebForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle.FormThrottle, "rate", "1/hour")
    fill(stranger)
    response = fill(stranger, body="Once more")
    assert response.status_code == 429 and "Once more" in response.content.decode()


def test_only_named_sites_may_frame_it(stranger: Client, form: WebForm) -> None:
    for response in (stranger.get("/forms/contact/?embedded=1"), fill(stranger, body="")):
        assert f"frame-ancestors {SITE};" in response["Content-Security-Policy"] + ";"
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert "X-Frame-Options" not in response
    WebForm.objects.update(origins=[])
    response = stranger.get("/forms/contact/")
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"] and response["X-Frame-Options"] == "DENY"


def test_the_script_makes_a_frame_and_may_be_kept_for_a_while(stranger: Client, form: WebForm) -> None:
    response = stranger.get("/forms/contact/embed.js")
    assert response["Content-Type"].startswith("text/javascript") and response["Cache-Control"] == "public, max-age=300"
    assert "iframe" in response.content.decode()


def test_a_form_that_is_off_does_not_exist(stranger: Client, form: WebForm) -> None:
    response = fill(stranger)
    WebForm.objects.update(is_active=False)
    for path in ("/forms/contact/", "/forms/contact/embed.js", "/forms/other/", response["Location"]):
        assert stranger.get(path).status_code == 404, path


def test_the_page_behind_is_opened_by_its_own_address_alone(stranger: Client, form: WebForm) -> None:
    assert stranger.get(reverse("web-form-sent", args=["contact", "made:up"])).status_code == 404
    with time_machine.travel(NOW, tick=False):
        assert stranger.get(reverse("web-form-sent", args=["contact", stamp_of(stranger)])).status_code == 404


def test_it_asks_for_what_it_was_told_to(stranger: Client, queue: Queue) -> None:
    a_form(queue, asks_name=False, asks_subject=False, asks_phone=True, takes_files=False, title="Repairs", intro="Hi!")
    html = stranger.get("/forms/contact/").content.decode()
    names = re.findall(r'name="(\w+)"', html)
    assert names[-5:] == ["stamp", "email", "phone", "body", "website"] and "Repairs" in html and "Hi!" in html
    fill(stranger, phone="0815")
    assert Ticket.objects.get().subject == "Water everywhere."


def test_it_speaks_the_language_that_is_asked_for_as_far_as_the_form_does(stranger: Client, form: WebForm) -> None:
    chinese = stranger.get("/forms/contact/?language=zh-hans&embedded=1")
    assert chinese["Content-Language"] == "zh-hans" and not chinese.cookies
    assert 'action="/forms/contact/?embedded=1&amp;language=zh-hans"' in chinese.content.decode()
    assert stranger.get("/forms/contact/", headers={"Accept-Language": "zh-CN"})["Content-Language"] == "zh-hans"
    assert stranger.get("/forms/contact/?language=xx")["Content-Language"] == "en"
    WebForm.objects.update(languages=["zh-hans"])
    assert stranger.get("/forms/contact/?language=en")["Content-Language"] == "zh-hans"
    fill(stranger, "?language=zh-hans")
    assert WebFormSubmission.objects.get().language == "zh-hans"


def test_in_a_page_of_another_site_it_is_light_unless_the_site_asks(stranger: Client, form: WebForm) -> None:
    assert "web-form-light.css" in stranger.get("/forms/contact/?embedded=1").content.decode()
    auto = stranger.get("/forms/contact/?embedded=1&theme=auto").content.decode()
    assert "web-form-light.css" not in auto and 'action="/forms/contact/?embedded=1&amp;theme=auto"' in auto
    assert "web-form-light.css" not in stranger.get("/forms/contact/").content.decode()
