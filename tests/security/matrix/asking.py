"""Somebody asks for an address; what may come of it, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from http.cookies import SimpleCookie
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from customers.models import Team, User
from services.models import Agent
from tests.cast import make_user
from tests.security.matrix.addresses import Address
from tests.security.matrix.declaring import ANYBODY, BY_TOKEN, NOBODY, WRONG, Declared, Sight
from tests.security.matrix.rows import Rows


class Whose(StrEnum):
    """Whose the rows are, as the one who asks sees it."""

    OWN = "own"  # in another team, and theirs
    TEAM = "team"
    OTHER = "other"


class Outcome(StrEnum):
    ANSWERED = "answered"
    LOGIN = "sent to the log-in"
    REFUSED = "refused"
    MISSING = "no such page"
    WRONG_METHOD = "wrong method"
    BROKEN = "server error"


SHUT = {Outcome.REFUSED, Outcome.MISSING}
STATUSES = {401: Outcome.LOGIN, 403: Outcome.REFUSED, 404: Outcome.MISSING, 405: Outcome.WRONG_METHOD}


@dataclass(slots=True)
class Viewer:
    """A member of staff with their browser."""

    user: User
    permissions: frozenset[str]
    client: Client
    cookies: SimpleCookie

    @property
    def sees_all_teams(self) -> bool:
        return "see_all_teams" in self.permissions

    def ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """A request that leaves nothing behind."""
        self.client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            response = getattr(self.client, method)(path, data or {})
            response.said = said_by(response)  # a file is read from within the transaction
            transaction.set_rollback(True)
        return response


def viewer(name: str, team: Team, *, role: str = "", permissions: Any = ()) -> Viewer:
    """Somebody of this team, with what their role may do, or with these permissions."""
    user = make_user(name, team, role=role)
    user.user_permissions.set(permissions)
    Agent.objects.create(user=user, name=name)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    given = {p.codename for p in permissions}
    if role:
        given |= set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))
    return Viewer(user, frozenset(given), client, SimpleCookie(client.cookies))


def stranger() -> Viewer:
    """Nobody is logged in."""
    return Viewer(User(), frozenset(), Client(raise_request_exception=False), SimpleCookie())


# Random letters, among which some day stands a name that is looked for.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[A-Za-z0-9]+"')


def said_by(response: Any) -> bytes:
    """All that an answer holds, of a file what is in it, without the tokens of forms."""
    said: bytes = response.getvalue() if response.streaming else response.content
    return TOKEN.sub(b"", said)


def outcome(response: Any) -> Outcome:
    """What came of it."""
    if response.status_code >= 500 and response.status_code != 503:  # which health says on purpose
        return Outcome.BROKEN
    if response.status_code == 302 and response["Location"].startswith("/admin/login/"):
        return Outcome.LOGIN
    return STATUSES.get(response.status_code, Outcome.ANSWERED)


def expected(declared: Declared, method: str, whose: Whose, by: Viewer) -> set[Outcome]:
    """What may come of it, as it was declared."""
    needs = declared.needs(method)
    if needs == ANYBODY:
        return {*Outcome} - {Outcome.BROKEN, Outcome.REFUSED}
    if needs == WRONG:
        return {Outcome.WRONG_METHOD, *SHUT}
    if needs in (NOBODY, BY_TOKEN):
        return SHUT
    if whose == Whose.OWN and declared.own is not None:
        needs = declared.own
    elif declared.shape and whose != Whose.OWN and not needs.startswith("view"):
        needs += f" {declared.shape}"
    if not by.permissions >= set(needs.split()):
        return SHUT
    if sees(declared.sight, whose, by):
        return {Outcome.ANSWERED}
    # Their team sees it, and is told that it is not theirs to go on with.
    is_seen = declared.sight == Sight.STARTER_ALONE and sees(Sight.TEAM, whose, by)
    return {Outcome.REFUSED} if is_seen else {Outcome.MISSING}


def expected_of_strangers(declared: Declared, method: str) -> set[Outcome]:
    """What may come of it where nobody is logged in."""
    needs = declared.needs(method)
    if needs in (ANYBODY, WRONG):
        return {*Outcome} - {Outcome.BROKEN}
    return {Outcome.MISSING} if needs == BY_TOKEN else {Outcome.LOGIN}


def sees(sight: Sight, whose: Whose, by: Viewer) -> bool:
    """Whether a row of this kind is in sight."""
    match sight:
        case Sight.ALL:
            return True
        case Sight.TEAM | Sight.TEAM_OR_OWNER:
            return whose != Whose.OTHER or by.sees_all_teams
        case Sight.TEAM_ALONE:
            return whose == Whose.TEAM or by.sees_all_teams
        case Sight.STARTER:
            return whose == Whose.OWN or by.sees_all_teams
        case Sight.OWNER | Sight.STARTER_ALONE:
            return whose == Whose.OWN
        case Sight.ACCOUNT:
            return True  # whoever may see them at all may see those of everybody


# What some addresses ask for beside their arguments: without it they answer that there is no such page.
BRINGS: dict[tuple[str, str], dict[str, Any]] = {
    ("analytics_dashboard_arrange", "post"): {"do": "order", "order": "0"},
    ("analytics_dashboard_file", "post"): {"format": "xlsx"},
    ("analytics_savedreport_file", "post"): {"format": "csv"},
    ("autocomplete", "get"): {"app_label": "customers", "model_name": "interaction", "field_name": "customer"},
    ("customers_segment_options", "get"): {"fact": "country", "part": "value"},
    ("customers_segment_options", "post"): {},
    ("industry_setup", "post"): {"industry": "retail"},
    ("services_rule_options", "get"): {"of": "field:queue"},
}


def ask_for(address: Address, method: str, *, by: Viewer, rows: Rows) -> Any:
    """Ask for an address with the keys of these rows, and what a real request brings along."""
    return by.ask(method, address.filled(rows), BRINGS.get((address.page, method)))
