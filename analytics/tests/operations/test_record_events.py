from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from analytics.models import Event, EventIdentity, EventSource
from analytics.operations.link_identity import LinkRefused, link_identity
from analytics.operations.match_identities import match_identities
from analytics.operations.new_event import NewEvent
from analytics.operations.record_events import Recorded, record_events
from customers.choices import ConsentPurpose, PrivacyFlagKind
from customers.models import Consent, ContactPoint, Customer, ExternalId, User
from customers.operations.merge_customers import merge_customers
from customers.operations.set_privacy_flag import set_privacy_flag
from tests.cast import NOW

pytestmark = pytest.mark.django_db

AT = NOW - timedelta(days=3)


@pytest.fixture
def source() -> EventSource:
    return EventSource.objects.create(slug="shop", name="Shop")


def event(name: str = "View", key: str = "1", **more: Any) -> NewEvent:
    return NewEvent(key, name, more.pop("at", AT), **more)


def record(source: EventSource, *events: NewEvent, **more: Any) -> Recorded:
    for place, one in enumerate(events):
        one.place = place
    return record_events(source=source, events=events, at=NOW, **more)


def persons() -> list[int | None]:
    return list(Event.objects.order_by("at", "id").values_list("identity__person", flat=True))


def test_the_same_event_again_changes_nothing(source: EventSource) -> None:
    first = record(source, event(user="u"), event(key="2", user="u"))
    again = record(source, event(user="u"), event(key="2", user="u"), event(key="3", user="u"))
    assert (first.created, first.repeated) == (2, 0)
    assert (again.created, again.repeated) == (1, 2)
    assert Event.objects.count() == 3


def test_the_same_event_twice_in_one_batch_is_stored_once(source: EventSource) -> None:
    done = record(source, event(user="u"), event(user="u"))
    assert (done.created, done.repeated) == (1, 1)


def test_ids_of_another_source_are_other_events(source: EventSource) -> None:
    other = EventSource.objects.create(slug="app", name="App")
    record(source, event(user="u"))
    assert record(other, event(user="u")).created == 1


def test_names_that_differ_in_case_are_two_where_the_database_tells_them_apart(source: EventSource) -> None:
    done = record(source, event("View", user="u"), event("view", key="2", user="u"))
    assert done.created == 2
    names = set(Event.objects.values_list("name__name", flat=True))
    assert names == {"View", "view"} or (connection.vendor == "mysql" and len(names) == 1)


def test_what_a_device_did_before_is_of_its_user(source: EventSource) -> None:
    record(source, event(key="1", device="d"))
    assert persons() == [2 * EventIdentity.objects.get().pk + 1]
    record(source, event("Sign up", key="2", at=AT + timedelta(hours=1), device="d", user="u"))
    user = EventIdentity.objects.get(kind="user")
    assert persons() == [2 * user.pk + 1, 2 * user.pk + 1]


def test_a_user_is_the_customer_with_that_external_id_also_backwards(source: EventSource, acme: Customer) -> None:
    ExternalId.objects.create(customer=acme, source="shop", source_id="u")
    record(source, event(key="1", device="d"))
    record(source, event(key="2", device="d", user="u"))
    assert persons() == [2 * acme.pk, 2 * acme.pk]


def test_the_source_says_whose_ids_its_user_ids_are(source: EventSource, acme: Customer) -> None:
    EventSource.objects.update(id_source="crm")
    source.refresh_from_db()
    ExternalId.objects.create(customer=acme, source="crm", source_id="u")
    record(source, event(user="u"))
    assert persons() == [2 * acme.pk]


def test_a_user_is_the_customer_with_that_address(source: EventSource, acme: Customer) -> None:
    ContactPoint.objects.create(customer=acme, kind="email", value="Jo@Acme.example")
    record(source, event(user="u", email="jo@acme.example"))
    assert persons() == [2 * acme.pk]
    assert EventIdentity.objects.get().link == "email"


def test_an_address_of_two_customers_says_nothing(source: EventSource, acme: Customer, wang: Customer) -> None:
    for customer in (acme, wang):
        ContactPoint.objects.create(customer=customer, kind="email", value="info@shared.example")
    record(source, event(user="u", email="info@shared.example"))
    assert EventIdentity.objects.get().customer is None


def test_a_customer_who_comes_later_is_matched(source: EventSource, acme: Customer, wang: Customer) -> None:
    record(source, event(key="1", device="d"), event(key="2", device="d", user="u", email="jo@acme.example"))
    record(source, event(key="3", user="v"))
    ContactPoint.objects.create(customer=acme, kind="email", value="jo@acme.example")
    ExternalId.objects.create(customer=wang, source="shop", source_id="v")
    Customer.objects.update(last_activity_at=NOW)
    assert match_identities(since=NOW - timedelta(days=2)) == 2
    assert sorted(persons(), key=str) == sorted([2 * acme.pk, 2 * acme.pk, 2 * wang.pk], key=str)
    assert match_identities(since=NOW - timedelta(days=2)) == 0


def test_an_address_told_later_is_matched_with_what_was_before(source: EventSource, acme: Customer) -> None:
    ContactPoint.objects.create(customer=acme, kind="email", value="jo@acme.example")
    record(source, event(key="1", user="u"))
    record(source, event(key="2", user="u", email="jo@acme.example"))
    assert persons() == [2 * acme.pk, 2 * acme.pk]


def test_a_device_stays_with_the_first_user_seen_on_it(source: EventSource) -> None:
    record(source, event(key="1", device="d", user="u"))
    record(source, event(key="2", device="d", user="v"), event(key="3", device="d"))
    device = EventIdentity.objects.get(kind="device")
    assert device.owner is not None
    assert device.owner.key == "u"


def test_other_keys_of_a_user_are_that_user(source: EventSource, acme: Customer) -> None:
    ExternalId.objects.create(customer=acme, source="shop", source_id="u")
    record(source, event(key="1", user="old"), event(key="2", device="d", user="old"))
    record(source, event("$identify", key="3", user="u", also=("old",)))
    assert persons() == [2 * acme.pk] * 3


def test_the_customer_of_the_other_key_is_taken_over(source: EventSource, acme: Customer) -> None:
    ExternalId.objects.create(customer=acme, source="shop", source_id="old")
    record(source, event(key="1", user="old"), event(key="2", user="u", device="d"))
    record(source, event("$identify", key="3", user="u", also=("old",)))
    assert persons() == [2 * acme.pk] * 3


def test_who_sends_neither_user_nor_device_is_nobody(source: EventSource) -> None:
    record(source, event(key="1"), event(key="2"))
    assert persons() == [None, None]
    assert EventIdentity.objects.get().kind == "nobody"


@pytest.mark.parametrize(
    ("moment", "word"),
    [(datetime(1999, 12, 31, tzinfo=UTC), "2000"), (NOW + timedelta(days=1, seconds=1), "ahead")],
)
def test_it_refuses_a_time_that_cannot_be(source: EventSource, moment: datetime, word: str) -> None:
    done = record(source, event(user="u", at=moment), event(key="2", user="u"))
    assert done.created == 1
    assert [one.place for one in done.refused] == [0]
    assert word in done.refused[0].reason


def test_it_refuses_too_many_properties_and_keeps_the_rest(source: EventSource) -> None:
    done = record(source, event(user="u", properties={"x": "y" * 40_000}), event(key="2", user="u"))
    assert (done.created, len(done.refused)) == (1, 1)


def test_what_names_a_person_is_not_kept(source: EventSource) -> None:
    given = {
        "plan": "pro", "$email": "a@b.example", "ip": "10.0.0.1", "Phone": "1", "user": {"first_name": "Jo", "age": 3},
        "note": "write to jo.smith@acme.example today", "amount": float("nan"), "half": "\ud800", "nul": "a\0b",
    }  # fmt: skip
    record(source, event(user="u", properties=given))
    assert Event.objects.get().properties == {
        "plan": "pro", "user": {"age": 3}, "note": "write to [e-mail] today", "amount": None, "half": "?", "nul": "ab",
    }  # fmt: skip


def test_the_key_is_encrypted(source: EventSource) -> None:
    record(source, event(user="secret-user"))
    assert "secret" not in str(EventIdentity.objects.values().get())
    assert EventIdentity.objects.get().key == "secret-user"


@pytest.mark.parametrize("kind", [PrivacyFlagKind.PROFILING, PrivacyFlagKind.RESTRICTION])
def test_whoever_objected_or_is_restricted_is_withheld(
    source: EventSource, acme: Customer, bob: User, kind: str
) -> None:
    ExternalId.objects.create(customer=acme, source="shop", source_id="u")
    set_privacy_flag(customer=acme, kind=kind, is_set=True, reason="By letter", by=bob, at=NOW)
    done = record(source, event(user="u", device="d"), event(key="2", device="d"), event(key="3", user="other"))
    assert (done.created, done.withheld) == (1, 2)
    assert record(source, event(key="4", device="d")).withheld == 1


def test_whoever_withdrew_the_consent_to_profiling_is_withheld(source: EventSource, acme: Customer) -> None:
    ExternalId.objects.create(customer=acme, source="shop", source_id="u")
    for is_given, hours in ((True, 2), (False, 1)):
        at = NOW - timedelta(hours=hours)
        Consent.objects.create(
            customer=acme, purpose=ConsentPurpose.PROFILING, is_given=is_given, at=at, recorded_at=at
        )
    assert record(source, event(user="u")).withheld == 1
    Consent.objects.create(customer=acme, purpose="profiling", is_given=True, at=NOW, recorded_at=NOW)
    assert record(source, event(user="u")).created == 1


def test_an_objection_deletes_what_was_stored(source: EventSource, acme: Customer, bob: User) -> None:
    ExternalId.objects.create(customer=acme, source="shop", source_id="u")
    record(source, event(user="u"), event(key="2", user="other"))
    set_privacy_flag(customer=acme, kind="profiling", is_set=True, reason="By letter", by=bob, at=NOW)
    assert Event.objects.count() == 1


def test_linked_to_somebody_who_objected_what_was_stored_is_deleted(
    source: EventSource, acme: Customer, bob: User
) -> None:
    record(source, event(user="u"))
    set_privacy_flag(customer=acme, kind="profiling", is_set=True, reason="By letter", by=bob, at=NOW)
    acme.refresh_from_db()
    link_identity(identity=EventIdentity.objects.get(), customer=acme, at=NOW)
    assert not Event.objects.exists()


def test_staff_link_a_device_with_its_user(source: EventSource, acme: Customer) -> None:
    record(source, event(key="1", device="d"), event(key="2", device="d", user="u"))
    link_identity(identity=EventIdentity.objects.get(kind="device"), customer=acme, at=NOW)
    assert persons() == [2 * acme.pk] * 2


def test_what_staff_unlinked_stays_so(source: EventSource, acme: Customer) -> None:
    ExternalId.objects.create(customer=acme, source="shop", source_id="u")
    record(source, event(key="1", device="d", user="u"))
    user = link_identity(identity=EventIdentity.objects.get(kind="user"), customer=None, at=NOW)
    record(source, event(key="2", device="d", user="u", email="x@y.example"))
    match_identities(since=NOW - timedelta(days=9000))
    assert persons() == [2 * user.pk + 1] * 2
    assert EventIdentity.objects.get(kind="device").customer is None


def test_a_device_that_is_unlinked_leaves_its_user(source: EventSource) -> None:
    record(source, event(key="1", device="d"), event(key="2", device="d", user="u"))
    device = link_identity(identity=EventIdentity.objects.get(kind="device"), customer=None, at=NOW)
    record(source, event(key="3", device="d", user="u"))
    device.refresh_from_db()
    assert device.owner is None
    assert device.person == 2 * device.pk + 1


def test_nobody_is_not_linked(source: EventSource, acme: Customer) -> None:
    record(source, event())
    with pytest.raises(LinkRefused):
        link_identity(identity=EventIdentity.objects.get(), customer=acme, at=NOW)


def test_a_merge_takes_the_behaviour_along(source: EventSource, acme: Customer, wang: Customer) -> None:
    ExternalId.objects.create(customer=wang, source="shop", source_id="u")
    record(source, event(user="u"))
    Customer.objects.update(kind="organisation")
    for customer in (acme, wang):
        customer.refresh_from_db()
    merge_customers(kept=acme, gone=wang, by=None, at=NOW)
    assert persons() == [2 * acme.pk]


def test_events_written_anew_take_the_place_of_what_stood(source: EventSource) -> None:
    record(source, event(user="u", properties={"a": 1}), event(key="2", user="u"))
    done = record(source, event(user="u", properties={"a": 2}), event(key="3", user="u"), replace=True)
    assert (done.created, done.repeated) == (1, 1)
    assert sorted(str(one) for one in Event.objects.values_list("properties", flat=True)) == ["{'a': 2}", "{}", "{}"]


def test_the_key_tells_the_time(source: EventSource) -> None:
    record(source, event(user="u"), event(key="2", user="u", at=AT - timedelta(days=400)))
    keys = list(Event.objects.order_by("id").values_list("pk", flat=True))
    assert [one.at for one in Event.objects.order_by("id")] == [AT - timedelta(days=400), AT]
    assert Event.objects.with_keys(keys).count() == 2
    assert keys[0].version == 7
