"""The page about a customer."""

from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Interaction, RelationType, User
from customers.operations.relate_customers import relate_customers
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW


def test_relations_read_from_both_ends(log_in: LogIn, bob: User, acme: Customer, wang: Customer) -> None:
    kind = RelationType.objects.get(code="works-for")
    relate_customers(type=kind, from_customer=wang, to_customer=acme, role="buyer", at=NOW)
    client = log_in(bob)
    at_wang = client.get(reverse("admin:customers_customer_page", args=[wang.pk])).context["relations"]
    at_acme = client.get(reverse("admin:customers_customer_page", args=[acme.pk])).context["relations"]
    assert [(row.verb, row.other) for row in at_wang] == [("works for", acme)]
    assert [(row.verb, row.other) for row in at_acme] == [("employs", wang)]


def test_an_interaction_is_logged_in_place(log_in: LogIn, bob: User, acme: Customer) -> None:
    response = log_in(bob).post(
        reverse("admin:customers_customer_log", args=[acme.pk]),
        {"kind": "call", "direction": "outbound", "subject": "Asked about pumps", "body": "", "at": ""},
    )
    assert response.status_code == 302
    row = Interaction.objects.get()
    assert (row.customer, row.author, row.subject) == (acme, bob, "Asked about pumps")


def test_a_refused_interaction_comes_back_with_what_was_typed(log_in: LogIn, bob: User, acme: Customer) -> None:
    response = log_in(bob).post(
        reverse("admin:customers_customer_log", args=[acme.pk]),
        {"kind": "call", "direction": "outbound", "subject": "", "body": "A long story", "at": ""},
    )
    assert response.status_code == 200
    assert "A long story" in response.content.decode()
    assert not Interaction.objects.exists()


def test_an_outsider_logs_nothing(log_in: LogIn, otto: User, acme: Customer) -> None:
    response = log_in(otto).post(
        reverse("admin:customers_customer_log", args=[acme.pk]),
        {"kind": "call", "direction": "outbound", "subject": "x", "body": "", "at": ""},
    )
    assert response.status_code == 404
    assert not Interaction.objects.exists()


def test_a_name_is_never_markup(log_in: LogIn, bob: User, acme: Customer) -> None:
    Customer.objects.filter(pk=acme.pk).update(name="<script>alert(1)</script>")
    for url in (
        reverse("admin:customers_customer_page", args=[acme.pk]),
        reverse("admin:customers_customer_changelist"),
    ):
        assert "<script>alert(1)" not in log_in(bob).get(url).content.decode()


def test_the_last_activity_of_this_minute_is_just_now(log_in: LogIn, bob: User, acme: Customer) -> None:
    page = reverse("admin:customers_customer_page", args=[acme.pk])
    for at, words in [(timezone.now(), "last activity just now"), (NOW, " ago")]:
        Customer.objects.filter(pk=acme.pk).update(last_activity_at=at)
        text = log_in(bob).get(page).content.decode()
        assert words in text and "0\xa0minutes" not in text
