"""People who are logged in to the admin."""

from collections.abc import Callable

import pytest
from django.test import Client

from customers.models import Customer, Team, User
from tests.cast import NOW

LogIn = Callable[[User], Client]


@pytest.fixture
def log_in() -> LogIn:
    """A browser in which somebody is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def stranger(south: Team) -> Customer:
    """A customer of South, whom North must not see."""
    return Customer.objects.create(name="Stranger of South", country="FR", team=south, created_at=NOW)
