"""The public page on which a customer rates a ticket: no log-in, no script needed, nothing recorded by looking."""

import re
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from services.models import Queue, RatingRequest, SatisfactionRating, Ticket
from services.operations.rating_links import token_of
from services.tests.operations.desk import after
from services.tests.operations.ratings import asked
from services.views import throttle


@pytest.fixture
def request_(acme: Customer, queue: Queue) -> RatingRequest:
    return asked(acme, queue)


@pytest.fixture
def stranger() -> Client:
    return Client(enforce_csrf_checks=True)


def page(request: RatingRequest, query: str = "") -> str:
    return reverse("rate", args=[token_of(request)]) + query


def at(moment: datetime | None = None) -> Any:
    """At a moment; a day after NOW unless said otherwise."""
    moment = moment or after(days=1)
    return time_machine.travel(moment, tick=False)


def test_looking_records_nothing_whatever_the_link_names(stranger: Client, request_: RatingRequest) -> None:
    with at():
        for query in ("", "?value=1", "?value=5", "?value=9", "?value=x"):
            assert stranger.get(page(request_, query)).status_code == 200
            assert stranger.head(page(request_, query)).status_code == 200
    request_.refresh_from_db()
    assert (request_.answered_at, request_.opened_at) == (None, after(days=1))
    assert not SatisfactionRating.objects.exists()


def test_a_browser_that_fetches_ahead_has_not_opened_it(stranger: Client, request_: RatingRequest) -> None:
    with at():
        stranger.get(page(request_), headers={"Sec-Purpose": "prefetch"})
        stranger.head(page(request_))
    request_.refresh_from_db()
    assert request_.opened_at is None


def test_one_of_five_buttons_is_the_answer(stranger: Client, request_: RatingRequest) -> None:
    with at():
        html = stranger.get(page(request_)).content.decode()
        assert re.findall(r'name="value" value="(\d)"', html) == ["1", "2", "3", "4", "5"]
        response = stranger.post(page(request_), {"value": "4", "comment": "fast"})
        assert (response.status_code, response["Location"]) == (303, page(request_))
        html = stranger.get(page(request_)).content.decode()
    assert "Thank you" in html and "4 of 5: Good" in html and ">fast</textarea>" in html
    assert SatisfactionRating.objects.get().value == 4


def test_the_answer_that_the_link_names_is_marked_and_sent_by_the_script_alone(
    stranger: Client, request_: RatingRequest
) -> None:
    with at():
        html = stranger.get(page(request_, "?value=2")).content.decode()
        assert 'data-sends="2"' in html and "services/rate.js" in html
        assert re.search(r'value="2" class="face face--2 is-chosen"', html)
        stranger.post(page(request_), {"value": "2"})
        html = stranger.get(page(request_, "?value=2")).content.decode()
    assert "data-sends" not in html and "rate.js" not in html


def test_it_is_changed_until_it_expires(stranger: Client, request_: RatingRequest) -> None:
    for day, value in [(1, 5), (3, 1)]:
        with at(after(days=day)):
            stranger.post(page(request_), {"value": value})
    assert [r.value for r in SatisfactionRating.objects.filter(replaced_by=None)] == [1]
    with at(after(days=15)):
        response = stranger.get(page(request_))
        assert response.status_code == 410 and "time to rate is over" in response.content.decode()
        assert stranger.post(page(request_), {"value": 3}).status_code == 410
    assert SatisfactionRating.objects.count() == 2


def test_a_link_that_was_tampered_with_is_told_kindly(stranger: Client, request_: RatingRequest) -> None:
    for wrong in (page(request_)[:-2] + "/", "/rate/1/", "/rate/%E2%80%A6/", "/rate/1.2.3/"):
        for response in (stranger.get(wrong), stranger.post(wrong, {"value": 1})):
            assert response.status_code == 404 and "This link does not work" in response.content.decode()


def test_a_merged_ticket_is_told_kindly(stranger: Client, request_: RatingRequest) -> None:
    Ticket.objects.update(status="merged")
    with at():
        response = stranger.post(page(request_), {"value": 1})
    assert response.status_code == 410 and "went on in another" in response.content.decode()


@pytest.mark.parametrize("data", [{}, {"value": "6"}, {"value": "a"}, {"value": "3", "comment": "x" * 5001}])
def test_nonsense_is_refused_and_what_was_typed_stays(
    stranger: Client, request_: RatingRequest, data: dict[str, str]
) -> None:
    with at():
        response = stranger.post(page(request_), {"comment": "typed", **data})
    assert response.status_code == 422 and 'role="alert"' in response.content.decode()
    assert data.get("comment", "typed") in response.content.decode()
    assert not SatisfactionRating.objects.exists()


def test_markup_stays_text(stranger: Client, request_: RatingRequest) -> None:
    Ticket.objects.update(subject="<script>alert(1)</script>")
    with at():
        stranger.post(page(request_), {"value": 1, "comment": "</textarea><b>x"})
        html = stranger.get(page(request_)).content.decode()
    assert "<script>alert" not in html and "<b>x" not in html


def test_it_tells_the_number_and_the_subject_and_of_nobody(stranger: Client, request_: RatingRequest) -> None:
    with at():
        html = stranger.get(page(request_)).content.decode()
    assert request_.ticket.number in html and "Pump leaks" in html
    assert "Acme" not in html and "example.org" not in html and "Water everywhere" not in html


def test_it_is_kept_out_of_caches_search_engines_and_logs(
    stranger: Client, request_: RatingRequest, caplog: pytest.LogCaptureFixture
) -> None:
    with at():
        response = stranger.get(page(request_))
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response["Cache-Control"] and response["Referrer-Policy"] == "no-referrer"
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert not response.cookies and "http://" not in response.content.decode()
    assert token_of(request_) not in caplog.text


def test_it_speaks_the_customers_language_whatever_the_browser_asks_for(
    stranger: Client, request_: RatingRequest
) -> None:
    Customer.objects.update(language="zh-CN")
    with at():
        response = stranger.get(page(request_), headers={"Accept-Language": "en"})
    assert response["Content-Language"] == "zh-hans" and 'lang="zh-hans"' in response.content.decode()


def test_too_many_requests_are_refused(
    stranger: Client, request_: RatingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle.PublicThrottle, "rate", "3/min")
    with at():
        codes = [stranger.get(page(request_)).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


def test_other_methods_are_refused(stranger: Client, request_: RatingRequest) -> None:
    assert stranger.put(page(request_)).status_code == 405
