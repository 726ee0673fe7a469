"""Tags: their list, in place on a customer's page, and many at once."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Segment, Tag, Team, User
from customers.tests.admin.conftest import LogIn
from customers.tests.segments.asking import all_of, asks
from tests.cast import NOW

pytestmark = pytest.mark.django_db

LIST = "admin:customers_customer_changelist"
TAGS = "admin:customers_tag_changelist"


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


@pytest.fixture
def vip() -> Tag:
    return Tag.objects.create(name="VIP", colour="good")


def tags_of(row: Customer) -> set[str]:
    return {tag.name for tag in row.tags.all()}


def in_place(client: Client, row: Customer, **data: Any) -> Any:
    return client.post(reverse("admin:customers_customer_tags", args=[row.pk]), data)


def test_the_list_counts_the_customers_that_one_sees(
    client: Client, vip: Tag, acme: Customer, wang: Customer, stranger: Customer
) -> None:
    for row in (acme, wang, stranger):
        row.tags.add(vip)
    response = client.get(reverse(TAGS))
    assert [row.customer_count for row in response.context["cl"].result_list] == [2]
    assert f"?tag={vip.pk}" in response.content.decode()


def test_a_name_that_only_case_tells_apart_is_refused(client: Client, vip: Tag) -> None:
    response = client.post(reverse("admin:customers_tag_add"), {"name": "vip", "colour": "grey"})
    assert response.context["adminform"].form.errors == {"name": ["There is a tag of this name already."]}


def test_a_tag_is_put_on_and_taken_off_in_place(client: Client, acme: Customer, vip: Tag) -> None:
    page = reverse("admin:customers_customer_page", args=[acme.pk])
    assert in_place(client, acme, name="vip").url == page
    in_place(client, acme, name="New one")
    assert tags_of(acme) == {"VIP", "New one"}
    assert "New one" in client.get(page).content.decode()
    in_place(client, acme, off=vip.pk)
    assert tags_of(acme) == {"New one"}


def test_with_htmx_the_tags_alone_come_back(client: Client, acme: Customer) -> None:
    address = reverse("admin:customers_customer_tags", args=[acme.pk])
    response = client.post(address, {"name": "New"}, headers={"HX-Request": "true"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "New" in text
    assert "<html" not in text


@pytest.mark.parametrize("name", ["", " ", "x" * 51, "\u0301"])
def test_what_is_no_name_is_told(client: Client, acme: Customer, name: str) -> None:
    address = reverse("admin:customers_customer_tags", args=[acme.pk])
    assert 'role="alert"' in client.post(address, {"name": name}, headers={"HX-Request": "true"}).content.decode()
    assert not Tag.objects.exists()


def test_only_those_who_may_make_tags_make_new_ones(log_in: LogIn, ann: User, acme: Customer, vip: Tag) -> None:
    client = log_in(ann)
    in_place(client, acme, name="New")
    in_place(client, acme, name="VIP")
    assert tags_of(acme) == {"VIP"}
    assert Tag.objects.count() == 1


def test_a_customer_out_of_sight_is_not_tagged(log_in: LogIn, otto: User, acme: Customer, vip: Tag) -> None:
    assert in_place(log_in(otto), acme, name="VIP").status_code == 404
    assert not acme.tags.exists()


def test_names_are_suggested(client: Client, vip: Tag) -> None:
    assert '<option value="VIP">' in client.get(reverse("admin:customers_customer_tag_names")).content.decode()


def bulk(client: Client, action: str, rows: list[Customer], **data: Any) -> Any:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **data}
    return client.post(reverse(LIST), chosen)


def test_many_get_a_tag_from_the_list(client: Client, acme: Customer, wang: Customer, stranger: Customer) -> None:
    rows = [acme, wang, stranger]
    asked = bulk(client, "put_tag_on", rows)
    assert "Of 2 customers." in asked.content.decode()
    assert bulk(client, "put_tag_on", rows, post="yes", name="New").status_code == 302
    assert tags_of(acme) == tags_of(wang) == {"New"}
    assert tags_of(stranger) == set()


def test_many_lose_a_tag_from_the_list(client: Client, acme: Customer, wang: Customer, vip: Tag) -> None:
    for row in (acme, wang):
        row.tags.add(vip)
    bulk(client, "take_tag_off", [acme], post="yes", name="vip")
    assert (tags_of(acme), tags_of(wang)) == (set(), {"VIP"})
    bulk(client, "take_tag_off", [acme, wang], post="yes", name="vip", select_across="1")
    assert tags_of(wang) == set()


def test_everybody_that_the_list_shows_is_meant_across_its_pages(client: Client, north: Team, acme: Customer) -> None:
    for number in range(60):
        Customer.objects.create(name=f"C{number}", country="GB", team=north, created_at=NOW)
    data = {"action": "put_tag_on", "_selected_action": [acme.pk], "select_across": "1", "post": "yes", "name": "New"}
    client.post(reverse(LIST) + "?country=GB&kind__exact=person", data)
    assert Tag.objects.get().customers.count() == 60


def test_a_refused_name_is_asked_for_again(client: Client, acme: Customer) -> None:
    response = bulk(client, "put_tag_on", [acme], post="yes", name="x" * 51)
    assert response.status_code == 200
    assert "at most 50" in response.content.decode()


def test_two_tags_become_one(client: Client, acme: Customer, vip: Tag) -> None:
    other = Tag.objects.create(name="Important")
    acme.tags.add(other)
    Segment.objects.create(name="S", definition=all_of(asks("tag", "is", other.pk)))
    chosen = {"action": "merge", "_selected_action": [vip.pk, other.pk]}
    assert "Important" in client.post(reverse(TAGS), chosen).content.decode()
    client.post(reverse(TAGS), {**chosen, "post": "yes", "kept": vip.pk})
    assert tags_of(acme) == {"VIP"}
    assert list(Tag.objects.all()) == [vip]
    assert Segment.objects.get().definition == all_of(asks("tag", "is", vip.pk))


def test_one_alone_is_not_merged(client: Client, vip: Tag) -> None:
    response = client.post(reverse(TAGS), {"action": "merge", "_selected_action": [vip.pk]}, follow=True)
    assert "Choose 2 to 50 tags." in response.content.decode()


def test_deleting_says_how_many_lose_it_without_listing_them(
    client: Client, north: Team, vip: Tag, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        Customer.objects.create(name=f"C{number}", team=north, created_at=NOW).tags.add(vip)
    Segment.objects.create(name="All VIPs", definition=all_of(asks("tag", "is", vip.pk)))
    address = reverse("admin:customers_tag_delete", args=[vip.pk])
    text = client.get(address).content.decode()
    assert "VIP: taken off 30 customers" in text
    assert "All VIPs" in text
    unused = client.get(reverse("admin:customers_tag_delete", args=[Tag.objects.create(name="Unused").pk]))
    assert text.count("<li") < unused.content.decode().count("<li") + 10
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not Tag.objects.filter(pk=vip.pk).exists()
