"""What words make of a fact where its order is not at hand."""

from datetime import datetime

import pytest

from analytics.operations.fact_words import describe
from analytics.tests.histories import DAY, promised, promises
from customers.models import Customer, Observation
from customers.operations.observe import NewFact, observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def said(fact: NewFact, as_of: datetime = NOW) -> str:
    observe(facts=[fact], at=NOW)
    return describe(Observation.objects.get(), as_of=as_of)


@pytest.mark.parametrize(
    ("days", "kept", "words"),
    [
        (1, 0, "promised for 2026-06-04"),
        (-1, 0, "not delivered by the promised date"),
        (-1, 1, "delivered as promised"),
    ],
)
def test_an_order_is_told_by_its_promised_date(acme: Customer, days: int, kept: int, words: str) -> None:
    assert said(promised(acme, at=NOW + days * DAY, kept=kept)) == words


def test_a_ticket_tells_how_many_promises_were_kept(acme: Customer) -> None:
    fact = promises(acme, 1, 2)
    assert said(NewFact(acme.pk, fact.factor, fact.measure, 1, 2, NOW, "ticket", 1)) == "1 of 2 promises kept"
