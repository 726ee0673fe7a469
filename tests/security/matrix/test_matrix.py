"""Every address of the product × every role × {their own row, their team's, another team's} × method.

What an address asks for is declared in declared.py (of the API: in tests/api/test_scope.py)."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import resolve

from crm.roles import ROLES
from customers.models import Team
from tests.api.test_scope import DECLARED as API
from tests.security.matrix.addresses import CATCHES_ALL, LEADS_ON, Address, every_address
from tests.security.matrix.asking import (
    Outcome,
    Viewer,
    Whose,
    ask_for,
    expected,
    expected_of_strangers,
    outcome,
    sees,
    stranger,
    viewer,
)
from tests.security.matrix.declared import DECLARED
from tests.security.matrix.declaring import Sight
from tests.security.matrix.rows import MARKS, Rows, give_all_to

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.usefixtures("quiet", "lean")]

METHODS = ("get", "post")
WHAT_TO_DO = (
    "nobody said what these addresses ask for: declare them in tests/security/matrix/declared.py (those of the API in "
    "tests/api/test_scope.py)"
)
NAMED = [address for address in every_address() if not address.is_nameless and address.name not in API]


def test_every_address_is_declared() -> None:
    there = {address.name for address in every_address() if not address.is_nameless}
    assert there - DECLARED.keys() - API.keys() == set(), WHAT_TO_DO
    assert DECLARED.keys() - there == set(), "these addresses are gone: take them out of declared.py"
    assert API.keys() - there == set()
    ends = {address.name for address in every_address() if address.is_nameless}
    assert all(name.endswith((LEADS_ON, CATCHES_ALL)) for name in ends), (WHAT_TO_DO, ends)


def wrong(rows: Rows, by: Viewer, whose: Whose, addresses: list[Address]) -> list[str]:
    """Which rows of the matrix are red for this viewer."""
    found = []
    for address in addresses:
        declared = DECLARED[address.name]
        for method in METHODS:
            response = ask_for(address, method, by=by, rows=rows)
            got, may_be = outcome(response), expected(declared, method, whose, by)
            if got not in may_be:
                found.append(
                    f"{method} {address.name}: {got} ({response.status_code}), not {' or '.join(sorted(may_be))}"
                )
            found += [f"{method} {address.name}: {what}" for what in shown_wrongly(rows, by, whose, address, response)]
    return found


def shown_wrongly(rows: Rows, by: Viewer, whose: Whose, address: Address, response: Any) -> list[str]:
    """What an answer shows of rows out of sight, or a list does not show of those in sight."""
    if response.status_code != 200:
        return []
    found = []
    if whose == Whose.OTHER and not by.sees_all_teams:
        found = [f"shows “{mark}” of another team" for mark in MARKS if mark.encode() in response.said]
    listed = (response.context or {}).get("listed") if address.name.endswith("_changelist") else None
    if listed is not None:
        model = address.page.removesuffix("_changelist")
        sight = DECLARED[f"admin:{model}_history"].sight if f"admin:{model}_history" in DECLARED else Sight.ALL
        is_listed = str(rows[model.partition("_")[2]]) in {str(key) for key in listed}
        if is_listed != sees(sight, whose, by):
            found.append("lists the row" if is_listed else "does not list the row")
    return found


SCOPED = [
    address
    for address in NAMED
    if DECLARED[address.name].sight != Sight.ALL or address.name.endswith("_changelist") or "_" not in address.page
]


@pytest.mark.once("sqlite", reason="thousands of requests: who may do what is the same; the outsider is asked on each")
@pytest.mark.parametrize("role", ["", *ROLES])
def test_a_role_may_do_what_it_was_given_to_the_rows_in_its_sight(
    role: str, rows: Rows, north: Team, south: Team
) -> None:
    of_team, outsider = viewer("new", north, role=role), viewer("other", south, role=role)
    found = {"team": wrong(rows, of_team, Whose.TEAM, NAMED), "other": wrong(rows, outsider, Whose.OTHER, SCOPED)}
    give_all_to(outsider.user)
    found["own"] = wrong(rows, outsider, Whose.OWN, SCOPED)
    assert found == {"team": [], "other": [], "own": []}


def test_an_outsider_who_may_do_everything_sees_nothing(rows: Rows, south: Team) -> None:
    otto = viewer("otto", south, permissions=Permission.objects.exclude(codename="see_all_teams"))
    assert wrong(rows, otto, Whose.OTHER, NAMED) == []


def test_strangers_are_sent_to_the_log_in(rows: Rows) -> None:
    nobody = stranger()
    found = {}
    for address in NAMED:
        for method in METHODS:
            got = outcome(ask_for(address, method, by=nobody, rows=rows))
            if got not in expected_of_strangers(DECLARED[address.name], method):
                found[f"{method} {address.name}"] = got
    assert found == {}


def test_addresses_without_a_name_lead_to_pages_of_the_matrix(rows: Rows, south: Team) -> None:
    otto, nobody = viewer("otto", south, permissions=Permission.objects.all()), stranger()
    for address in every_address():
        path = address.filled(rows) if address.is_nameless else ""
        if path and resolve(path).url_name is None:
            led = otto.ask("get", path)
            is_page = address.name.endswith(LEADS_ON)
            assert led.status_code == (302 if is_page else 404), path
            assert not is_page or led["Location"] == f"{path}change/", path
            assert outcome(nobody.ask("get", path)) == Outcome.LOGIN, path
