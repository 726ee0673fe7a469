"""The books of `./bin/crm chaos` find what is missing and what is there twice."""

from typing import Any, cast

import pytest

from services.tests.mail_server import Server, Taken
from services.tests.operations.mails import mail
from tests.faults.chaos.arrivals import Arrivals
from tests.faults.chaos.books import QUEUES, WRITTEN, compare, open_work
from tests.faults.chaos.load import Ledger
from tests.faults.house import House
from tests.listener import Listener, Received


class Answering:
    """A database that answers each query with these rows."""

    def __init__(self, rows: dict[str, list[str]]) -> None:
        self.rows = rows

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return [(row,) for row in self.rows.get(sql, [])]


def house(**rows: list[str]) -> House:
    return cast(House, Answering({WRITTEN[kind]: marks for kind, marks in rows.items()}))


@pytest.fixture
def ledger() -> Ledger:
    one = Ledger()
    one.acknowledged["customer"]["a"] = 7
    one.acknowledged["reply"]["a"] = 9
    return one


@pytest.fixture
def arrivals() -> Arrivals:
    """The answer to a was mailed, and the webhook was told of customer 7."""
    told = b'{"id": "d1", "event": "customer.created", "object": {"id": 7}}'
    listener = Listener(received=[Received("/hook", {}, told)])
    return Arrivals(Server(1, mails=[Taken("", "", mail("Answer a", number=1))]), listener)


def test_what_is_there_once_is_right(ledger: Ledger, arrivals: Arrivals) -> None:
    assert compare(house(customer=["a"], reply=["a"]), ledger, arrivals) == ([], [])


def test_what_was_acknowledged_and_is_not_there_is_lost(ledger: Ledger, arrivals: Arrivals) -> None:
    assert compare(house(customer=["a"]), ledger, arrivals) == (["reply a"], [])


def test_what_is_there_twice_is_doubled_though_nobody_was_told(ledger: Ledger, arrivals: Arrivals) -> None:
    found = compare(house(customer=["a"], reply=["a"], note=["b", "b"]), ledger, arrivals)
    assert found == ([], ["note b"])


def test_effects_that_never_came_are_lost(ledger: Ledger) -> None:
    found = compare(house(customer=["a"], reply=["a"]), ledger, Arrivals(Server(1), Listener()))
    assert found == (["mail of answer a", "webhook of customer 7"], [])


def test_the_same_id_again_is_no_second_effect_and_is_counted(ledger: Ledger, arrivals: Arrivals) -> None:
    arrivals._smtp.mails *= 2
    arrivals._listener.received *= 2
    assert compare(house(customer=["a"], reply=["a"]), ledger, arrivals) == ([], [])
    assert arrivals.repeated == (1, 1)


def test_another_id_for_the_same_is_a_second_effect(ledger: Ledger, arrivals: Arrivals) -> None:
    arrivals._smtp.mails.append(Taken("", "", mail("Answer a", number=2)))
    again = b'{"id": "d2", "event": "customer.created", "object": {"id": 7}}'
    arrivals._listener.received.append(Received("/hook", {}, again))
    _lost, doubled = compare(house(customer=["a"], reply=["a"]), ledger, arrivals)
    assert doubled == ["mail: Answer a", "webhook of customer 7"]


def test_what_is_open_is_named() -> None:
    counts: Any = {sql: [3 if name == "chunks" else 0] for name, sql in QUEUES.items()}
    assert open_work(cast(House, Answering(counts))) == {"chunks": 3}
