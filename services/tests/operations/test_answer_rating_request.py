import pytest

from customers.choices import Factor
from customers.models import Customer, Observation
from services.models import Queue, SatisfactionRating, Ticket
from services.operations.answer_rating_request import RatingRequestIsOver, answer_rating_request
from services.operations.close_ticket import close_ticket
from services.operations.open_rating_request import open_rating_request
from services.operations.rate_ticket import rate_ticket
from services.operations.write_rating import RatingOutOfBounds
from services.tests.operations.desk import after
from services.tests.operations.ratings import asked
from tests.races import at_once


def test_the_answer_is_a_rating_that_feeds_quality(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    rating = answer_rating_request(request=request, value=4, comment="quick", at=after(days=1))
    assert (rating.value, rating.comment, rating.scale, rating.customer) == (4, "quick", "csat", acme)
    assert (request.answered_at, request.rating) == (after(days=1), rating)
    fact = Observation.objects.get(factor=Factor.QUALITY, superseded_version=None)
    assert (fact.value, fact.customer) == (4.0, acme)


def test_a_changed_mind_replaces_and_keeps_the_moment_of_the_first_answer(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    answer_rating_request(request=request, value=1, at=after(days=1))
    answer_rating_request(request=request, value=5, at=after(days=2))
    assert request.rating and (request.rating.value, request.answered_at) == (5, after(days=1))
    assert SatisfactionRating.objects.filter(replaced_by=None).count() == 1


def test_the_same_answer_again_changes_nothing(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    for day in (1, 2):
        answer_rating_request(request=request, value=3, at=after(days=day))
    assert SatisfactionRating.objects.count() == 1 and request.ticket.version == 3


def test_it_replaces_what_a_colleague_had_entered(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    rate_ticket(ticket=request.ticket, value=5, by=None, at=after(hours=2))
    answer_rating_request(request=request, value=2, at=after(days=1))
    assert [rating.value for rating in SatisfactionRating.objects.filter(replaced_by=None)] == [2]


def test_a_closed_ticket_is_rated_until_the_link_expires(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    close_ticket(ticket=request.ticket, by=None, at=after(days=7))
    assert answer_rating_request(request=request, value=4, at=after(days=8)).value == 4
    with pytest.raises(RatingRequestIsOver, match="expired"):
        answer_rating_request(request=request, value=1, at=request.expires_at)
    assert SatisfactionRating.objects.count() == 1


def test_a_merged_ticket_is_not_rated(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    Ticket.objects.update(status="merged")
    with pytest.raises(RatingRequestIsOver, match="merged"):
        answer_rating_request(request=request, value=1, at=after(days=1))
    assert not SatisfactionRating.objects.exists()


def test_a_number_that_is_none_of_the_five_is_refused(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    with pytest.raises(RatingOutOfBounds):
        answer_rating_request(request=request, value=6, at=after(days=1))
    request.refresh_from_db()
    assert request.answered_at is None


def test_the_first_opening_is_noted(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    for day in (1, 2):
        open_rating_request(request=request, at=after(days=day))
    assert (request.opened_at, request.answered_at) == (after(days=1), None)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_leave_one_answer_that_stands(acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    for day in range(1, 4):
        done = at_once(
            *[lambda v=v, d=day: answer_rating_request(request=request, value=v, at=after(days=d)) for v in (1, 5)]
        )
        assert not [one for one in done if isinstance(one, Exception)], done
        standing = SatisfactionRating.objects.get(replaced_by=None)
        request.refresh_from_db()
        assert request.rating == standing
