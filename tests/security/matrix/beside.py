"""Rows of South that touch North's: the pages about them are where a name of North could slip through."""

import pytest
from django.contrib.auth.models import Permission

from customers.models import Customer, Product, RelationType, Team
from customers.operations.log_interaction import log_interaction
from customers.operations.place_order import NewLine, place_order
from customers.operations.relate_customers import relate_customers
from services.models import Calendar, Queue, Ticket
from services.operations.link_tickets import link_tickets
from services.operations.open_ticket import open_ticket
from tests.cast import NOW
from tests.merging.lives import make_pair
from tests.security.matrix.asking import Viewer, viewer
from tests.security.matrix.rows import Rows


@pytest.fixture
def otto(south: Team) -> Viewer:
    """The outsider, who may do everything but see the rows of other teams."""
    return viewer("otto", south, permissions=Permission.objects.exclude(codename="see_all_teams"))


@pytest.fixture
def beside(rows: Rows, otto: Viewer, south: Team) -> Rows:
    """As `rows`, with South's in their places: a customer related to one of North, a ticket linked to one of North."""
    acme, theirs = Customer.objects.get(pk=rows["customer"]), Ticket.objects.get(pk=rows["ticket"])
    by = otto.user
    mine = Customer.objects.create(kind="organisation", name="Southern", country="GB", team=south, created_at=NOW)
    partner = RelationType.objects.filter(is_with_us=False, from_kind="", to_kind="")[0]
    relate_customers(type=partner, from_customer=acme, to_customer=mine, at=NOW)
    pair = make_pair(acme, mine)
    queue = Queue.objects.create(name="South support", team=south, calendar=Calendar.objects.get(name="Office hours"))
    ticket = open_ticket(customer=mine, subject="South", queue=queue, by=by, at=NOW, body="Help")
    link_tickets(from_ticket=ticket, to_ticket=theirs, kind="related", by=by, at=NOW)
    Ticket.objects.filter(pk=theirs.pk).update(parent=ticket)
    line = NewLine(product=Product.objects.get(pk=rows["product"]), unit_price=10)
    order = place_order(customer=mine, currency="EUR", lines=[line], at=NOW)
    call = log_interaction(customer=mine, kind="call", direction="inbound", subject="y", author=by, at=NOW)
    return {**rows, "customer": mine.pk, "ticket": ticket.pk, "order": order.pk, "interaction": call.pk}
