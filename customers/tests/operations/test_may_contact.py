from datetime import timedelta

import pytest

from customers.models import Customer
from customers.operations.may_contact import may_contact
from customers.operations.record_consent import record_consent
from tests.cast import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YES, NO = True, False


def may(customer: Customer, purpose: str = "marketing", channel: str = "email", at: object = NOW) -> bool:
    return may_contact(customer=customer, purpose=purpose, channel=channel, at=at)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ([], NO),
        ([("email", YES)], YES),
        ([("any", YES)], YES),
        ([("phone", YES)], NO),
        ([("email", YES), ("email", NO)], NO),
        ([("email", NO), ("email", YES)], YES),
        ([("email", YES), ("any", NO)], NO),
        ([("any", NO), ("email", YES)], NO),
        ([("any", NO), ("email", YES), ("any", YES)], YES),
        ([("email", NO), ("any", YES)], NO),
        ([("any", YES), ("email", NO)], NO),
        ([("phone", NO), ("any", YES)], YES),
    ],
)
def test_what_was_said_last_of_each_channel_decides(
    acme: Customer, said: list[tuple[str, bool]], allowed: bool
) -> None:
    for number, (channel, given) in enumerate(said):
        record_consent(
            customer=acme,
            purpose="marketing",
            channel=channel,
            is_given=given,
            said_at=NOW - (9 - number) * DAY,
            at=NOW,
        )
    assert may(acme) == allowed


def test_service_is_allowed_until_it_is_forbidden(acme: Customer) -> None:
    assert may(acme, "service")
    record_consent(customer=acme, purpose="service", channel="email", is_given=False, at=NOW)
    assert not may(acme, "service")
    assert may(acme, "service", "phone")


def test_one_purpose_says_nothing_of_another(acme: Customer) -> None:
    record_consent(customer=acme, purpose="survey", is_given=True, at=NOW)
    assert may(acme, "survey")
    assert not may(acme)


def test_another_customer_says_nothing_of_this_one(acme: Customer, wang: Customer) -> None:
    record_consent(customer=wang, purpose="marketing", is_given=True, at=NOW)
    assert not may(acme)


def test_what_is_put_down_late_does_not_undo_what_was_said_since(acme: Customer) -> None:
    record_consent(customer=acme, purpose="marketing", channel="email", is_given=False, at=NOW)
    record_consent(customer=acme, purpose="marketing", channel="email", is_given=True, said_at=NOW - DAY, at=NOW)
    assert not may(acme)


def test_of_one_moment_what_was_put_down_last_holds(acme: Customer) -> None:
    for given in (False, True):
        record_consent(customer=acme, purpose="marketing", channel="email", is_given=given, at=NOW)
    assert may(acme)


def test_it_can_be_asked_of_an_earlier_moment(acme: Customer) -> None:
    record_consent(customer=acme, purpose="marketing", is_given=True, said_at=NOW - 2 * DAY, at=NOW)
    record_consent(customer=acme, purpose="marketing", is_given=False, said_at=NOW, at=NOW)
    assert [may(acme, at=NOW - n * DAY) for n in (0, 1, 2, 3)] == [NO, YES, YES, NO]
