"""Rows of South that touch North's: the pages about them are where a name of North could slip through."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from customers.models import Customer, Erasure, Product, RelationType, Segment, Team, User
from customers.operations.create_segment import create_segment
from customers.operations.log_interaction import log_interaction
from customers.operations.place_order import NewLine, place_order
from customers.operations.relate_customers import relate_customers
from services.models import Calendar, DeskView, Notification, Queue, RatingRequest, SatisfactionRating, Ticket
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
    relation = relate_customers(type=partner, from_customer=acme, to_customer=mine, since=NOW.date(), at=NOW)
    make_pair(acme, mine)
    queue = Queue.objects.create(name="South support", team=south, calendar=Calendar.objects.get(name="Office hours"))
    ticket = open_ticket(customer=mine, subject="South", queue=queue, by=by, at=NOW, body="Help")
    link_tickets(from_ticket=ticket, to_ticket=theirs, kind="related", by=by, at=NOW)
    Ticket.objects.filter(pk=theirs.pk).update(parent=ticket)
    # Of their own customer, but a matter of the other team.
    elsewhere = Queue.objects.get(pk=rows["queue"])
    open_ticket(customer=mine, requester=mine, subject="Leaks", queue=elsewhere, by=by, at=NOW, body="Help")
    line = NewLine(product=Product.objects.get(pk=rows["product"]), unit_price=Decimal(10))
    order = place_order(customer=mine, currency="EUR", lines=[line], at=NOW)
    call = log_interaction(customer=mine, kind="call", direction="inbound", subject="y", author=by, at=NOW)
    second = Customer.objects.create(kind="organisation", name="Southern two", team=south, created_at=NOW)
    make_pair(mine, second)
    DeskView.objects.create(name="South", owner=by)
    # A segment of North's own, in which there are customers of South.
    named = {"groups": [{"conditions": [{"fact": "name", "op": "contains", "value": "southern"}]}]}
    private = create_segment(name="Quagga 2", definition=named, owner=User.objects.get(pk=rows["user"]), at=NOW)
    Segment.objects.filter(pk=private.pk).update(is_shared=False)
    return {
        **rows,
        "customer": mine.pk,
        "second": second.pk,
        "private": private.pk,
        "relation_pk": relation.pk,
        "ticket": ticket.pk,
        "order": order.pk,
        "interaction": call.pk,
    }


def more_of_north(rows: Rows, otto: Viewer) -> None:
    """North goes on working. `otto` is told of a ticket that was theirs once."""
    north = Team.objects.get(pk=rows["team"])
    acme = Customer.objects.get(pk=rows["customer"])
    more = Customer.objects.create(kind="organisation", name="Acme Pumps", country="FR", team=north, created_at=NOW)
    more.tags.add(*acme.tags.all())
    make_pair(acme, more)
    at = timezone.now()
    Erasure.objects.create(customer=more, reason="By letter", asked_at=at, asked_by_id=rows["user"])
    queue = Queue.objects.get(pk=rows["queue"])
    ticket = open_ticket(customer=more, subject="Leaks", queue=queue, by=None, at=at, body="Help")
    southern = Customer.objects.get(name="Southern")
    open_ticket(customer=southern, subject="Leaks", queue=queue, by=None, at=at, body="Help")
    # That something happened to their customer they may know, not what.
    touched = {name: getattr(southern, name) for name in ("last_activity_at", "activity_version")}
    Customer.objects.filter(pk=southern.pk).update(**touched)
    RatingRequest.objects.create(ticket=ticket, customer=more, requested_at=at, expires_at=at)
    SatisfactionRating.objects.create(customer=more, ticket=ticket, value=1, at=at)
    Notification.objects.create(user=otto.user, ticket=ticket, kind="assigned", key="more", at=at)
