"""Uplift by the hold-out group: rounds that are over, orders that came."""

import pytest

from analytics.models import ActionDecision, ActionRule
from analytics.operations.measure_uplift import measure_uplift
from analytics.tests.actions import offered, rule
from analytics.tests.orders import DAY, order
from customers.models import Customer, Team
from tests.cast import NOW

pytestmark = pytest.mark.django_db

LONG_AGO = NOW - 120 * DAY


def decided(of: ActionRule, team: Team, kind: str, size: int, stayed: int) -> None:
    people = Customer.objects.bulk_create([Customer(name=f"{kind} {n}", team=team) for n in range(size)])
    for n, customer in enumerate(people):
        offered(customer, of, kind=kind, at=LONG_AGO)
        if n < stayed:
            order(customer, 60)
        else:
            order(customer, 200)  # before the decision
            order(customer, 10)  # after the round


def test_the_share_that_was_kept_is_measured_and_the_form_stays_fresh(north: Team) -> None:
    made = rule()
    decided(made, north, "done", 60, 45)
    decided(made, north, "held_out", 60, 30)
    assert measure_uplift(at=NOW) == 1
    after = ActionRule.objects.get()
    assert after.measured["value"] == pytest.approx(0.5)
    assert (after.measured["done_left"], after.measured["held_out_left"]) == (15, 30)
    assert after.measured["low"] < 0.5 < after.measured["high"]
    assert (after.uplift_now, after.version) == (after.measured["value"], made.version)


def test_cancelled_orders_keep_nobody(north: Team) -> None:
    made = rule()
    decided(made, north, "done", 40, 0)
    decided(made, north, "held_out", 40, 0)
    for row in ActionDecision.objects.all():
        order(row.customer, 60, status="cancelled")
    measure_uplift(at=NOW)
    assert ActionRule.objects.get().measured["done_left"] == 40


def test_rounds_that_go_on_and_small_groups_leave_the_estimate(north: Team) -> None:
    made = rule()
    decided(made, north, "done", 60, 45)
    decided(made, north, "held_out", 20, 10)
    assert measure_uplift(at=NOW) == 0
    assert ActionRule.objects.get().uplift_now == 0.1
    assert measure_uplift(at=LONG_AGO + DAY) == 0


def test_an_uplift_that_is_measured_no_more_falls_back_to_the_estimate(north: Team) -> None:
    made = rule()
    ActionRule.objects.update(measured={"value": 0.9})
    measure_uplift(at=NOW)
    assert ActionRule.objects.get(pk=made.pk).measured == {}
