"""What an analyst's pages would tell of rows out of sight, one door after the other."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from analytics.admin.behaviour_form import Builder
from analytics.admin.behaviour_state import state_from
from analytics.models import EventName, Forecast
from analytics.operations.people_behind import people_behind
from analytics.operations.people_behind_value import people_behind_value
from analytics.operations.report_definition import DefinitionInvalid, read_report
from analytics.operations.run_report import ReportFailed, run_report
from analytics.sql.value_grid import value_grid
from analytics.tests.actions import valued
from analytics.tests.admin.conftest import LogIn, log_in
from analytics.tests.behaviour.events import make_events, make_identity
from analytics.tests.behaviour.oracle import Happened
from analytics.tests.demand_shop import forecast_of
from analytics.tests.orders import order, value_everybody
from customers.models import Category, Customer, Segment, User
from customers.operations.create_segment import create_segment
from services.models import Queue
from tests.cast import NOW, make_user
from tests.client import as_user, url

__all__ = ["log_in"]
pytestmark = pytest.mark.django_db

QUESTION = {"steps": [{"event": "Open"}], "time_zone": "UTC", "period": {"days": 7}}


@pytest.fixture
def private(ann: User) -> Segment:
    """A segment of Ann's that nobody else may use."""
    named = {"fact": "name", "op": "contains", "value": "a"}
    definition = {"groups": [{"conditions": [named]}]}
    return create_segment(name="Mine", definition=definition, owner=ann, is_shared=False, at=NOW)


@pytest.fixture
def hidden(queue: Queue, private: Segment) -> Forecast:
    """A forecast of that segment: made while it was shared."""
    made = forecast_of(queue)
    category = Category.objects.create(name="Tea")
    Forecast.objects.filter(pk=made.pk).update(kind="category", queue=None, category=category, segment=private)
    return made


def test_a_forecast_of_a_private_segment_is_shown_to_nobody(log_in: LogIn, hidden: Forecast, otto: User) -> None:
    lea = make_user("lea", role="Analyst")
    page = reverse("admin:analytics_forecast_change", args=[hidden.pk])
    assert log_in(lea).get(page).status_code == 404


def test_a_forecast_of_a_private_segment_is_not_in_the_api(hidden: Forecast) -> None:
    lea = make_user("lea", role="Analyst")
    assert as_user(lea).get(url("forecasts/")).json()["results"] == []


def test_staffing_tells_no_forecast_that_is_out_of_sight(log_in: LogIn, hidden: Forecast, queue: Queue) -> None:
    lea = make_user("lea", role="Analyst")
    Forecast.objects.update(kind="tickets", queue=queue, category=None)
    assert queue.name not in log_in(lea).get(reverse("admin:analytics_forecast_staffing")).content.decode()


def test_a_report_asks_for_no_segment_out_of_sight(private: Segment, otto: User) -> None:
    with pytest.raises(DefinitionInvalid, match="gone"):
        read_report(kind="trend", definition={**QUESTION, "segments": [private.pk]}, user=otto)


def test_a_segment_that_went_out_of_sight_is_not_counted(private: Segment, ann: User, otto: User) -> None:
    definition = read_report(kind="trend", definition={**QUESTION, "segments": [private.pk]}, user=ann)
    with pytest.raises(ReportFailed, match="gone"):
        run_report(definition=definition, user=otto, at=NOW)


def test_properties_of_events_out_of_sight_are_not_offered(acme: Customer, ann: User, otto: User) -> None:
    start = int(NOW.timestamp()) * 1_000_000
    make_events([Happened(1, start, 1, 1, plan="gold")], {1: make_identity("k1", acme)})
    state = state_from(QueryDict())
    assert Builder(state, ann).properties == ["plan"]
    assert Builder(state, otto).properties == []


def test_a_report_counts_nobody_out_of_sight(acme: Customer, ann: User, otto: User) -> None:
    start = int(NOW.timestamp()) * 1_000_000 - 3600 * 1_000_000
    make_events([Happened(1, start, 1, 1)], {1: make_identity("k1", acme)})
    counted = {}
    for user in (ann, otto):
        definition = read_report(kind="trend", definition={**QUESTION, "steps": [{"event": None}]}, user=user)
        (found,) = run_report(definition=definition, user=user, at=NOW).found
        counted[user.username] = sum(one.all_people for one in found.series or [])
    assert counted == {"ann": 1, "otto": 0}


def test_the_grid_counts_customers_in_sight(acme: Customer, ann: User, otto: User) -> None:
    valued(acme)
    bands = [(50.0, "bad"), (101.0, "good")]
    assert sum(value_grid(user=ann, bands=bands).values()) == 1
    assert value_grid(user=otto, bands=bands) == {}


def test_orders_are_not_narrowed_down_by_a_segment_out_of_sight(
    log_in: LogIn, private: Segment, root: User, bob: User
) -> None:
    category = Category.objects.create(name="Tea")
    asked = f"?bought=category:{category.pk}&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&segment={private.pk}"
    orders = reverse("admin:customers_order_changelist")
    assert log_in(root).get(orders + asked).status_code == 200
    refused = log_in(bob).get(orders + asked)
    assert refused.status_code == 302 and refused["Location"].endswith("?e=1")


def test_behind_a_chart_of_value_stands_nobody_out_of_sight(acme: Customer, ann: User, otto: User) -> None:
    order(acme, 200)
    model = value_everybody()
    counted = {
        user.username: people_behind_value(model=model, cell="orders:1", user=user).customers.tolist()
        for user in (ann, otto)
    }
    assert counted == {"ann": [acme.pk], "otto": []}


def test_behind_a_step_of_paths_stands_nobody_out_of_sight(acme: Customer, ann: User, otto: User) -> None:
    start = int(NOW.timestamp()) * 1_000_000 - 3600 * 1_000_000
    make_events([Happened(1, start, 1, 1), Happened(1, start + 1, 2, 2)], {1: make_identity("k1", acme)})
    before, after = (row.pk for row in EventName.objects.order_by("pk"))
    question = {"steps": [{"event": None}], "time_zone": "UTC", "period": {"days": 7}}
    counted = {}
    for user in (ann, otto):
        definition = read_report(kind="paths", definition=question, user=user)
        people = people_behind(definition=definition, cell=f"0:0:{after}", segment=None, user=user, at=NOW)
        counted[user.username] = people.customers.tolist()
    assert counted == {"ann": [acme.pk], "otto": []} and before != after
