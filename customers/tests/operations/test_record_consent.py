from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from customers.models import Consent, Customer, User
from customers.operations.record_consent import record_consent
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_it_puts_down_who_said_what_when_and_where(acme: Customer, ann: User) -> None:
    row = record_consent(
        customer=acme,
        purpose="marketing",
        channel="email",
        is_given=True,
        text_version="newsletter 3",
        source="web form",
        said_at=NOW - timedelta(days=3),
        by=ann,
        at=NOW,
    )
    assert Consent.objects.get() == row
    assert (row.at, row.recorded_at, row.recorded_by) == (NOW - timedelta(days=3), NOW, ann)
    acme.refresh_from_db()
    assert acme.activity_version == 2


def test_nothing_is_overwritten(acme: Customer) -> None:
    for given in (True, False, True):
        record_consent(customer=acme, purpose="survey", is_given=given, at=NOW)
    assert list(Consent.objects.order_by("pk").values_list("is_given", flat=True)) == [True, False, True]
    assert Consent.objects.in_force().get().is_given


def test_what_has_not_been_said_yet_is_refused(acme: Customer) -> None:
    with pytest.raises(ValidationError) as refused:
        record_consent(customer=acme, purpose="survey", is_given=True, said_at=NOW + timedelta(minutes=1), at=NOW)
    assert list(refused.value.message_dict) == ["at"]
    assert not Consent.objects.exists()


@pytest.mark.parametrize("wrong", [{"purpose": "spam"}, {"channel": "pigeon"}, {"source": "x" * 101}])
def test_words_that_it_does_not_know_are_refused(acme: Customer, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        record_consent(customer=acme, **{"purpose": "survey", "is_given": True, "at": NOW, **wrong})  # type: ignore[arg-type]
    assert list(refused.value.message_dict) == list(wrong)
