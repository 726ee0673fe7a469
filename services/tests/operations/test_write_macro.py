"""Macros are checked when they are saved, and belong to somebody."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.models import StaleVersion, User
from services.models import Macro
from services.operations.desk_tools import NotYours
from services.operations.remove_desk_tool import remove_desk_tool
from services.operations.write_macro import write_macro
from tests.cast import NOW


def make(by: User | None = None, **changes: Any) -> Macro:
    return write_macro(macro=Macro(), changes={"name": "M", "body": "Hello", **changes}, by=by, at=NOW)


@pytest.mark.django_db
def test_an_unknown_placeholder_is_told_with_those_that_are_known() -> None:
    with pytest.raises(ValidationError) as refused:
        make(body="Dear {customer.nmae}, {ticket.number} {nobody}")
    text = refused.value.message_dict["body"][0]
    assert "{customer.nmae}, {nobody}" in text and "{customer.name}" in text
    assert not Macro.objects.exists()


@pytest.mark.django_db
def test_braces_that_are_no_placeholder_are_text() -> None:
    assert make(body='{"a": 1} {} { }').pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": "  "}, "body"),
        ({"status_after": "closed"}, "status_after"),
        ({"status_after": "merged"}, "status_after"),
    ],
)
def test_it_refuses_what_does_nothing_or_too_much(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make(**changes)
    assert list(refused.value.message_dict) == [field]


def test_an_agent_makes_their_own_and_leaves_those_of_all_alone(ann: User) -> None:
    own, common = make(by=ann, owner=ann), make()
    assert own.owner == ann
    for refused in (
        lambda: make(by=ann),
        lambda: write_macro(macro=common, changes={"name": "Mine"}, by=ann, at=NOW),
        lambda: remove_desk_tool(tool=common, by=ann, at=NOW),
        lambda: write_macro(macro=own, changes={"owner": None}, by=ann, at=NOW),
    ):
        with pytest.raises(NotYours):
            refused()
    common.refresh_from_db()
    assert (common.name, Macro.objects.get(pk=own.pk).owner) == ("M", ann)
    remove_desk_tool(tool=own, by=ann, at=NOW)
    assert list(Macro.objects.all()) == [common]


def test_a_stale_change_is_refused(root: User) -> None:
    macro = make()
    write_macro(macro=Macro.objects.get(pk=macro.pk), changes={"name": "Newer"}, by=root, at=NOW)
    with pytest.raises(StaleVersion):
        write_macro(macro=macro, changes={"name": "Older"}, by=root, at=NOW, expected_version=1)
    assert Macro.objects.get().name == "Newer"
