"""Who is told of what, in the transaction in which it happens."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.choices import CustomerKind
from customers.models import Customer, Team, User, Webhook, WebhookDelivery
from customers.operations.create_customer import create_customer
from customers.operations.emit import HEARD, emit, emit_many, is_heard
from customers.operations.erase_person import erase_person
from customers.operations.merge_customers import merge_customers
from customers.operations.records import ContactRecord
from customers.operations.undo_merge import undo_merge
from customers.operations.update_customer import update_customer
from customers.operations.write_webhook import write_webhook
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db

ALL = ["customer.created", "customer.updated", "customer.merged", "customer.erased"]


def listen(by: User, *events: str, team: Team | None = None, **more: Any) -> Webhook:
    changes = {"name": "x", "url": "https://example.com/", "events": list(events or ALL), "team": team, **more}
    webhook, _secret = write_webhook(webhook=Webhook(), changes=changes, by=by, at=NOW)
    return webhook


def told(hook: Webhook) -> list[tuple[str, int | None]]:
    return list(hook.deliveries.order_by("pk").values_list("event", "object_id"))


def test_every_step_of_a_customers_life_is_told(root: User, north: Team) -> None:
    hook = listen(root)
    first = create_customer(name="Li Na", team=north, at=NOW)
    second = create_customer(name="Li Na", team=north, at=NOW)
    update_customer(customer=first, changes={"name": "Li"}, at=NOW)
    merge = merge_customers(kept=first, gone=second, by=root, at=NOW)
    undo_merge(merge=merge, by=root, at=NOW)
    erase_person(customer=Customer.objects.get(pk=second.pk), at=NOW)
    assert told(hook) == [
        ("customer.created", first.pk),
        ("customer.created", second.pk),
        ("customer.updated", first.pk),
        ("customer.merged", first.pk),
        ("customer.updated", first.pk),
        ("customer.updated", second.pk),
        ("customer.erased", second.pk),
    ]
    merged = hook.deliveries.get(event="customer.merged")
    assert merged.data == {"kind": "person", "team": north.pk, "version": 3, "merged": second.pk}
    assert (merged.lane, merged.path) == (f"customer:{first.pk}", f"customers/{first.pk}/")


def test_nothing_that_says_who_it_is_leaves(root: User, north: Team) -> None:
    hook = listen(root)
    point = ContactRecord(kind="email", value="wang@canary.example")
    create_customer(name="Wang Canary", team=north, at=NOW, contact_points=[point], kind=CustomerKind.PERSON)
    row = WebhookDelivery.objects.values().get(webhook=hook)
    assert "anary" not in str(row)


def test_what_was_not_chosen_or_is_off_is_not_told(root: User, north: Team) -> None:
    only_merges, off = listen(root, "customer.merged"), listen(root, is_active=False)
    create_customer(name="A", team=north, at=NOW)
    assert told(only_merges) == told(off) == []


def test_a_rolled_back_verb_tells_nothing(root: User, north: Team) -> None:
    hook = listen(root)
    with transaction.atomic():
        create_customer(name="A", team=north, at=NOW)
        transaction.set_rollback(True)
    assert told(hook) == []


def test_only_what_the_owner_and_the_team_may_see_is_told(root: User, bob: User, north: Team, south: Team) -> None:
    of_all, of_south, of_bob = listen(root), listen(root, team=south), listen(bob)
    other = listen(bob, team=south)  # a team that its owner is not in
    ours, theirs = (create_customer(name="A", team=team, at=NOW) for team in (north, south))
    assert told(of_all) == [("customer.created", ours.pk), ("customer.created", theirs.pk)]
    assert told(of_south) == [("customer.created", theirs.pk)]
    assert told(of_bob) == [("customer.created", ours.pk)]
    assert told(other) == []


def test_an_owner_who_has_left_hears_nothing(north: Team) -> None:
    gone = make_user("gone", north, role="Administrator")
    hook = listen(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    create_customer(name="A", team=north, at=NOW)
    assert told(hook) == []


def test_it_costs_no_query_while_nobody_listens(acme: Customer) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert emit(event="customer.updated", subject=acme, at=NOW) == 0
    assert len(asked) == 0


def test_a_process_asks_once_and_a_new_webhook_is_heard_at_once(acme: Customer, root: User) -> None:
    cache.delete(HEARD)
    with CaptureQueriesContext(connection) as asked:
        assert not is_heard("customer.updated") and not is_heard("customer.merged")
    assert len(asked) == 1
    hook = listen(root, "customer.updated")
    assert is_heard("customer.updated") and not is_heard("customer.merged")
    assert emit(event="customer.updated", subject=acme, at=NOW) == 1
    write_webhook(webhook=hook, changes={"is_active": False}, by=root, at=NOW)
    assert not is_heard("customer.updated")


def test_many_rows_cost_as_many_queries_as_one(root: User, north: Team) -> None:
    hook = listen(root, "customer.updated")
    rows = Customer.objects.bulk_create([Customer(name=str(n), team=north) for n in range(30)])
    assert is_heard("customer.updated")  # asked and remembered
    counts = []
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as asked:
            emit_many(event="customer.updated", model=Customer, news={r.pk: (r.pk, {}) for r in some}, at=NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1] and hook.deliveries.count() == 31


def test_an_event_that_nobody_registered_is_a_mistake(acme: Customer) -> None:
    with pytest.raises(KeyError):
        emit(event="customer.sneezed", subject=acme, at=NOW)
