import pytest

from customers.models import Team, User
from services.models import Agent, Ticket
from tests.cast import make_user
from tests.client import as_user, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def eve(north: Team) -> User:
    """Another agent of North."""
    user = make_user("eve", north, role="Agent")
    Agent.objects.create(user=user, name="Eve")
    return user


def path(ticket: Ticket) -> str:
    return url(f"tickets/{ticket.pk}/assign/")


def test_whoever_names_nobody_takes_it(ann: User, ticket: Ticket) -> None:
    response = as_user(ann).post(path(ticket))
    assert response.status_code == 200, response.content
    assert response.json()["assignee"] == ann.agent.pk
    assert response.headers["ETag"] == f'"{response.json()["version"]}"'


def test_it_gives_the_ticket_to_another(ann: User, eve: User, ticket: Ticket) -> None:
    assert as_user(ann).post(path(ticket), {"assignee": eve.agent.pk}).json()["assignee"] == eve.agent.pk


def test_null_gives_it_back(ann: User, ticket: Ticket) -> None:
    as_user(ann).post(path(ticket))
    assert as_user(ann).post(path(ticket), {"assignee": None}).json()["assignee"] is None


def test_the_second_taker_takes_nothing(ann: User, eve: User, ticket: Ticket) -> None:
    assert as_user(ann).post(path(ticket)).status_code == 200
    response = as_user(eve).post(path(ticket))
    assert (response.status_code, response.json()["code"]) == (409, "already_taken")
    ticket.refresh_from_db()
    assert ticket.assignee == ann.agent


def test_a_stale_version_is_refused(ann: User, ticket: Ticket) -> None:
    response = as_user(ann).post(path(ticket), headers={"If-Match": '"999"'})
    assert response.status_code == 412


def test_an_agent_who_is_away_gets_nothing(ann: User, eve: User, ticket: Ticket) -> None:
    Agent.objects.filter(user=eve).update(is_active=False)
    response = as_user(ann).post(path(ticket), {"assignee": eve.agent.pk})
    assert (response.status_code, response.json()["code"]) == (409, "agent_takes_no_tickets")


def test_who_is_no_agent_must_name_one(root: User, ticket: Ticket) -> None:
    response = as_user(root).post(path(ticket))
    assert (response.status_code, list(response.json()["errors"])) == (400, ["assignee"])


def test_an_outsider_is_refused(otto: User, ticket: Ticket) -> None:
    assert as_user(otto).post(path(ticket)).status_code == 404


def test_who_may_only_read_is_refused(bob: User, ticket: Ticket) -> None:
    assert as_user(bob).post(path(ticket)).status_code == 403


def test_the_assignee_sees_it_whatever_their_team(ann: User, otto: User, ticket: Ticket) -> None:
    as_user(ann).post(path(ticket), {"assignee": otto.agent.pk})
    assert as_user(otto).get(url(f"tickets/{ticket.pk}/")).status_code == 200
