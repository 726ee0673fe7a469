"""Merging two that somebody chose, the log of merges, and the way back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Interaction, Merge, Team, User
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import merge_customers
from customers.operations.undo_merge import undo_merge
from customers.operations.update_customer import update_customer
from customers.tests.admin.conftest import LogIn
from customers.tests.operations.merging import pair_of, twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db

Twins = tuple[Customer, Customer]
LIST = "admin:customers_customer_changelist"


@pytest.fixture
def pair(north: Team) -> Twins:
    """Acme, twice."""
    return twins(north)


def compare(one: Customer, other: Customer) -> str:
    return reverse("admin:customers_merge_compare", args=[one.pk, other.pk])


def tick(client: Client, *customers: Customer) -> Any:
    data = {"action": "merge_two", "_selected_action": [customer.pk for customer in customers]}
    return client.post(reverse(LIST), data)


def told(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_two_that_are_ticked_in_the_list_are_compared(log_in: LogIn, bob: User, pair: Twins, wang: Customer) -> None:
    client = log_in(bob)
    assert tick(client, *pair).url == compare(*pair)
    for wrong in ([pair[0]], [*pair, wang]):
        answer = tick(client, *wrong)
        assert answer.status_code == 302
        assert told(client.get(reverse(LIST))) == ["Tick exactly two customers to merge them."]


def test_agents_are_not_offered_to_merge(log_in: LogIn, ann: User, pair: Twins) -> None:
    assert "merge_two" not in log_in(ann).get(reverse(LIST)).content.decode()
    page = log_in(ann).get(reverse("admin:customers_customer_page", args=[pair[0].pk]))
    assert "Merge with" not in page.content.decode()
    assert log_in(ann).get(reverse("admin:customers_customer_merge", args=[pair[0].pk])).status_code == 403
    assert log_in(ann).post(compare(*pair), {"kept": pair[0].pk}).status_code == 403


def test_a_customer_leads_to_those_who_look_alike(log_in: LogIn, bob: User, pair: Twins, stranger: Customer) -> None:
    one, other = pair
    client, url = log_in(bob), reverse("admin:customers_customer_merge", args=[one.pk])
    assert client.get(url).context["found"] == []
    pair_of(one, other)
    assert client.get(url).context["found"] == [other]
    assert client.get(url, {"q": "acme"}).context["found"] == [other]
    assert client.get(url, {"q": stranger.name}).context["found"] == []
    assert compare(one, other) in client.get(url).content.decode()


def test_two_that_were_chosen_are_merged(log_in: LogIn, bob: User, pair: Twins) -> None:
    one, other = pair
    client = log_in(bob)
    assert client.get(compare(one, other)).status_code == 200
    data = {"kept": other.pk, f"version:{one.pk}": 1, f"version:{other.pk}": 1, "pick:name": one.pk}
    answer = client.post(compare(one, other), data)
    assert answer["Location"] == reverse("admin:customers_customer_page", args=[other.pk])
    assert Customer.objects.living().get().name == one.name
    page = client.get(answer["Location"])
    assert "was merged into" in told(page)[0]
    assert f"Merged from {one.name}" in page.content.decode()


def test_nobody_is_compared_with_themselves_or_with_another_kind(
    log_in: LogIn, bob: User, pair: Twins, wang: Customer, stranger: Customer
) -> None:
    client = log_in(bob)
    assert client.get(compare(pair[0], pair[0])).status_code == 404
    assert client.get(compare(pair[0], stranger)).status_code == 404
    assert client.get(compare(pair[0], wang))["Location"] == reverse(
        "admin:customers_customer_merge", args=[pair[0].pk]
    )


def test_the_log_says_who_merged_whom_when_and_what_moved(log_in: LogIn, bob: User, pair: Twins) -> None:
    kept, gone = pair
    log_interaction(customer=gone, kind="call", direction="inbound", subject="x", author=bob, at=NOW)
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW, choices={"name": "gone"})
    client = log_in(bob)
    assert "took in" in client.get(reverse("admin:customers_merge_changelist")).content.decode()
    page = client.get(reverse("admin:customers_merge_change", args=[merge.pk]))
    assert page.context["columns"] == [("Name", "Acme Pumps", "ACME Pumps Ltd.")]
    assert page.context["moved"] == [("Interactions", 1)]


def test_undoing_asks_first_and_says_what_was_left(log_in: LogIn, bob: User, pair: Twins) -> None:
    kept, gone = pair
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW, choices={"name": "gone"})
    update_customer(customer=kept, changes={"name": "Acme"}, at=NOW)
    client, url = log_in(bob), reverse("admin:customers_merge_undo", args=[merge.pk])
    assert "Undo this merge?" in client.get(url).content.decode()
    assert Customer.objects.living().count() == 1
    answer = client.post(url, follow=True)
    assert told(answer) == [
        "“Acme” and “ACME Pumps Ltd.” are two customers again.",
        "Edited since, and left as it is: Name.",
    ]
    assert Customer.objects.living().count() == 2
    assert told(client.post(url, follow=True)) == ["This merge was undone before."]


def test_a_merge_that_another_one_followed_says_so(log_in: LogIn, bob: User, pair: Twins, north: Team) -> None:
    kept, gone = pair
    top = Customer.objects.create(kind="organisation", name="Acme Group", team=north)
    first = merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    merge_customers(kept=top, gone=kept, by=bob, at=NOW)
    text = log_in(bob).get(reverse("admin:customers_merge_change", args=[first.pk])).content.decode()
    assert "was merged into Acme Group since" in text
    assert "Undo …" not in text


def test_others_see_and_undo_nothing(log_in: LogIn, otto: User, ann: User, bob: User, pair: Twins) -> None:
    kept, gone = pair
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    for name in ("change", "undo"):
        assert log_in(otto).get(reverse(f"admin:customers_merge_{name}", args=[merge.pk])).status_code == 404
    assert log_in(ann).post(reverse("admin:customers_merge_undo", args=[merge.pk])).status_code == 403
    assert Merge.objects.get().undone_at is None


@pytest.mark.parametrize("name", ["page", "change", "history", "why", "timeline", "delete", "merge"])
def test_the_old_page_leads_to_that_of_the_kept_one(log_in: LogIn, root: User, pair: Twins, name: str) -> None:
    kept, gone = pair
    merge = merge_customers(kept=kept, gone=gone, by=root, at=NOW)
    client = log_in(root)
    answer = client.get(reverse(f"admin:customers_customer_{name}", args=[gone.pk]))
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse(f"admin:customers_customer_{name}", args=[kept.pk]),
    )
    assert told(client.get(answer["Location"])) == ["“ACME Pumps Ltd.” was merged into this customer."]
    undo_merge(merge=merge, by=root, at=NOW)
    assert client.get(reverse(f"admin:customers_customer_{name}", args=[gone.pk])).status_code == 200


def test_it_leads_nobody_to_a_customer_out_of_sight(log_in: LogIn, otto: User, bob: User, pair: Twins) -> None:
    kept, gone = pair
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    for name in ("page", "change"):
        assert log_in(otto).get(reverse(f"admin:customers_customer_{name}", args=[gone.pk])).status_code == 404


def test_a_call_that_was_typed_on_the_old_page_is_logged_on_the_kept_one(log_in: LogIn, bob: User, pair: Twins) -> None:
    kept, gone = pair
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    data = {"kind": "call", "direction": "inbound", "subject": "A long story", "body": "", "at": ""}
    log_in(bob).post(reverse("admin:customers_customer_log", args=[gone.pk]), data, follow=True)
    row = Interaction.objects.get()
    assert (row.customer, row.subject) == (kept, "A long story")


def test_a_form_of_the_old_page_saves_nothing_and_says_so(log_in: LogIn, bob: User, pair: Twins) -> None:
    kept, gone = pair
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    client = log_in(bob)
    answer = client.post(reverse("admin:customers_customer_change", args=[gone.pk]), {"name": "x"}, follow=True)
    assert told(answer) == ["“ACME Pumps Ltd.” was merged into this customer. Nothing was saved."]
    assert not Customer.objects.filter(name="x").exists()


def test_a_merged_customer_is_neither_listed_nor_offered(log_in: LogIn, bob: User, pair: Twins) -> None:
    kept, gone = pair
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    client = log_in(bob)
    assert list(client.get(reverse(LIST)).context["cl"].result_list) == [kept]
    found = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "customers", "model_name": "interaction", "field_name": "customer", "term": "acme"},
    ).json()
    assert [row["id"] for row in found["results"]] == [str(kept.pk)]
