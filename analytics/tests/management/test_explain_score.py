import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from analytics.choices import RunKind
from analytics.tests.histories import DAY, exclude, populate, price, promises, rating, reply, score_everybody
from customers.models import Customer, Observation, Team, User
from customers.operations.exclude_fact import exclude_fact
from customers.operations.observe import observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db

POINTS = re.compile(r"([+-]\d+\.\d\d)$")


def explain(customer: Customer, **options: object) -> str:
    out = StringIO()
    call_command("explain_score", str(customer.pk), stdout=out, **options)
    return out.getvalue()


def test_the_lines_add_up(north: Team) -> None:
    for customer in populate(north, 15, until=timezone.now()):
        score_everybody(at=timezone.now())
        lines = explain(customer).split("\n\n")[1].splitlines()
        factors = [line for line in lines if not line.startswith(" ")][1:-1]
        evidence = [line for line in lines if line.startswith(" ")]
        total = float(lines[-1].split()[-1])
        assert 50 + sum(float(line.split()[-1]) for line in factors) == pytest.approx(total, abs=0.03)
        assert 50 + sum(float(line.split()[-1]) for line in evidence) == pytest.approx(
            total, abs=0.005 * (len(evidence) + 1) + 0.001
        )


def test_it_names_the_evidence(acme: Customer) -> None:
    facts = [rating(acme, 4), promises(acme, 1, 2), reply(acme, 5400, 3600), price(acme, 8, 10)]
    observe(facts=facts, at=NOW)
    score_everybody(at=NOW)
    text = explain(acme)
    assert "Rating 1, 2026-06-02 10:00: CSAT rating, 1 to 5: 4" in text
    assert "reply after 1.5 h, target 1.0 h" in text
    assert "Price paid: 8 / 10" in text
    assert "low evidence" in text


def test_it_shows_both_numbers_after_a_correction(acme: Customer) -> None:
    observe(facts=[rating(acme, 1)], at=NOW)
    score_everybody(at=NOW)
    exclude(Observation.objects.get(), at=NOW)
    text = explain(acme)
    assert "with what is known now 50.0000" in text
    assert "left out: Rating 1" in text


def test_it_shows_what_moved(acme: Customer) -> None:
    score_everybody(at=NOW - 40 * DAY)
    observe(facts=[rating(acme, 1)], at=NOW)
    score_everybody(at=NOW)
    assert "What moved it since 2026-04-24" in explain(acme)


def test_json_is_the_explanation(acme: Customer) -> None:
    score_everybody(at=NOW)
    shown = json.loads(explain(acme, json=True))
    assert (shown["customer"], shown["score"], shown["low_evidence"]) == (acme.pk, 50.0, True)


def test_a_date_is_the_end_of_that_day(acme: Customer) -> None:
    observe(facts=[rating(acme, 1)], at=NOW)
    assert json.loads(explain(acme, json=True, as_of="2026-06-01"))["score"] == 50.0
    assert json.loads(explain(acme, json=True, as_of="2026-06-02"))["score"] < 50.0


def test_what_does_not_exist_is_refused(acme: Customer) -> None:
    with pytest.raises(CommandError, match="no customer 0"):
        call_command("explain_score", "0")
    with pytest.raises(CommandError, match="not soon"):
        explain(acme, as_of="soon")


def test_it_says_what_was_left_out_by_whom_and_why(acme: Customer, ann: User) -> None:
    (row,) = observe(facts=[rating(acme, 1)], at=NOW)
    exclude_fact(observation=row, reason="wrong ticket", by=ann, at=NOW, until=NOW + DAY)
    score_everybody(at=NOW)
    text = explain(acme, as_of=NOW.isoformat())
    assert "Left out of the score:\n    Quality, Rating 1, 2026-06-02 10:00: CSAT rating, 1 to 5: 1" in text
    assert "wrong ticket (ann, until 2026-06-04 10:00)" in text


def test_it_is_never_said_to_stand_above_all(north: Team, acme: Customer) -> None:
    Customer.objects.create(name="Nobody knows", team=north)
    observe(facts=[rating(acme, 5)], at=NOW)
    score_everybody(at=NOW, kind=RunKind.NIGHTLY)
    assert "higher than 99 % of customers" in explain(acme)
