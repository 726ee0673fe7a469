"""The command that rotates keys tells what it did, goes on where it was interrupted, and fails where values stay."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.encryption.fields import Sealed
from customers.models import ContactPoint, Customer, DataKey
from customers.operations.add_contact_point import add_contact_point
from customers.operations.settle_rotation import values_by_key
from customers.operations.start_rotation import start_rotation
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]


@pytest.fixture(autouse=True)
def point(acme: Customer, settings: Any, tmp_path: Path) -> ContactPoint:
    settings.KEY_MEMORY_SECONDS = 0
    settings.VAR_DIR = tmp_path
    return add_contact_point(customer=acme, kind="email", value="a@example.com", at=NOW)


def told(capsys: Any, *options: str) -> dict[str, Any]:
    call_command("rotate_keys", "--json", *options)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_it_rotates_to_the_end(capsys: Any) -> None:
    found = told(capsys)
    assert set(found) == {"key", "values", "unreadable", "seconds"}
    assert found["unreadable"] == 0 and found["values"] >= 2
    assert set(values_by_key()) == {found["key"]}
    assert DataKey.objects.filter(purpose="data", retired_at=None).get().pk == found["key"]
    assert told(capsys, "--status") == {"values": {str(found["key"]): values_by_key()[found["key"]]}}


def test_one_that_was_interrupted_goes_on(capsys: Any) -> None:
    key = start_rotation(at=timezone.now())
    assert told(capsys)["key"] == key.pk
    assert DataKey.objects.filter(purpose="data").count() == 2


def test_a_value_that_cannot_be_opened_is_told(point: ContactPoint) -> None:
    number = DataKey.objects.get(purpose="data").pk
    ContactPoint._base_manager.filter(pk=point.pk).update(value=Sealed(f"{number}.AAAA"))
    with pytest.raises(CommandError, match="could not be opened"):
        call_command("rotate_keys")
    assert DataKey.objects.get(pk=number).retired_at is None


def test_the_signing_key_is_replaced(capsys: Any) -> None:
    key = told(capsys, "--audit")["key"]
    assert DataKey.objects.get(pk=key).purpose == "audit"
