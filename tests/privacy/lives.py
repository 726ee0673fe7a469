"""A person with a life in every room: reached, related, bought, asked, rated, merged, imported, scored."""

from decimal import Decimal

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from analytics.operations.state_preference import state_preference
from analytics.tests.histories import rating, score_everybody
from customers.models import Category, Customer, ExternalId, ImportRow, ImportStep, Product, RelationType, Tag, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.deliver_order import deliver_order
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import merge_customers
from customers.operations.observe import observe
from customers.operations.place_order import NewLine, place_order
from customers.operations.record_consent import record_consent
from customers.operations.relate_customers import relate_customers
from services.choices import MessageKind
from services.models import Queue, Ticket
from services.operations.add_note import add_note
from services.operations.attach_file import attach_file
from services.operations.finish_draft import finish_draft
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW
from tests.imports import new_batch

EMAIL, PHONE, NAME = "zhang.wei@mail.example.cn", "+86 138 0013 8000", "Zhang Wei"
WORDS = ("zhang", "Zhang", "张伟", "13800138000", "mail.example.cn", "Renmin", "birthday")


def lead_a_life(person: Customer, employer: Customer, queue: Queue, by: User) -> Ticket:
    """Give a person a history; returns their solved ticket."""
    person.name, person.given_name, person.family_name = NAME, "Wei", "Zhang"
    person.attributes, person.industry = {"hobby": "birthday on 3 March"}, "Pumps"
    person.save()
    person.tags.add(Tag.objects.create(name="VIP"))
    for kind, value in (("email", EMAIL), ("phone", PHONE), ("address", "1 Renmin Road\nShanghai")):
        add_contact_point(customer=person, kind=kind, value=value, at=NOW)
    twin = Customer.objects.create(kind="person", name="张伟 (old)", team=person.team, created_at=NOW)
    add_contact_point(customer=twin, kind="email", value="old.zhang@mail.example.cn", at=NOW)
    merge_customers(kept=person, gone=twin, by=by, at=NOW)
    ExternalId.objects.create(customer=person, source="old-crm", source_id="C-77")
    batch = new_batch(person.team)
    type(batch).objects.filter(pk=batch.pk).update(source="old-crm")
    ImportRow.objects.create(
        batch=batch, kind="customers", file="a.csv", line=2, outcome="created", source_id="C-77", label=NAME
    )
    ImportStep.objects.create(
        batch=batch,
        model="customers.Customer",
        changed={str(person.pk): {"version": 1, "before": {"name": "Zhang"}}, "999999": {"version": 1, "before": {}}},
    )
    works = RelationType.objects.get(code="works-for")
    relate_customers(type=works, from_customer=person, to_customer=employer, at=NOW, note="Zhang is the buyer")
    record_consent(customer=person, purpose="marketing", is_given=True, source="Zhang on the phone", at=NOW)
    log_interaction(customer=person, kind="call", direction="inbound", subject="Zhang calls", author=by, at=NOW)
    log_interaction(customer=employer, kind="note", direction="inbound", subject=f"Ask {EMAIL}", author=by, at=NOW)
    pump = Product.objects.create(sku="P-1", name="Pump", category=Category.objects.create(name="Pumps"))
    state_preference(customer=person, category=pump.category, liking=1, by=by, at=NOW)
    line = NewLine(product=pump, unit_price=Decimal("12.50"), quantity=Decimal(4))
    order = place_order(customer=person, currency="EUR", lines=[line], at=NOW)
    deliver_order(order=order, at=NOW)
    ticket = open_ticket(customer=person, subject="Zhang has a leak", queue=queue, by=by, at=NOW, body=f"I am {NAME}")
    note = add_note(ticket=ticket, body=f"Call 138 0013 8000, he is {NAME}", by=by, at=NOW)
    file = attach_file(ticket=ticket, kind=MessageKind.NOTE, name="zhang.txt", chunks=[b"leak"], by=by, at=NOW)
    finish_draft(message=note, by=by, files=[file.key])
    solve_ticket(ticket=ticket, by=by, at=NOW)
    rate_ticket(ticket=ticket, value=2, comment="Signed, Zhang", by=by, at=NOW)
    observe(facts=[rating(person, 2, subject=77)], at=NOW)
    LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(Customer),
        object_id=str(person.pk),
        object_repr=NAME,
        action_flag=CHANGE,
        change_message=f"Changed {NAME}",
    )
    score_everybody()
    person.refresh_from_db()
    return ticket
