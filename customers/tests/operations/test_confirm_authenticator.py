"""A second step is set up, moved and removed."""

from datetime import timedelta

import pytest
from django.db import connection

from customers.models import Authenticator, RecoveryCode, User
from customers.operations.check_code import WrongCode, check_code
from customers.operations.confirm_authenticator import confirm_authenticator
from customers.operations.offer_authenticator import address_of, offer_authenticator
from customers.operations.remove_authenticator import remove_authenticator
from customers.tests.admin.login.codes import code_of, with_phone
from tests.cast import NOW

LATER = NOW + timedelta(minutes=5)


def test_nothing_counts_before_its_first_code(ann: User) -> None:
    offer_authenticator(user=ann)
    with pytest.raises(WrongCode):
        check_code(user=ann, code=code_of(ann, at=NOW, waiting=True), at=NOW)
    with pytest.raises(WrongCode):
        confirm_authenticator(user=ann, code="000000", at=NOW)
    assert Authenticator.objects.get().confirmed_at is None
    assert not RecoveryCode.objects.exists()


@pytest.mark.parametrize("code", ["", "１２３４５６", "👍🏿", "a" * 9000])
def test_what_is_no_code_is_wrong(ann: User, code: str) -> None:
    offer_authenticator(user=ann)
    with pytest.raises(WrongCode):
        confirm_authenticator(user=ann, code=code, at=NOW)


def test_the_secret_stays_the_same_until_then(ann: User) -> None:
    assert offer_authenticator(user=ann).next_secret == offer_authenticator(user=ann).next_secret


def test_its_first_code_makes_it_count(ann: User) -> None:
    assert len(with_phone(ann, at=NOW)) == 10
    check_code(user=ann, code=code_of(ann, at=LATER), at=LATER)


def test_the_old_phone_works_until_the_new_one_is_confirmed(ann: User) -> None:
    with_phone(ann, at=NOW)
    offer_authenticator(user=ann)
    check_code(user=ann, code=code_of(ann, at=LATER), at=LATER)
    old = Authenticator.objects.get().secret
    confirm_authenticator(user=ann, code=code_of(ann, at=LATER, waiting=True), at=LATER)
    row = Authenticator.objects.get()
    assert row.secret != old
    assert row.next_secret is None


def test_the_secret_is_encrypted_at_rest(ann: User) -> None:
    secret = offer_authenticator(user=ann).next_secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_secret FROM customers_authenticator")
        (stored,) = cursor.fetchone()
    assert secret not in stored
    assert stored.partition(".")[0].isdigit()


def test_the_picture_says_who_and_where(ann: User) -> None:
    address = address_of(offer_authenticator(user=ann))
    assert address.startswith("otpauth://totp/Candid:ann?secret=")
    assert "issuer=Candid" in address


def test_to_remove_it_removes_the_recovery_codes_too(ann: User) -> None:
    with_phone(ann, at=NOW)
    assert remove_authenticator(user=ann)
    assert not remove_authenticator(user=ann)
    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
