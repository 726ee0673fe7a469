"""The list of all that somebody with limited sight may see: on PostgreSQL merged from several lists."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Team, User
from services.models import Agent, Queue, Ticket
from services.querysets import tickets as querysets_tickets
from services.tests.operations.desk import a_ticket
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def west(db: None) -> Team:
    return Team.objects.create(name="West")


@pytest.fixture
def cara(north: Team, west: Team) -> User:
    """An agent of two teams."""
    user = make_user("cara", north, west, role="Agent")
    Agent.objects.create(user=user, name="Cara")
    return user


@pytest.fixture
def spread(acme: Customer, queue: Queue, south: Team, west: Team, cara: User) -> list[int]:
    """Tickets of three teams in turn, each second one Cara's; returns the keys of those that she sees, newest first."""
    seen: list[int] = []
    for number in range(12):
        ticket = a_ticket(acme, queue, subject=f"T{number}")
        team = (queue.team, south, west)[number % 3]
        assignee = Agent.objects.get(user=cara) if number % 2 else None
        Ticket.objects.filter(pk=ticket.pk).update(team=team, assignee=assignee)
        if team != south or assignee:
            seen.insert(0, ticket.pk)
    return seen


def keys(rows: Any, first: int = 0, end: int = 100) -> list[int]:
    return [row["pk"] for row in rows.keys_query(first, end)]


def test_each_ticket_in_sight_is_listed_once_and_the_newest_first(spread: list[int], cara: User) -> None:
    rows = Ticket.objects.all().visible_to(cara)
    assert keys(rows) == spread == [*rows.order_by("-pk").values_list("pk", flat=True)]
    assert keys(rows, 3, 7) == spread[3:7]
    assert keys(rows.order_by("-id"), 8) == spread[8:]
    assert rows.keys_query(0, 4).count() == 4
    assert rows.keys_query(0, 99).count() == len(spread) == 10
    if connection.features.allow_sliced_subqueries_with_in:
        assert {*Ticket.objects.filter(pk__in=rows.keys_query(2, 5)).values_list("pk", flat=True)} == {*spread[2:5]}


def test_more_conditions_and_other_orders_hold(spread: list[int], cara: User, north: Team) -> None:
    rows = Ticket.objects.all().visible_to(cara)
    assert keys(rows.filter(team=north)) == [*rows.filter(team=north).values_list("pk", flat=True)]
    assert keys(rows.exclude(pk=spread[0])) == spread[1:]
    assert keys(rows.order_by("pk")) == spread[::-1]
    assert keys(rows.reverse()) == spread[::-1]
    assert keys(rows.none()) == []
    assert keys(Ticket.objects.filter(subject="T3").visible_to(cara)) == keys(rows.filter(subject="T3"))


def test_who_has_no_team_sees_what_is_theirs(spread: list[int], cara: User) -> None:
    cara.teams.clear()
    rows = Ticket.objects.all().visible_to(User.objects.get(pk=cara.pk))
    assert len(keys(rows)) == 6


@pytest.mark.postgres
def test_postgresql_merges_few_lists_and_filters_for_many_teams(
    spread: list[int], cara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for most, merged in ((3, True), (2, False)):
        monkeypatch.setattr(querysets_tickets, "MOST_MERGED", most)
        with CaptureQueriesContext(connection) as asked:
            assert keys(Ticket.objects.all().visible_to(cara)) == spread
        assert ("UNION ALL" in asked.captured_queries[-1]["sql"]) is merged
