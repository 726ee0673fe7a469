from typing import Any

import pytest
from django.core.signing import Signer

from customers.models import Customer, User
from customers.operations.record_consent import record_consent
from services.models import Queue, RatingRequest, Ticket
from services.operations.close_ticket import close_ticket
from services.operations.mail_texts import language_of
from services.operations.rating_links import BadRatingLink, link_of, request_of, token_of
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.request_rating import MayNotBeAsked, request_rating
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.ratings import a_solved_ticket, asked, reachable
from tests.cast import NOW


def test_solving_asks_the_customer_once(acme: Customer, queue: Queue, settings: Any) -> None:
    settings.PUBLIC_URL = "https://desk.example.org"
    ticket = a_solved_ticket(reachable(acme), queue)
    request = ticket.rating_requests.get()
    assert (request.customer, request.requested_at) == (acme, after(hours=1))
    assert request.expires_at == after(hours=1, days=14)
    message = ticket.messages.get(is_automatic=True)
    assert (message.kind, message.direction, message.author) == ("reply", "outbound", None)
    assert "“Pump leaks” (T-" in message.body and "5 – Very good: https://desk.example.org/rate/" in message.body
    for value in range(1, 6):
        assert link_of(request, value=value) in message.body
    event = ticket.events.get(kind="auto_reply")
    assert event.data == {"message": message.pk, "rating_request": request.pk}
    assert (ticket.status, ticket.version) == ("solved", 2)


def test_the_question_stops_no_clock_and_is_no_reply(acme: Customer, queue: Queue) -> None:
    ticket = a_solved_ticket(reachable(acme), queue)
    assert ticket.first_replied_at is None and ticket.solved_at == after(hours=1)
    assert ticket.resolution_seconds == 3600


def test_a_reply_that_solves_asks_as_well(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(reachable(acme), queue)
    reply_to_ticket(ticket=ticket, body="Done", by=ann, at=after(), status_after="solved")  # type: ignore[arg-type]
    assert ticket.rating_requests.count() == 1


def test_solved_again_within_a_month_it_is_not_asked_again(acme: Customer, queue: Queue) -> None:
    ticket = a_solved_ticket(reachable(acme), queue)
    for days, expected in [(2, 1), (40, 2)]:
        reopen_ticket(ticket=ticket, by=None, at=after(days=days))
        solve_ticket(ticket=ticket, by=None, at=after(days=days))
        assert ticket.rating_requests.count() == expected


def test_the_person_who_asked_is_asked_in_their_language(acme: Customer, wang: Customer, queue: Queue) -> None:
    Customer.objects.filter(pk=wang.pk).update(language="zh-CN")
    wang.refresh_from_db()
    ticket = a_solved_ticket(acme, queue, requester=reachable(wang))
    assert ticket.rating_requests.get().customer == wang


@pytest.mark.parametrize(
    ("language", "expected"),
    [("", "en"), ("zh", "zh-hans"), ("zh-CN", "zh-hans"), ("en-GB", "en"), ("de", "en"), ("nonsense!", "en")],
)
def test_a_language_that_we_do_not_speak_is_english(acme: Customer, language: str, expected: str) -> None:
    acme.language = language
    assert language_of(acme) == expected


def test_whom_the_question_would_not_reach_is_not_asked(acme: Customer, queue: Queue) -> None:
    assert not a_solved_ticket(acme, queue).rating_requests.exists()
    assert a_solved_ticket(acme, queue, channel="portal").rating_requests.exists()


@pytest.mark.parametrize(
    ("purpose", "channel", "given", "asks"),
    [
        ("survey", "any", False, False),
        ("survey", "email", False, False),
        ("survey", "phone", False, True),
        ("service", "email", False, False),
        ("marketing", "any", False, True),
        ("survey", "any", True, True),
    ],
)
def test_who_said_no_is_not_asked(
    acme: Customer, queue: Queue, purpose: str, channel: str, given: bool, asks: bool
) -> None:
    record_consent(customer=reachable(acme), purpose=purpose, channel=channel, is_given=given, at=NOW)
    ticket = a_solved_ticket(acme, queue)
    assert ticket.rating_requests.exists() == asks == ticket.messages.filter(is_automatic=True).exists()


def test_switched_off_nobody_is_asked(acme: Customer, queue: Queue, settings: Any) -> None:
    settings.RATING_DAYS = 0
    ticket = a_solved_ticket(reachable(acme), queue)
    assert not ticket.rating_requests.exists()
    with pytest.raises(MayNotBeAsked, match="switched off"):
        request_rating(ticket=ticket, by=None, at=after(hours=2))


def test_a_colleague_asks_again_or_of_somebody_out_of_reach(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_solved_ticket(acme, queue)
    close_ticket(ticket=ticket, by=None, at=after(hours=2))
    request = request_rating(ticket=ticket, by=ann, at=after(days=20), expected_version=3)
    assert request.expires_at == after(days=34) and RatingRequest.objects.count() == 1
    ticket.refresh_from_db()
    assert (ticket.status, ticket.version) == ("closed", 4)


def test_an_unsolved_ticket_and_a_customer_who_said_no_are_refused(acme: Customer, queue: Queue, ann: User) -> None:
    with pytest.raises(MayNotBeAsked, match="when the ticket is solved"):
        request_rating(ticket=a_ticket(acme, queue), by=ann, at=after())
    record_consent(customer=acme, purpose="survey", channel="any", is_given=False, at=NOW)
    ticket = a_solved_ticket(acme, queue)
    with pytest.raises(MayNotBeAsked, match="does not want"):
        request_rating(ticket=ticket, by=ann, at=after(days=1))
    assert not RatingRequest.objects.exists() and Ticket.objects.get(pk=ticket.pk).version == 2


def test_a_link_is_signed_and_tells_of_nobody(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    token = token_of(request)
    assert request_of(token) == request
    assert token.split(".")[0] == str(request.pk) and acme.name not in link_of(request)
    for wrong in (token[:-1], token.replace(f"{request.pk}.", f"{request.pk + 1}.", 1), "1", "", "…", token + "x"):
        with pytest.raises(BadRatingLink):
            request_of(wrong)
    with pytest.raises(BadRatingLink):
        request_of(Signer(salt="another", sep=".").sign(str(request.pk)))
    RatingRequest.objects.all().delete()
    with pytest.raises(BadRatingLink):
        request_of(token)
