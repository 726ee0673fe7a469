"""The small cast of all tests: two teams, their people, an outsider who must be refused, and their customers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group

from customers.encryption.keyring import forget_keys
from customers.models import Customer, Team, User
from services.models import Agent, Calendar, Queue

# A Wednesday, 10:00 in London: within the office hours of the first calendar.
NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def make_user(username: str, *teams: Team, role: str = "", **extra: Any) -> User:
    """A member of staff with one role in these teams."""
    user = User.objects.create_user(username, password="correct horse", is_staff=True, **extra)
    user.teams.set(teams)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def fresh_keys(db: None) -> Iterator[None]:
    """Data keys that a test makes are gone with it: this process knows them no more."""
    yield
    forget_keys()


@pytest.fixture
def north(db: None) -> Team:
    """The team that owns the customers below."""
    return Team.objects.create(name="North")


@pytest.fixture
def south(db: None) -> Team:
    """Another team, which must see nothing of North."""
    return Team.objects.create(name="South")


@pytest.fixture
def ann(north: Team) -> User:
    """Ann, an agent of North."""
    user = make_user("ann", north, role="Agent")
    Agent.objects.create(user=user, name="Ann")
    return user


@pytest.fixture
def bob(north: Team) -> User:
    """Bob, back office of North."""
    return make_user("bob", north, role="Back office")


@pytest.fixture
def otto(south: Team) -> User:
    """Otto, the outsider: an agent of South."""
    user = make_user("otto", south, role="Agent")
    Agent.objects.create(user=user, name="Otto")
    return user


@pytest.fixture
def root(db: None) -> User:
    """Root, who may do everything."""
    return make_user("root", is_superuser=True)


@pytest.fixture
def queue(north: Team) -> Queue:
    """North's queue, with the office hours that every installation starts with."""
    return Queue.objects.create(name="North support", team=north, calendar=Calendar.objects.get(name="Office hours"))


@pytest.fixture
def acme(north: Team) -> Customer:
    """Acme, an organisation of North."""
    return Customer.objects.create(kind="organisation", name="Acme Pumps", country="GB", team=north, created_at=NOW)


@pytest.fixture
def wang(north: Team) -> Customer:
    """Wang Fang, a person of North."""
    return Customer.objects.create(
        kind="person", name="王芳", given_name="芳", family_name="王", country="CN", team=north, created_at=NOW
    )
