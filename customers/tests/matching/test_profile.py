import pytest

from customers.matching.profile import is_weak_email, is_weak_phone


@pytest.mark.parametrize("address", ["info@acme.example", "office2@acme.example", "n/a", "none", "@", "x@"])
def test_a_mailbox_of_many_or_of_nobody_says_little(address: str) -> None:
    assert is_weak_email(address)


def test_a_mailbox_of_one_says_much() -> None:
    assert not is_weak_email("ana.lima@acme.example")


def test_digits_that_filled_a_form_are_no_number() -> None:
    assert is_weak_phone("0000000") and is_weak_phone("12")
    assert not is_weak_phone("+442079460000")
