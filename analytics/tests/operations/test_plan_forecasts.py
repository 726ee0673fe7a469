from datetime import timedelta

import pytest

from analytics.models import Forecast, ForecastRun
from analytics.operations.plan_forecasts import plan_forecasts
from analytics.tests.demand_shop import product, sells, steady
from customers.models import Customer, Job
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_one_job_a_night_however_often_it_is_asked_and_the_job_forecasts(acme: Customer) -> None:
    sells(acme, product("Tea"), steady(30))
    assert plan_forecasts(at=NOW) == plan_forecasts(at=NOW + timedelta(minutes=5))
    (job,) = work_jobs(clock=lambda: NOW)
    assert (job.state, job.result) == ("done", {"groups": 1, "left_out": 0})
    assert Forecast.objects.current().count() == 1
    plan_forecasts(at=NOW + timedelta(hours=1))
    assert list(work_jobs(clock=lambda: NOW)) == []
    plan_forecasts(at=NOW + timedelta(days=1))
    assert len(list(work_jobs(clock=lambda: NOW + timedelta(days=1)))) == 1
    assert ForecastRun.objects.count() == 2


def test_before_three_in_the_morning_nothing_is_due(db: None) -> None:
    assert plan_forecasts(at=NOW.replace(hour=1)) is None  # 02:00 in London
    assert not Job.objects.exists()


def test_a_job_that_is_done_again_goes_on_with_the_same_run(acme: Customer) -> None:
    sells(acme, product("Tea"), steady(30))
    plan_forecasts(at=NOW)
    list(work_jobs(clock=lambda: NOW))
    Job.objects.update(state="todo", attempts=0)
    list(work_jobs(clock=lambda: NOW))
    assert ForecastRun.objects.count() == 1
