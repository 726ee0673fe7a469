from datetime import UTC, datetime
from typing import Any

import pytest

from customers.models import Customer, Team, User
from services.models import Queue, RatingRequest, Ticket
from services.operations.response_rate import ResponseRate, response_rate, total
from services.tests.operations.agents import an_agent
from services.tests.operations.desk import a_ticket, after
from tests.cast import NOW


def ask(ticket: Ticket, *, days: int = 0, answered: bool = False) -> None:
    RatingRequest.objects.create(
        ticket=ticket,
        customer=ticket.customer,
        requested_at=after(days=days),
        expires_at=after(days=days + 14),
        answered_at=after(days=days + 1) if answered else None,
    )


@pytest.fixture
def answers(acme: Customer, queue: Queue, ann: User, north: Team, south: Team) -> None:
    """Ann: 1 of 2; Bea: 0 of 1 in the month after; nobody's: 1 of 1 in a queue of South."""
    bea = an_agent("Bea", north)
    other = Queue.objects.create(name="South", team=south, calendar=queue.calendar)
    ask(a_ticket(acme, queue, assignee=ann.agent), answered=True)
    ask(a_ticket(acme, queue, assignee=ann.agent), days=1)
    ask(a_ticket(acme, queue, assignee=bea), days=30)
    ask(a_ticket(acme, other), answered=True)


def rates(**asked: Any) -> dict[str, tuple[int, int]]:
    return {row.label: (row.answered, row.asked) for row in response_rate(user=None, **asked)}


@pytest.mark.usefixtures("answers")
def test_it_is_the_share_of_those_who_answered() -> None:
    assert rates() == {"": (2, 4)}
    assert response_rate(user=None)[0].share == 0.5


@pytest.mark.usefixtures("answers")
def test_by_agent_and_by_queue() -> None:
    assert rates(by="agent") == {"Ann": (1, 2), "Bea": (0, 1), "": (1, 1)}
    assert rates(by="queue") == {"North support": (1, 3), "South": (1, 1)}


@pytest.mark.usefixtures("answers")
def test_by_period_and_within_one() -> None:
    months = {row.key: (row.answered, row.asked) for row in response_rate(user=None, by="month")}
    assert months == {datetime(2026, 6, 1, tzinfo=UTC): (2, 3), datetime(2026, 7, 1, tzinfo=UTC): (0, 1)}
    assert rates(since=after(days=1), until=after(days=30)) == {"": (0, 1)}
    assert rates(since=NOW, until=after(days=1)) == {"": (2, 2)}
    assert len(response_rate(user=None, by="day")) == 3 and len(response_rate(user=None, by="week")) == 2


@pytest.mark.usefixtures("answers")
def test_each_sees_the_share_of_their_teams(ann: User, otto: User) -> None:
    assert [(row.answered, row.asked) for user in (ann, otto) for row in response_rate(user=user)] == [(1, 3), (1, 1)]


def test_where_nobody_was_asked_there_is_no_share(db: None) -> None:
    assert response_rate(user=None) == [ResponseRate(None, "", 0, 0)]
    assert response_rate(user=None)[0].share is None and response_rate(user=None, by="agent") == []
    assert total([]).share is None


@pytest.mark.usefixtures("answers")
def test_it_is_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        response_rate(user=None, by="agent")
