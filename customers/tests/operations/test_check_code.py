"""Codes of the second step: each is taken once."""

from datetime import timedelta

import pytest

from customers.models import RecoveryCode, User
from customers.operations.check_code import WrongCode, check_code
from customers.operations.make_recovery_codes import make_recovery_codes
from customers.tests.admin.login.codes import code_of, with_phone
from tests.cast import NOW
from tests.races import at_once

LATER = NOW + timedelta(minutes=5)
STEP = timedelta(seconds=30)


def test_the_code_of_now_is_taken(ann: User) -> None:
    with_phone(ann, at=NOW)
    assert check_code(user=ann, code=code_of(ann, at=LATER), at=LATER) is False


def test_it_is_taken_as_people_type_it(ann: User) -> None:
    with_phone(ann, at=NOW)
    code = code_of(ann, at=LATER)
    check_code(user=ann, code=f" {code[:3]} {code[3:]} ", at=LATER)


def test_it_is_not_taken_twice(ann: User) -> None:
    with_phone(ann, at=NOW)
    code = code_of(ann, at=LATER)
    check_code(user=ann, code=code, at=LATER)
    with pytest.raises(WrongCode):
        check_code(user=ann, code=code, at=LATER + timedelta(seconds=5))


def test_nor_is_an_older_one_after_it(ann: User) -> None:
    with_phone(ann, at=NOW)
    older = code_of(ann, at=LATER - STEP)
    check_code(user=ann, code=code_of(ann, at=LATER), at=LATER)
    with pytest.raises(WrongCode):
        check_code(user=ann, code=older, at=LATER)


def test_the_code_that_set_it_up_opens_nothing(ann: User) -> None:
    with_phone(ann, at=NOW)
    with pytest.raises(WrongCode):
        check_code(user=ann, code=code_of(ann, at=NOW), at=NOW)


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_be_one_step_apart(ann: User, steps: int, is_taken: bool) -> None:
    with_phone(ann, at=NOW)
    code = code_of(ann, at=LATER + steps * STEP)
    if is_taken:
        check_code(user=ann, code=code, at=LATER)
    else:
        with pytest.raises(WrongCode):
            check_code(user=ann, code=code, at=LATER)


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "abc", "éé", "٣٣٣٣٣٣", "0" * 40])
def test_nonsense_is_refused(ann: User, code: str) -> None:
    with_phone(ann, at=NOW)
    with pytest.raises(WrongCode):
        check_code(user=ann, code=code, at=LATER)


def test_nobody_without_a_second_step_passes_it(ann: User) -> None:
    with pytest.raises(WrongCode):
        check_code(user=ann, code="123456", at=NOW)


def test_a_recovery_code_works_once(ann: User) -> None:
    codes = with_phone(ann, at=NOW)
    assert check_code(user=ann, code=codes[0].upper().replace("-", " "), at=LATER) is True
    with pytest.raises(WrongCode):
        check_code(user=ann, code=codes[0], at=LATER)
    assert ann.recovery_codes.filter(used_at=None).count() == len(codes) - 1


def test_a_recovery_code_is_its_owners_alone(ann: User, bob: User) -> None:
    (code, *_others) = make_recovery_codes(user=ann, at=NOW)
    with pytest.raises(WrongCode):
        check_code(user=bob, code=code, at=NOW)


def test_new_recovery_codes_end_the_old_ones_and_none_is_stored(ann: User) -> None:
    (old, *_others) = make_recovery_codes(user=ann, at=NOW)
    new = make_recovery_codes(user=ann, at=NOW)
    with pytest.raises(WrongCode):
        check_code(user=ann, code=old, at=NOW)
    stored = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(set(new)) == len(stored) == 10
    assert not stored & {code.replace("-", "") for code in new}


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_passes(ann: User) -> None:
    codes = with_phone(ann, at=NOW)
    for code in (code_of(ann, at=LATER), codes[0]):
        results = at_once(*[lambda code=code: check_code(user=ann, code=code, at=LATER) for _ in range(2)])
        assert sorted(type(result).__name__ for result in results) == ["WrongCode", "bool"]
