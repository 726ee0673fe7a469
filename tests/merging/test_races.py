"""Agents answer, customers write and buy, while somebody merges and undoes: nobody fails, nothing lands nowhere."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from customers.models import Customer, Merge, Observation, User
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import merge_customers
from customers.operations.record_activity import CustomerIsMerged
from customers.operations.undo_merge import undo_merge
from services.models import Message, Queue, Ticket
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.reply_to_ticket import reply_to_ticket
from tests.cast import NOW
from tests.merging.conftest import Pair

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
DEADLOCK = 1213  # MariaDB's number for it


def again(verb: Callable[[], Any]) -> Any:
    """Do a verb; once more where MariaDB chose it as the victim of a deadlock. It locks the parents of a new row when
    the row is inserted, so that any two verbs on one customer may meet, with merges or without."""
    for _ in range(50):
        try:
            return verb()
        except OperationalError as error:
            if connection.vendor != "mysql" or error.args[0] != DEADLOCK:
                raise
    raise AssertionError("one deadlock after the other")


def run_together(*jobs: Callable[[], None]) -> None:
    """Each in a thread with a connection of its own, all at once; the first failure is raised."""
    failures: list[BaseException] = []
    start = threading.Barrier(len(jobs))

    def work(job: Callable[[], None]) -> None:
        try:
            start.wait()
            job()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def read(customer: Customer) -> Customer:
    """The customer as a page would hold it."""
    return Customer.objects.get(pk=customer.pk)


def test_the_desk_goes_on_while_its_customers_are_merged_and_parted(firms: Pair, queue: Queue, ann: User) -> None:
    kept, gone = firms
    tickets = [
        open_ticket(customer=firms[n % 2], subject=f"T{n}", queue=queue, by=None, at=NOW, body="Help").pk
        for n in range(6)
    ]
    calls: list[int] = []

    def merge_and_part() -> None:
        for n in range(ROUNDS):
            merge = again(lambda: merge_customers(kept=read(kept), gone=read(gone), by=None, at=NOW))
            if n < ROUNDS - 1:
                again(lambda pk=merge.pk: undo_merge(merge=Merge.objects.get(pk=pk), by=None, at=NOW))  # type: ignore[misc]

    def each_ticket(verb: Callable[..., Any], **given: Any) -> None:
        for pk in tickets:
            again(lambda pk=pk: verb(ticket=Ticket.objects.get(pk=pk), at=NOW, **given))  # type: ignore[misc]

    def answer() -> None:
        for n in range(ROUNDS):
            each_ticket(reply_to_ticket, body=f"Answer {n}", by=ann)

    def write() -> None:
        for n in range(ROUNDS):
            each_ticket(receive_message, body=f"Again {n}", by=None)
            each_ticket(rate_ticket, value=1 + n % 5, by=None)

    def call() -> None:
        said: dict[str, Any] = {"kind": "call", "direction": "inbound", "subject": "x", "author": None, "at": NOW}
        for customer in firms * (2 * ROUNDS):
            held = read(customer)
            try:
                calls.append(again(lambda held=held: log_interaction(customer=held, **said)).pk)  # type: ignore[misc]
            except CustomerIsMerged:
                continue

    run_together(merge_and_part, answer, write, call)

    assert Message.objects.filter(direction="outbound").count() == len(tickets) * ROUNDS
    assert Message.objects.filter(direction="inbound", customer=kept).count() == len(tickets) * (ROUNDS + 1)
    assert kept.interactions.count() == len(calls)
    assert set(Ticket.objects.values_list("customer", flat=True)) == {kept.pk}
    standing = Observation.objects.filter(superseded_version=None)
    assert set(standing.values_list("customer", flat=True)) == {kept.pk}
    about = list(standing.filter(subject_type="ticket", factor=3).values_list("subject_id", flat=True))
    assert sorted(about) == sorted(tickets)  # one fact each: none lost, none twice
