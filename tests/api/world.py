"""One row of everything, all of it North's."""

from decimal import Decimal

import pytest

from analytics.tests.histories import score_everybody
from customers.models import Category, Customer, Product, RelationType, Tag, User
from customers.operations.create_segment import create_segment
from customers.operations.define_attribute import define_attribute
from customers.operations.log_interaction import log_interaction
from customers.operations.place_order import NewLine, place_order
from customers.operations.relate_customers import relate_customers
from services.models import Queue, ServiceType, SLAPolicy
from services.operations.open_ticket import open_ticket
from tests.cast import NOW

World = dict[str, int]


@pytest.fixture
def world(acme: Customer, queue: Queue, ann: User) -> World:
    """Keys by the name that the router gives to a resource."""
    category = Category.objects.create(name="Pumps")
    product = Product.objects.create(sku="P-1", name="Pump", category=category)
    client = RelationType.objects.get(code="client")
    line = NewLine(product=product, unit_price=Decimal(10))
    relation = relate_customers(type=client, from_customer=acme, to_customer=None, at=NOW)
    order = place_order(customer=acme, currency="EUR", lines=[line], at=NOW)
    call = log_interaction(customer=acme, kind="call", direction="inbound", subject="x", author=ann, at=NOW)
    ticket = open_ticket(customer=acme, subject="Leaks", queue=queue, by=ann, at=NOW, body="Help")
    tag = Tag.objects.create(name="VIP")
    acme.tags.add(tag)
    attribute = define_attribute(name="Size", type="number", at=NOW)
    named = {"fact": "name", "op": "contains", "value": "acme"}
    segment = create_segment(name="Acmes", definition={"groups": [{"conditions": [named]}]}, owner=ann, at=NOW)
    score_everybody()
    return {
        "category": category.pk,
        "customattribute": attribute.pk,
        "customer": acme.pk,
        "customerscore": acme.pk,
        "insight": acme.pk,
        "interaction": call.pk,
        "order": order.pk,
        "preferenceprofile": acme.pk,
        "product": product.pk,
        "queue": queue.pk,
        "relation": relation.pk,
        "relationtype": client.pk,
        "segment": segment.pk,
        "servicetype": ServiceType.objects.get(code="repair").pk,
        "slapolicy": SLAPolicy.objects.get(name="Standard").pk,
        "tag": tag.pk,
        "ticket": ticket.pk,
    }
