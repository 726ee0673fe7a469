"""What happens between a merge and its undoing: it goes with the rows that it belongs to, the rest stays."""

from datetime import timedelta
from decimal import Decimal

import pytest

from customers.models import Observation, Product, User
from customers.operations.deliver_order import deliver_order
from customers.operations.merge_customers import merge_customers
from customers.operations.place_order import NewLine, place_order
from customers.operations.undo_merge import undo_merge
from services.models import Message, Queue, SatisfactionRating, Ticket
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW
from tests.merging.conftest import Pair

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def facts_of(customer_id: int) -> set[tuple[str, int]]:
    standing = Observation.objects.filter(customer=customer_id, superseded_version=None)
    return set(standing.values_list("subject_type", "subject_id"))


def test_a_ticket_takes_along_what_was_said_rated_and_learnt_since(firms: Pair, queue: Queue, ann: User) -> None:
    kept, gone = firms
    theirs = open_ticket(customer=gone, subject="Theirs", queue=queue, by=None, at=NOW, body="Help")
    ours = open_ticket(customer=kept, subject="Ours", queue=queue, by=None, at=NOW, body="Help")
    merge = merge_customers(kept=kept, gone=gone, by=ann, at=NOW)
    theirs.refresh_from_db()
    assert theirs.customer_id == kept.pk
    ratings = {}
    for ticket in (theirs, ours):
        reply_to_ticket(ticket=ticket, body="We come.", by=ann, at=NOW + HOUR)
        receive_message(ticket=ticket, body="Thanks", by=None, at=NOW + 2 * HOUR)
        solve_ticket(ticket=ticket, by=ann, at=NOW + 3 * HOUR)
        rate_ticket(ticket=ticket, value=2, by=None, at=NOW + 4 * HOUR)
        ratings[ticket.pk] = rate_ticket(ticket=ticket, value=4, by=None, at=NOW + 5 * HOUR)
    new = open_ticket(customer=kept, subject="New", queue=queue, by=None, at=NOW + 6 * HOUR, body="Hello")

    undo_merge(merge=merge, by=ann, at=NOW + 7 * HOUR)

    assert set(Ticket.objects.filter(customer=gone)) == {theirs}
    assert set(Ticket.objects.filter(customer=kept)) == {ours, new}
    for owner, ticket in ((gone, theirs), (kept, ours)):
        assert set(Message.objects.filter(ticket=ticket, direction="inbound").values_list("customer", flat=True)) == {
            owner.pk
        }
        assert set(SatisfactionRating.objects.filter(ticket=ticket).values_list("customer", flat=True)) == {owner.pk}
    assert facts_of(gone.pk) == {("ticket", theirs.pk), ("rating", ratings[theirs.pk].pk)}
    assert facts_of(kept.pk) == {("ticket", ours.pk), ("rating", ratings[ours.pk].pk), ("ticket", new.pk)}


def test_an_order_that_arrived_since_counts_for_whose_it_was(firms: Pair, ann: User) -> None:
    kept, gone = firms
    product = Product.objects.create(sku="P", name="Pump", list_price=Decimal(10), currency="EUR")
    line = NewLine(product=product, unit_price=Decimal(9))
    order = place_order(customer=gone, currency="EUR", lines=[line], promised_at=NOW + HOUR, at=NOW)
    merge = merge_customers(kept=kept, gone=gone, by=ann, at=NOW)
    deliver_order(order=order, at=NOW + 2 * HOUR)
    undo_merge(merge=merge, by=ann, at=NOW + 3 * HOUR)
    assert facts_of(kept.pk) == set()
    assert Observation.objects.filter(customer=gone, superseded_version=None).count() == 2  # price and promise


def test_a_ticket_that_counts_for_both_goes_on_counting_for_both(persons: Pair, queue: Queue, ann: User) -> None:
    kept, gone = persons
    ticket = open_ticket(
        customer=kept, requester=gone, subject="For my wife", queue=queue, by=None, at=NOW, body="Help"
    )
    assert facts_of(kept.pk) == facts_of(gone.pk) == {("ticket", ticket.pk)}
    merge = merge_customers(kept=kept, gone=gone, by=ann, at=NOW)
    ticket.refresh_from_db()
    assert (ticket.customer_id, ticket.requester_id) == (kept.pk, kept.pk)
    solve_ticket(ticket=ticket, by=ann, at=NOW + HOUR)
    rating = rate_ticket(ticket=ticket, value=5, by=None, at=NOW + 2 * HOUR)
    undo_merge(merge=merge, by=ann, at=NOW + 3 * HOUR)
    ticket.refresh_from_db()
    assert (ticket.customer_id, ticket.requester_id) == (kept.pk, gone.pk)
    assert facts_of(kept.pk) == facts_of(gone.pk) == {("ticket", ticket.pk), ("rating", rating.pk)}
    assert SatisfactionRating.objects.get().customer_id == kept.pk  # it is the kept one's ticket, too


def test_a_verb_that_read_the_ticket_before_works_on_the_kept_one(firms: Pair, queue: Queue, ann: User) -> None:
    kept, gone = firms
    ticket = open_ticket(customer=gone, subject="Theirs", queue=queue, by=None, at=NOW, body="Help")
    merge_customers(kept=kept, gone=gone, by=ann, at=NOW)
    reply_to_ticket(ticket=ticket, body="We come.", by=ann, at=NOW + HOUR)
    assert facts_of(gone.pk) == set()
    assert facts_of(kept.pk) == {("ticket", ticket.pk)}
