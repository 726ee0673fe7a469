from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import ContactPoint, CustomAttribute, Customer, DuplicatePair, IdentifierKey, Team, User
from customers.operations import sweep_duplicates as module
from customers.operations.sweep_duplicates import Sweep, sweep_duplicates
from tests.cast import NOW
from tests.customers import enter

pytestmark = pytest.mark.django_db

PHONE = ("phone", "+44 113 496 0001")
EMAIL = ("email", "ann.lee@example.com")
HOME = ("address", "12 High Street, Leeds LS1 4AB")


def sweep() -> Sweep:
    return sweep_duplicates(at=NOW)


def queued() -> set[tuple[int, int]]:
    return set(DuplicatePair.objects.values_list("first_id", "second_id"))


def test_it_puts_those_who_look_alike_into_the_queue_with_reasons_but_no_values(north: Team, south: Team) -> None:
    ann = enter(north, "Ann Lee", PHONE)
    enter(north, "Tom Berg", PHONE)
    again = enter(south, "LEE, Ann", PHONE, EMAIL)
    figures = sweep()
    row = DuplicatePair.objects.get()
    assert (row.first, row.second, row.found_by, row.state, row.found_at) == (ann, again, "sweep", "open", NOW)
    assert 0.9 < row.score < 1
    assert row.reasons == [
        {"what": "given_name", "similarity": 1.0, "points": 6.0},
        {"what": "family_name", "similarity": 1.0, "points": 8.0},
        {"what": "phone", "similarity": 1.0, "points": 12.0},
    ]
    assert (figures.customers, figures.pairs, figures.new, figures.removed) == (3, 1, 1, 0)


def test_what_is_encrypted_counts(north: Team) -> None:
    street = "Flat 3, 12 High Street, Leeds LS1 4AB"
    one = enter(north, "Ann Lee", HOME)
    other = enter(north, "Ann Lee", ("address", "12 High St., LS1 4AB Leeds"))
    enter(north, "Ann Lee", ("address", "9 Dock Road, Hull HU1 2AA"))
    office = [("email", "info@acme.example"), ("phone", "+44 113 496 0009")]
    enter(north, "Anna Schmidt", *office, ("address", street))
    enter(north, "Anna Müller", *office, ("address", street))
    sweep()
    assert queued() == {(one.pk, other.pk)}


def test_custom_attributes_count_where_staff_said_so(north: Team) -> None:
    for code, use in (("born", "birth_date"), ("vat", "identifier"), ("size", "none")):
        CustomAttribute.objects.create(code=code, name=code, matching=use)
    one = enter(north, "Ann Lee", attributes={"born": "1980-05-03", "size": "4"})
    other = enter(north, "Ann Lee", attributes={"born": "3.5.1980"})
    enter(north, "Ann Lee", attributes={"size": "4"})
    acme = enter(north, "Acme Pumps", kind="organisation", attributes={"vat": "GB 123.456"})
    ajax = enter(north, "Ajax Trading", kind="organisation", attributes={"vat": "gb123456"})
    sweep()
    assert queued() == {(one.pk, other.pk), (acme.pk, ajax.pk)}


def test_the_same_again_changes_nothing(north: Team) -> None:
    enter(north, "Ann Lee", PHONE)
    enter(north, "Ann Lee", PHONE)
    sweep()
    before = DuplicatePair.objects.values().get()
    figures = sweep()
    assert DuplicatePair.objects.values().get() == before
    assert (figures.new, figures.updated, figures.removed) == (0, 0, 0)


def test_a_pair_that_waits_gets_its_likeness_anew(north: Team) -> None:
    ann, again = enter(north, "Ann Lee", PHONE), enter(north, "Ann Lee", PHONE, EMAIL)
    DuplicatePair.objects.create(first=ann, second=again, score=0.5, found_by="import", found_at=NOW)
    figures = sweep()
    row = DuplicatePair.objects.get()
    assert row.score > 0.9 and row.reasons
    assert (row.found_by, figures.new, figures.updated) == ("import", 0, 1)


@pytest.mark.parametrize("state", ["dismissed", "merged"])
def test_what_a_person_decided_stays_decided(north: Team, bob: User, state: str) -> None:
    ann, again = enter(north, "Ann Lee", PHONE), enter(north, "Ann Lee", PHONE)
    DuplicatePair.objects.create(
        first=ann, second=again, score=0.5, state=state, found_by="sweep", found_at=NOW, decided_by=bob, decided_at=NOW
    )
    before = DuplicatePair.objects.values().get()
    assert sweep().decided == 1
    assert DuplicatePair.objects.values().get() == before


def test_open_pairs_of_a_sweep_that_no_longer_hold_go_and_others_stay(north: Team, bob: User) -> None:
    ann, tom, kim = (enter(north, name) for name in ("Ann Lee", "Tom Berg", "Kim Park"))
    again, far = enter(north, "Ann Lee", PHONE), enter(north, "Ann Lee", EMAIL)

    def pair(first: Customer, second: Customer, **columns: Any) -> DuplicatePair:
        return DuplicatePair.objects.create(first=first, second=second, score=0.9, found_at=NOW, **columns)

    pair(ann, tom, found_by="sweep")
    by_hand = pair(ann, kim, found_by="entry")
    dismissed = pair(tom, kim, found_by="sweep", state="dismissed", decided_by=bob, decided_at=NOW)
    pair(again, far, found_by="sweep")
    assert sweep().removed == 2
    assert set(DuplicatePair.objects.all()) == {by_hand, dismissed}


def test_a_pair_whose_group_grew_too_large_to_look_into_stays(north: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, again = enter(north, "Ann Lee", PHONE), enter(north, "Ann Lee", PHONE)
    sweep()
    monkeypatch.setattr(module, "blocking_keys", lambda profile: [])
    assert sweep().removed == 0
    assert queued() == {(ann.pk, again.pk)}


def test_who_was_merged_away_is_not_looked_at(north: Team) -> None:
    ann, again = enter(north, "Ann Lee", PHONE), enter(north, "Ann Lee", PHONE)
    sweep()
    again.merged_into = ann
    again.save()
    figures = sweep()
    assert (figures.customers, figures.removed, queued()) == (1, 1, set())


def test_a_value_that_cannot_be_decrypted_stops_nobody(north: Team, caplog: pytest.LogCaptureFixture) -> None:
    ann = enter(north, "Ann Lee", PHONE, HOME)
    again = enter(north, "Ann Lee", PHONE, ("address", "12 High St, Leeds"))
    spoilt = ann.contact_points.get(kind="address")
    ContactPoint.objects.filter(pk=spoilt.pk).update(blind_index="0" * 32)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_contactpoint SET value = 'spoilt' WHERE id = %s", [_key(spoilt)])
    sweep()
    assert queued() == {(ann.pk, again.pk)}
    assert str(spoilt.pk) in caplog.text


def _key(point: ContactPoint) -> Any:
    return ContactPoint._meta.pk.get_db_prep_value(point.pk, connection)


def test_it_mends_the_keys_by_which_entry_looks_customers_up(north: Team) -> None:
    CustomAttribute.objects.create(code="vat", name="VAT", matching="none")
    ann = enter(north, "Ann Lee", attributes={"vat": "GB123456"})
    key = ann.name_key
    Customer.objects.update(name_key=7)
    sweep()
    ann.refresh_from_db()
    assert (ann.name_key, IdentifierKey.objects.count()) == (key, 0)
    CustomAttribute.objects.update(matching="identifier")
    sweep()
    assert IdentifierKey.objects.get().customer == ann
    CustomAttribute.objects.update(matching="none")
    sweep()
    assert not IdentifierKey.objects.exists()


def test_it_tells_how_far_it_is(north: Team) -> None:
    enter(north, "Ann Lee", PHONE)
    enter(north, "Ann Lee", PHONE)
    told: list[tuple[int, int, str]] = []
    sweep_duplicates(at=NOW, tell=lambda done, total, step: told.append((done, total, step)))
    assert told == [(2, 2, "Reading"), (1, 1, "Comparing")]


def test_its_queries_do_not_grow_with_each_customer(north: Team) -> None:
    def queries(twins: int) -> int:
        Customer.objects.all().delete()
        for number in range(2 * twins):
            enter(north, f"Ann Number{number // 2}", ("phone", f"+44 113 496 {number // 2:04}"))
        with CaptureQueriesContext(connection) as asked:
            sweep()
        assert DuplicatePair.objects.count() == twins
        return len(asked)

    assert queries(3) == queries(30)
