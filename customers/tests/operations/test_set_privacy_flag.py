"""Restriction, objection to profiling, legal hold."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from customers.choices import PrivacyFlagKind
from customers.models import Customer, PrivacyFlag, Team, User
from customers.models.versioned import StaleVersion
from customers.operations.create_segment import create_segment
from customers.operations.may_contact import may_contact
from customers.operations.merge_customers import merge_customers
from customers.operations.record_consent import record_consent
from customers.operations.set_privacy_flag import FlagRefused, is_flag_set, set_privacy_flag
from customers.operations.why_not_profiled import why_not_profiled
from customers.segments.condition import segment_customers
from customers.tests.operations.merging import twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def restrict(customer: Customer, *, is_set: bool = True) -> PrivacyFlag:
    at = NOW if is_set else LATER
    return set_privacy_flag(
        customer=customer, kind=PrivacyFlagKind.RESTRICTION, is_set=is_set, reason="Disputed", by=None, at=at
    )


def object_to_profiling(customer: Customer) -> PrivacyFlag:
    return set_privacy_flag(
        customer=customer, kind=PrivacyFlagKind.PROFILING, is_set=True, reason="By phone", by=None, at=NOW
    )


def test_it_stands_on_the_customer_and_in_the_history(wang: Customer, bob: User) -> None:
    row = set_privacy_flag(customer=wang, kind="restriction", is_set=True, reason=" Accuracy disputed ", by=bob, at=NOW)
    wang.refresh_from_db()
    assert (wang.restricted_at, wang.is_profiled, wang.version) == (NOW, False, 2)
    assert (row.reason, row.by, row.is_set) == ("Accuracy disputed", bob, True)
    assert wang.activity_version == 2
    assert "GDPR art. 18" in why_not_profiled(customer=wang)


def test_taken_off_it_is_gone_and_the_history_stays(wang: Customer) -> None:
    restrict(wang)
    restrict(wang, is_set=False)
    wang.refresh_from_db()
    assert wang.is_profiled
    assert why_not_profiled(customer=wang) == ""
    assert PrivacyFlag.objects.count() == 2


def test_what_stands_is_not_put_on_twice(wang: Customer) -> None:
    restrict(wang)
    with pytest.raises(FlagRefused, match="stands already"):
        restrict(wang)
    with pytest.raises(FlagRefused, match="any more"):
        set_privacy_flag(customer=wang, kind="hold", is_set=False, reason="x", by=None, at=NOW)


def test_it_needs_a_reason_and_the_version_that_was_read(wang: Customer) -> None:
    with pytest.raises(ValidationError):
        set_privacy_flag(customer=wang, kind="hold", is_set=True, reason=" ", by=None, at=NOW)
    with pytest.raises(StaleVersion):
        set_privacy_flag(customer=wang, kind="hold", is_set=True, reason="x", by=None, at=NOW, expected_version=7)
    assert not PrivacyFlag.objects.exists()


def test_a_hold_leaves_the_score_alone(wang: Customer) -> None:
    set_privacy_flag(customer=wang, kind="hold", is_set=True, reason="Case 7", by=None, at=NOW)
    wang.refresh_from_db()
    assert wang.is_profiled
    assert is_flag_set(customer=wang, kind="hold")


def test_an_older_copy_that_is_saved_does_not_move_it_back(wang: Customer) -> None:
    copy = Customer.objects.get(pk=wang.pk)
    restrict(wang)
    copy.industry = "Pumps"
    copy.save()
    assert Customer.objects.get(pk=wang.pk).restricted_at == NOW


def test_whoever_is_restricted_gets_service_messages_alone(wang: Customer) -> None:
    record_consent(customer=wang, purpose="marketing", is_given=True, at=NOW)
    assert may_contact(customer=wang, purpose="marketing", channel="email", at=NOW)
    restrict(wang)
    wang.refresh_from_db()
    assert not may_contact(customer=wang, purpose="marketing", channel="email", at=NOW)
    assert may_contact(customer=wang, purpose="service", channel="email", at=NOW)


def test_whoever_is_restricted_is_in_no_segment_that_people_use(wang: Customer, acme: Customer, bob: User) -> None:
    named = {"fact": "name", "op": "contains", "value": "芳"}
    segment = create_segment(name="Fang", definition={"groups": [{"conditions": [named]}]}, owner=bob, at=NOW)
    assert list(segment_customers(segment=segment, user=bob, at=NOW)) == [wang]
    restrict(wang)
    assert list(segment_customers(segment=segment, user=bob, at=NOW)) == []
    # a policy of the desk goes on: they are served as well as before
    assert list(segment_customers(segment=segment, user=None, at=NOW)) == [wang]


def test_a_merge_keeps_the_flags_of_either(north: Team) -> None:
    kept, gone = twins(north, kind="person")
    restrict(gone)
    object_to_profiling(kept)
    for row in (kept, gone):
        row.refresh_from_db()
    merge_customers(kept=kept, gone=gone, by=None, at=LATER)
    kept.refresh_from_db()
    assert kept.restricted_at == NOW
    assert kept.profiling_objected_at == NOW
    assert is_flag_set(customer=kept, kind="restriction")
