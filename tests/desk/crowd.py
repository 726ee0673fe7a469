"""A crowd of clients at the same tickets, each with a connection of its own."""

from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection

from customers.models import User
from services.models import Ticket
from tests.client import as_user
from tests.races import at_once

CLIENTS = 8 if connection.vendor == "sqlite" else 50
DEADLOCK = 1213  # MariaDB's number for it: whoever is chosen as its victim asks again


def again(asking: Callable[[], Any]) -> Any:
    """Ask until no deadlock (MariaDB) and no other writer (SQLite) is in the way. PostgreSQL needs none of it: every
    verb locks in the same order."""
    for _ in range(200):
        try:
            return asking()
        except OperationalError as error:
            if connection.vendor == "postgresql" or (connection.vendor == "mysql" and error.args[0] != DEADLOCK):
                raise
    raise AssertionError("one deadlock after the other")


def everybody(agents: list[User], doing: Callable[[User, Any], Any]) -> list[Any]:
    """What each agent got, all having asked at once."""
    clients = [(user, as_user(user)) for user in agents]
    found = at_once(*(lambda user=user, api=api: doing(user, api) for user, api in clients))
    for result in found:
        if isinstance(result, BaseException):
            raise result
    return found


def path(ticket: Ticket, verb: str = "") -> str:
    """Where a verb of the ticket is asked for."""
    return f"/api/v1/tickets/{ticket.pk}/" + (f"{verb}/" if verb else "")
