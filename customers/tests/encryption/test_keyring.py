"""The key that wraps the data keys is changed while two are known."""

import base64
import os
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from customers.encryption.cipher import CannotDecrypt
from customers.encryption.keyring import current_key, forget_keys, make_data_keys
from customers.models import ContactPoint, Customer, DataKey
from customers.operations.add_contact_point import add_contact_point
from customers.operations.wrap_keys_anew import wrap_keys_anew
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]


def new_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


@pytest.fixture
def changed(settings: Any, acme: Customer) -> Any:
    """The environment names a new key, and the one before."""
    add_contact_point(customer=acme, kind="email", value="a@example.com", at=NOW)
    settings.CRM_ENCRYPTION_KEY_OLD, settings.CRM_ENCRYPTION_KEY = settings.CRM_ENCRYPTION_KEY, new_key()
    forget_keys()
    yield settings
    forget_keys()


def test_values_are_read_while_both_are_known(changed: Any) -> None:
    assert ContactPoint.objects.get().value == "a@example.com"


def test_after_the_keys_are_wrapped_anew_the_old_one_is_needed_no_more(changed: Any) -> None:
    assert wrap_keys_anew(at=NOW) == DataKey.objects.count() == 3
    changed.CRM_ENCRYPTION_KEY_OLD = ""
    forget_keys()
    assert ContactPoint.objects.get().value == "a@example.com"
    assert wrap_keys_anew(at=NOW) == 0


def test_without_the_old_one_nothing_is_read_and_nothing_is_changed(changed: Any) -> None:
    changed.CRM_ENCRYPTION_KEY_OLD = ""
    before = list(DataKey.objects.order_by("pk").values_list("wrapped", flat=True))
    with pytest.raises(CannotDecrypt):
        current_key("data")
    with pytest.raises(CommandError, match="neither"):
        call_command("rotate_keys", "--wrapping")
    assert list(DataKey.objects.order_by("pk").values_list("wrapped", flat=True)) == before


def test_the_command_wraps_them(changed: Any, capsys: Any) -> None:
    call_command("rotate_keys", "--wrapping", "--json")
    assert capsys.readouterr().out == '{"wrapped": 3}\n'


def test_a_key_that_is_none_is_refused(settings: Any) -> None:
    settings.CRM_ENCRYPTION_KEY = "short"
    forget_keys()
    with pytest.raises(ImproperlyConfigured, match="CRM_ENCRYPTION_KEY must be 32 bytes"):
        current_key("data")
    forget_keys()


def test_a_new_purpose_gets_its_key_with_the_next_migrate() -> None:
    DataKey.objects.filter(purpose="audit").delete()
    make_data_keys()
    assert DataKey.objects.filter(purpose="audit").count() == 1
