import pytest

from analytics.behaviour.events import NoSuchCell
from analytics.operations.people_behind_value import NobodyBehind, people_behind_value
from analytics.tests.orders import crowd, order, value_everybody
from customers.models import Customer, Team, User
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_behind_every_number_of_the_charts_stand_so_many_customers(north: Team, ann: User, otto: User) -> None:
    people = crowd(north, 300)
    figures = (model := value_everybody()).figures
    seen: list[int] = []
    groups = figures["orders"]["holdout"]["groups"]
    for number, group in enumerate(groups, 1):
        behind = people_behind_value(model=model, cell=f"orders:{number}", user=ann)
        assert len(behind.customers) == behind.all == group["customers"]
        assert people_behind_value(model=model, cell=f"orders:{number}", user=otto).customers.tolist() == []
        seen += behind.customers
    assert len(seen) == len({*seen}) == figures["orders"]["holdout"]["customers"]
    assert sorted(seen) == people_behind_value(model=model, cell="", user=ann).customers.tolist()
    in_tenths: list[int] = []
    for number, tenth in enumerate(figures["churn"]["tenths"], 1):
        behind = people_behind_value(model=model, cell=f"churn:{number}", user=ann)
        assert len(behind.customers) == tenth["count"]
        in_tenths += behind.customers
    assert sorted(in_tenths) == sorted(seen)
    assert {*seen} <= {row.pk for row in people}


def test_whoever_objected_since_is_not_listed(acme: Customer, ann: User) -> None:
    order(acme, 200)
    model = value_everybody()
    assert people_behind_value(model=model, cell="orders:1", user=ann).customers.tolist() == [acme.pk]
    Customer.objects.filter(pk=acme.pk).update(profiling_objected_at=NOW)
    assert people_behind_value(model=model, cell="orders:1", user=ann).all == 0


@pytest.mark.parametrize("cell", ["x", "orders", "orders:", "orders:0", "orders:8", "churn:11", "churn:-1", "values:1"])
def test_a_number_that_no_chart_has_is_refused(ann: User, db: None, cell: str) -> None:
    with pytest.raises(NoSuchCell):
        people_behind_value(model=value_everybody(), cell=cell, user=ann)


def test_where_the_orders_have_gone_since_it_says_so(acme: Customer, ann: User) -> None:
    order(acme, 5)
    with pytest.raises(NobodyBehind):
        people_behind_value(model=value_everybody(), cell="churn:1", user=ann)
