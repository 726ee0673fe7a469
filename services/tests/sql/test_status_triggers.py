"""The database refuses what the table of transitions has not, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from customers.models import Customer
from services.choices import TicketStatus
from services.models import IrregularStep, Queue, Ticket
from services.operations.take_irregular_steps import take_irregular_steps
from services.sql.status_triggers import ensure_status_triggers
from services.tests.operations.desk import a_ticket
from services.transitions import RESERVED, TRANSITIONS, steps_from


@pytest.fixture
def insert(acme: Customer, queue: Queue) -> Ticket:
    """A ticket to be put in any status: an INSERT is free."""
    return a_ticket(acme, queue)


def in_status(ticket: Ticket, status: str) -> int:
    row = Ticket.objects.get(pk=ticket.pk)
    row.pk, row.number, row.status = None, f"{status}-{Ticket.objects.count()}", status
    row.save(force_insert=True)
    return row.pk


def moved(pk: int, status: str) -> bool:
    try:
        with transaction.atomic():
            Ticket.objects.filter(pk=pk).update(status=status)
    except IntegrityError:
        return False
    return True


def test_every_pair_is_taken_or_refused_as_the_table_says(insert: Ticket) -> None:
    for before in TicketStatus.values:
        for after in TicketStatus.values:
            pk = in_status(insert, before)
            lawful = before == after or after in steps_from(before)
            assert moved(pk, after) == lawful, (before, after)
            assert Ticket.objects.get(pk=pk).status == (after if lawful else before)


def test_the_reserved_steps_are_not_in_the_table_of_all() -> None:
    assert all(not RESERVED[status] & TRANSITIONS[status] for status in RESERVED)


@pytest.mark.parametrize("status", ["", "lost"])
def test_a_status_that_is_none_is_refused(insert: Ticket, status: str) -> None:
    assert not moved(insert.pk, status)
    with pytest.raises(IntegrityError), transaction.atomic():
        in_status(insert, status)


def test_many_at_once_are_refused_for_one(insert: Ticket) -> None:
    keys = [in_status(insert, "solved"), in_status(insert, "closed")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk__in=keys).update(status="new")
    assert {row.status for row in Ticket.objects.filter(pk__in=keys)} == {"solved", "closed"}


def test_a_pass_is_for_one_step_of_one_ticket_and_for_once(insert: Ticket) -> None:
    passed, other = in_status(insert, "closed"), in_status(insert, "closed")
    with take_irregular_steps(steps=[(passed, "closed", "new"), (other, "solved", "open")]):
        assert not moved(passed, "pending")
        assert not moved(other, "new")
        assert moved(passed, "new")
    assert not IrregularStep.objects.exists()
    assert not moved(in_status(insert, "closed"), "new")


@pytest.mark.django_db(transaction=True)
def test_it_is_written_once_and_mended_when_it_is_lost(insert: Ticket) -> None:
    assert not ensure_status_triggers()
    on = " ON services_ticket" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER services_ticket_status_step{on}")
    assert ensure_status_triggers()
    assert not ensure_status_triggers()
    assert not moved(in_status(insert, "closed"), "new")
