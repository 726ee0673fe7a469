"""Failed log-ins are counted, and too many are heard no more."""

from datetime import datetime, timedelta

import pytest

from customers.choices import LockKind
from customers.models import LoginLock, Session, User
from customers.operations.count_attempt import KEPT, PATIENCE, LockedOut, count_attempt
from customers.operations.forget_logins import forget_logins
from customers.operations.forgive_attempt import forgive_attempt
from customers.operations.lift_lock import lift_lock
from tests.cast import NOW
from tests.races import at_once

HERE, THERE = "192.0.2.1", "192.0.2.2"
MOMENT = timedelta(seconds=1)


def fail(name: str, times: int, *, address: str = HERE, at: datetime = NOW) -> None:
    for _ in range(times):
        count_attempt(name=name, address=address, at=at)


def test_the_fifth_failure_locks_a_name_for_half_a_minute_from_everywhere(ann: User) -> None:
    fail("ann", 5)
    with pytest.raises(LockedOut) as refused:
        count_attempt(name="ann", address=THERE, at=NOW + MOMENT)
    assert refused.value.until == NOW + timedelta(seconds=30)
    count_attempt(name="ann", address=THERE, at=NOW + timedelta(seconds=30))


def test_what_is_not_heard_is_not_counted(ann: User) -> None:
    fail("ann", 5)
    with pytest.raises(LockedOut):
        count_attempt(name="ann", address=HERE, at=NOW)
    assert set(LoginLock.objects.values_list("failures", flat=True)) == {5}


def test_the_wait_doubles_up_to_its_longest() -> None:
    waits = [PATIENCE[LockKind.NAME].wait_after(failures).total_seconds() for failures in range(4, 13)]
    assert waits == [0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert PATIENCE[LockKind.CODE].wait_after(10_000) == timedelta(hours=1)


def test_a_name_that_is_nobodys_is_locked_the_same_and_not_kept(ann: User) -> None:
    fail("my password, typed into the wrong field", 5)
    with pytest.raises(LockedOut):
        count_attempt(name="My password, typed into the wrong field", address=THERE, at=NOW)
    kept = LoginLock.objects.get(kind=LockKind.NAME)
    assert kept.user is None
    assert "password" not in kept.key
    assert str(kept) == "unknown user name"


def test_an_address_that_tries_many_names_is_locked(ann: User) -> None:
    for number in range(20):
        count_attempt(name=f"name {number}", address=HERE, at=NOW)
    with pytest.raises(LockedOut):
        count_attempt(name="ann", address=HERE, at=NOW)
    count_attempt(name="ann", address=THERE, at=NOW)


def test_whoever_holds_an_ipv6_network_holds_all_its_addresses(db: None) -> None:
    for number in range(20):
        count_attempt(name=f"name {number}", address=f"2001:db8:1:2::{number:x}", at=NOW)
    with pytest.raises(LockedOut):
        count_attempt(name="other", address="2001:db8:1:2:ffff::1", at=NOW)
    count_attempt(name="other", address="2001:db8:1:3::1", at=NOW)


def test_success_forgives_the_name_and_takes_one_from_the_address(ann: User) -> None:
    fail("ann", 3)
    forgive_attempt(attempt=count_attempt(name="ann", address=HERE, at=NOW))
    failures = dict(LoginLock.objects.values_list("kind", "failures"))
    assert failures == {LockKind.NAME: 0, LockKind.ADDRESS: 3}


def test_a_success_that_would_have_been_one_failure_too_many_locks_nobody(ann: User) -> None:
    fail("ann", 4)
    attempt = count_attempt(name="ann", address=HERE, at=NOW)
    forgive_attempt(attempt=attempt)
    count_attempt(name="ann", address=HERE, at=NOW)
    assert not LoginLock.objects.exclude(locked_until=None).exists()


def test_one_account_does_not_let_its_owner_guess_at_others(ann: User, bob: User) -> None:
    for _ in range(10):
        forgive_attempt(attempt=count_attempt(name="ann", address=HERE, at=NOW))
        fail(f"bob {_}", 2)
    with pytest.raises(LockedOut):
        count_attempt(name="ann", address=HERE, at=NOW)


def test_names_and_second_steps_are_counted_apart(ann: User) -> None:
    fail("ann", 5)
    with pytest.raises(LockedOut):
        count_attempt(name="ann", address=THERE, at=NOW)
    count_attempt(name="ann", address=THERE, at=NOW, kind=LockKind.CODE)


def test_after_a_day_of_peace_counting_begins_anew(ann: User) -> None:
    fail("ann", 4)
    count_attempt(name="ann", address=HERE, at=NOW + KEPT + MOMENT)
    assert LoginLock.objects.get(kind=LockKind.NAME).failures == 1


def test_an_office_behind_one_address_is_not_locked_by_a_slip_now_and_then(ann: User) -> None:
    at = NOW
    for number in range(60):
        at += timedelta(minutes=6)
        count_attempt(name=f"slip {number}", address=HERE, at=at)
        forgive_attempt(attempt=count_attempt(name="ann", address=HERE, at=at + timedelta(minutes=3)))
    assert LoginLock.objects.get(kind=LockKind.ADDRESS).failures <= 2


def test_who_comes_in_makes_no_failure_newer(ann: User) -> None:
    fail("bob", 1)
    forgive_attempt(attempt=count_attempt(name="ann", address=HERE, at=NOW + timedelta(minutes=3)))
    assert LoginLock.objects.get(kind=LockKind.ADDRESS).last_failed_at == NOW


def test_a_lifted_lock_is_gone(ann: User) -> None:
    fail("ann", 5)
    lift_lock(lock=LoginLock.objects.get(kind=LockKind.NAME))
    count_attempt(name="ann", address=HERE, at=NOW)


def test_what_no_longer_counts_is_thrown_away(ann: User) -> None:
    fail("ann", 5)
    Session.objects.create(session_key="over", expire_date=NOW, seen_at=NOW)
    Session.objects.create(session_key="new", expire_date=NOW + KEPT, seen_at=NOW)
    assert forget_logins(at=NOW) == 1
    assert forget_logins(at=NOW + KEPT + MOMENT) == 3
    assert not LoginLock.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_tries_than_one_by_one(ann: User) -> None:
    results = at_once(*[lambda: count_attempt(name="ann", address=HERE, at=NOW) for _ in range(8)])
    heard = [result for result in results if not isinstance(result, Exception)]
    assert len(heard) == 5
    assert {type(result) for result in results if result not in heard} == {LockedOut}
