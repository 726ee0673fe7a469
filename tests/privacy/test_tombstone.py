"""Nothing is put down about a person who was erased: by no verb, on no page, by no program, in no import."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.operations.state_preference import state_preference
from customers.models import Category, Customer, Interaction, Order, Product, RelationType, Tag, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.approve_erasure import approve_erasure
from customers.operations.ask_for_erasure import ask_for_erasure
from customers.operations.import_customers import import_customers
from customers.operations.log_interaction import log_interaction
from customers.operations.own_ids import OWN, own_id
from customers.operations.place_order import NewLine, place_order
from customers.operations.price_orders import price_orders
from customers.operations.record_activity import CustomerIsErased
from customers.operations.record_consent import record_consent
from customers.operations.records import CustomerRecord
from customers.operations.relate_customers import relate_customers
from customers.operations.remove_row import remove_row
from customers.operations.source import Source
from customers.operations.tag_customers import tag_customers
from services.choices import MessageKind, TicketStatus
from services.models import Draft, Queue, Ticket
from services.operations.add_note import add_note
from services.operations.add_time import add_time
from services.operations.attach_file import attach_file
from services.operations.close_solved_tickets import close_solved_tickets
from services.operations.open_ticket import open_ticket
from services.operations.receive_message import receive_message
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.save_draft import save_draft
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW, make_user
from tests.client import as_user, url

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
SAID = "was erased on"


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def solved(wang: Customer, queue: Queue, ann: User) -> Ticket:
    """A solved ticket of Wang's."""
    ticket = open_ticket(customer=wang, subject="Leaks", queue=queue, by=ann, at=NOW, body="Help")
    return solve_ticket(ticket=ticket, by=ann, at=NOW)


@pytest.fixture
def gone(solved: Ticket, wang: Customer, bob: User, root: User) -> Customer:
    """Wang, erased."""
    approve_erasure(erasure=ask_for_erasure(customer=wang, reason="By letter", by=bob, at=NOW), by=root, at=NOW)
    wang.refresh_from_db()
    solved.refresh_from_db()
    return wang


@pytest.fixture
def product(db: None) -> Product:
    return Product.objects.create(sku="P", name="Pump", list_price=Decimal(3), currency="EUR")


Verb = Callable[[Any, Any], object]

OF_CUSTOMERS: dict[str, Verb] = {
    "contact point": lambda c, g: add_contact_point(customer=c, kind="email", value="a@example.com", at=LATER),
    "interaction": lambda c, g: log_interaction(
        customer=c, kind="note", direction="inbound", subject="x", author=None, at=LATER
    ),
    "consent": lambda c, g: record_consent(customer=c, purpose="service", is_given=True, at=LATER),
    "tag": lambda c, g: tag_customers(customer_ids=[c.pk], tags=[Tag.objects.create(name="VIP")], at=LATER),
    "relation": lambda c, g: relate_customers(
        type=RelationType.objects.get(code="works-for"), from_customer=c, to_customer=g("acme"), at=LATER
    ),
    "relation to them": lambda c, g: relate_customers(
        type=RelationType.objects.get(code="employs")
        if RelationType.objects.filter(code="employs").exists()
        else RelationType.objects.get(code="works-for"),
        from_customer=Customer.objects.create(kind="person", name="Other", team=c.team),
        to_customer=c,
        at=LATER,
    ),
    "order": lambda c, g: place_order(customer=c, currency="EUR", lines=[NewLine(g("product"), Decimal(2))], at=LATER),
    "ticket": lambda c, g: open_ticket(customer=c, subject="x", queue=g("queue"), by=None, at=LATER),
    "ticket by them": lambda c, g: open_ticket(
        customer=g("acme"), requester=c, subject="x", queue=g("queue"), by=None, at=LATER
    ),
    "preference": lambda c, g: state_preference(
        customer=c, category=Category.objects.create(name="Pumps"), liking=1, by=None, at=LATER
    ),
}
OF_TICKETS: dict[str, Verb] = {
    "note": lambda t, g: add_note(ticket=t, body="x", by=g("ann"), at=LATER),
    "reply": lambda t, g: reply_to_ticket(ticket=t, body="x", by=g("ann"), at=LATER),
    "message": lambda t, g: receive_message(ticket=t, body="x", by=None, at=LATER),
    "reopen": lambda t, g: reopen_ticket(ticket=t, by=g("ann"), at=LATER),
    "time": lambda t, g: add_time(ticket=t, minutes=5, by=g("ann"), at=LATER),
    "draft": lambda t, g: save_draft(ticket=t, user=g("ann"), kind=MessageKind.NOTE, body="x", at=LATER),
    "file": lambda t, g: attach_file(
        ticket=t, kind=MessageKind.NOTE, name="a.txt", chunks=[b"x"], by=g("ann"), at=LATER
    ),
}


@pytest.mark.parametrize("name", OF_CUSTOMERS)
def test_no_verb_puts_anything_down(name: str, gone: Customer, request: pytest.FixtureRequest) -> None:
    for other in ("acme", "queue", "product"):
        request.getfixturevalue(other)
    with pytest.raises(CustomerIsErased, match=SAID):
        OF_CUSTOMERS[name](gone, request.getfixturevalue)
    version = gone.activity_version
    gone.refresh_from_db()
    assert gone.activity_version == version


@pytest.mark.parametrize("name", OF_TICKETS)
def test_nor_on_their_tickets(name: str, gone: Customer, solved: Ticket, request: pytest.FixtureRequest) -> None:
    events = solved.events.count()
    with pytest.raises(CustomerIsErased, match=SAID):
        OF_TICKETS[name](solved, request.getfixturevalue)
    assert (solved.events.count(), Draft.objects.count()) == (events, 0)


def test_what_ends_or_takes_away_still_happens(gone: Customer, solved: Ticket, product: Product) -> None:
    Order.objects.create(number="O-1", customer=gone, currency="EUR", ordered_at=NOW, status="delivered")
    price_orders(at=LATER)
    assert close_solved_tickets(at=NOW + timedelta(days=400)) == 1
    solved.refresh_from_db()
    assert solved.status == TicketStatus.CLOSED
    remove_row(row=Order.objects.get(), at=LATER)


def test_programs_are_told(gone: Customer, solved: Ticket, root: User, product: Product, queue: Queue) -> None:
    client = as_user(root)
    line = {"product": product.pk, "quantity": "1", "unit_price": "2.00"}
    asked = {
        "interactions": {"customer": gone.pk, "kind": "call", "subject": "x"},
        "orders": {"customer": gone.pk, "currency": "EUR", "lines": [line]},
        "tickets": {"customer": gone.pk, "subject": "x", "queue": queue.pk},
        "relations": {"type": "prospect", "from_customer": gone.pk},
        f"customers/{gone.pk}/consents": {"purpose": "service", "channel": "email", "is_given": True},
        f"tickets/{solved.pk}/note": {"body": "x"},
        f"tickets/{solved.pk}/reply": {"body": "x"},
    }
    for path, body in asked.items():
        answer = client.post(url(f"{path}/"), body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, "customer_is_erased"), path
        assert SAID in answer.json()["detail"]
    etag = client.get(url(f"customers/{gone.pk}/"))["ETag"]
    answer = client.patch(url(f"customers/{gone.pk}/"), {"name": "Back"}, format="json", HTTP_IF_MATCH=etag)
    assert answer.status_code == 400 and "erased" in answer.content.decode()


@pytest.fixture
def client(root: User) -> Client:
    client = Client()
    client.force_login(root)
    return client


def test_the_form_of_an_interaction_keeps_what_was_typed(client: Client, gone: Customer) -> None:
    typed = {"customer": gone.pk, "kind": "note", "direction": "inbound", "subject": "Typed here"}
    answer = client.post(reverse("admin:customers_interaction_add"), typed)
    text = answer.content.decode()
    assert answer.status_code == 200 and SAID in text and "Typed here" in text
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("page", ["customers_customer_log", "customers_customer_consent"])
def test_the_little_forms_of_the_page_say_it(client: Client, gone: Customer, page: str) -> None:
    typed = {
        "kind": "note", "direction": "inbound", "subject": "x",
        "is_given": "yes", "purpose": "service", "channel": "email",
    }  # fmt: skip
    answer = client.post(reverse(f"admin:{page}", args=[gone.pk]), typed, follow=True)
    assert answer.redirect_chain == [(reverse("admin:customers_customer_page", args=[gone.pk]), 302)]
    assert SAID in answer.content.decode() and "Nothing was saved." in answer.content.decode()
    assert not Interaction.objects.exists()


def test_the_desk_offers_no_box_and_refuses_in_place(gone: Customer, solved: Ticket) -> None:
    client = Client()
    client.force_login(make_user("desk", gone.team, role="Agent"))
    page = client.get(reverse("admin:desk"), {"ticket": solved.pk}).content.decode()
    assert SAID in page and 'name="body"' not in page
    headers: Any = {"HTTP_X_DESK": "1"}
    answer = client.post(reverse("admin:desk_note", args=[solved.pk]), {"body": "x"}, **headers)
    assert answer.status_code in (409, 422) and SAID in answer.content.decode()
    answer = client.post(reverse("admin:desk_draft", args=[solved.pk]), {"kind": "note", "body": "x"}, **headers)
    assert answer.status_code == 409 and SAID in answer.json()["said"]


def test_many_are_tagged_without_them(client: Client, gone: Customer, acme: Customer) -> None:
    chosen = {"action": "put_tag_on", "_selected_action": [gone.pk, acme.pk], "post": "yes", "name": "VIP"}
    answer = client.post(reverse("admin:customers_customer_changelist"), chosen, follow=True)
    assert "1 was erased and left out." in answer.content.decode()
    assert list(Customer.objects.filter(tags__name="VIP")) == [acme]


@pytest.mark.parametrize("rehearsal", [True, False])
def test_an_old_export_of_a_list_does_not_bring_them_back(gone: Customer, north: Team, rehearsal: bool) -> None:
    record = CustomerRecord(source_id=own_id(str(gone.pk), gone.created_at), name="王芳", kind="person")
    told: list[Any] = []
    counts = import_customers(
        records=[record], source=Source(OWN, rehearsal=rehearsal), team=north, at=LATER,
        report=lambda *row: told.append(row),
    )  # fmt: skip
    assert (counts.refused, counts.created, counts.updated) == (1, 0, 0)
    assert SAID in told[0][-1]
    gone.refresh_from_db()
    assert gone.name == f"[erased] #{gone.pk}"
