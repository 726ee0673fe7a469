import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics.models import Forecast, ForecastRun
from analytics.tests.demand_shop import product, sells, steady
from customers.models import Customer

pytestmark = pytest.mark.django_db


def forecast(*arguments: str) -> str:
    out = StringIO()
    call_command("forecast_demand", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def shop(acme: Customer) -> None:
    sells(acme, product("Tea"), steady(60))
    sells(acme, product("New"), steady(4))


def test_it_forecasts_as_of_a_date_and_prints_one_object_for_machines(shop: None) -> None:
    found = json.loads(forecast("--json", "--as-of", "2026-06-03"))
    assert found["run"] == ForecastRun.objects.get().pk
    assert (found["groups"], found["left_out"]) == (1, 1)
    assert found["kinds"]["product"]["tiers"]["published"]["chosen"] == 1
    assert found["seconds"] >= 0


def test_it_prints_tables_for_people(shop: None) -> None:
    text = forecast("--as-of", "2026-06-03")
    assert "1 groups forecast" in text
    assert "1 left out for lack of history" in text
    assert "Seasonal naive" in text


def test_as_of_an_earlier_date_the_pages_show_nothing(shop: None) -> None:
    forecast("--as-of", "2026-06-03")
    assert not Forecast.objects.current().exists()  # a replay; the clock of the command is the real one
    assert ForecastRun.objects.get().is_replay


def test_nonsense_for_a_date_is_refused_before_anything_is_done(shop: None) -> None:
    with pytest.raises(CommandError, match="takes a date such as 2026-03-31, not soon"):
        forecast("--as-of", "soon")
    assert not ForecastRun.objects.exists()
