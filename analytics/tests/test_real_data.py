"""Olist's real customers: imported, rescored, and compared with the pure functions one by one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from analytics.models import FACTORS, CustomerScore, PreferenceProfile, ScoreModelVersion
from analytics.operations.ask_for_validation import ask_for_validation
from analytics.operations.explain_score import explain_score
from analytics.operations.read_facts import read_facts
from analytics.operations.validate_scores import validate_scores
from analytics.scoring import satisfaction
from analytics.scoring.facts import Fact
from analytics.scoring.parameters import ScoreParameters
from analytics.sql.whose import Whose
from analytics.tests.histories import score_everybody
from customers.importers.run import run_import
from customers.models import Customer, Observation, Order, Team
from services.importers.olist import import_olist

# Shortly after the last order.
AS_OF = datetime(2018, 9, 3, tzinfo=UTC)
CUSTOMERS = 19_831
RATINGS = 19_986


@pytest.mark.realdata
@pytest.mark.once("sqlite", reason="20,000 customers; test_score_chunk.py compares small crowds on each")
@pytest.mark.django_db
def test_every_score_of_olist_equals_the_pure_function_and_replays_exactly(data_dir: Path, north: Team) -> None:
    reports = settings.VAR_DIR / "reports"
    run_import(
        format="olist", reader=import_olist, path=data_dir / "olist", team=north, now=timezone.now, reports=reports
    )
    run = score_everybody(at=timezone.now(), as_of=AS_OF)
    assert (run.customers, run.failed) == (CUSTOMERS, 0)
    assert CustomerScore.objects.count() == PreferenceProfile.objects.count() == CUSTOMERS
    parameters = ScoreParameters.from_dict(ScoreModelVersion.objects.get().parameters)
    chunk = CustomerScore.objects.in_bulk()
    by_customer: dict[int, list[Fact]] = {pk: [] for pk in chunk}
    sheet = read_facts(whose=Whose(min(chunk), max(chunk)), as_of=AS_OF)
    for fact in sheet.facts():
        by_customer[sheet.rows[fact.observation_id].customer_id].append(fact)
    for pk, stored in chunk.items():
        pure = satisfaction.score(by_customer[pk], parameters, AS_OF)
        assert stored.score == pytest.approx(pure.score, abs=1e-9)
        assert stored.raw == pytest.approx(pure.raw, abs=1e-9)
        for name, factor in zip(FACTORS, pure.factors, strict=True):
            assert getattr(stored, name) == pytest.approx(factor.value, abs=1e-9)
            assert sum(row.points for row in factor.evidence) == pytest.approx(factor.points, abs=1e-9)
        points = [getattr(stored, f"{name}_points") for name in FACTORS]
        assert sum(points) == pytest.approx(stored.score - 50, abs=1e-9)
    assert Observation.objects.filter(at__lte=AS_OF).count() >= Order.objects.count()
    for customer in Customer.objects.order_by("pk")[::400]:
        explanation = explain_score(customer=customer, at=timezone.now())
        assert explanation.replayed == explanation.stored
    validation = ask_for_validation(at=timezone.now(), in_background=False)
    result: Any = validate_scores(validation=validation, at=timezone.now()).result
    assert result["ratings"] == RATINGS
    assert result["all"]["fitted_on"] + result["all"]["tested_on"] == RATINGS
    # Nearly nobody rated twice: the shrunk rating foretells nothing. An order that is overdue does, by both measures.
    verdict = result["all"]["verdict"]
    assert (verdict["auc"], verdict["log_loss"]) == ("better", "better")
    assert 0.58 < result["all"]["judgements"][0]["auc"]["value"] < 0.62
