"""The test of the scores on the next rating: that it looks at nothing it could not have known."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analytics.models import ScoreValidation
from analytics.operations.ask_for_validation import KIND, NoVersionYet, ask_for_validation
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.read_facts import read_facts
from analytics.operations.read_hindsight import read_hindsight
from analytics.operations.validate_scores import validate_scores
from analytics.scoring.hindsight import MOST_RATINGS, look_back, ratings_of
from analytics.scoring.parameters import ScoreParameters
from analytics.sql.whose import Whose
from analytics.tests.histories import DAY, exclude, populate, promises, rating
from customers.models import Customer, Job, Observation, Team, User
from customers.operations.observe import observe
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db
INSTANT = timedelta(microseconds=1)


def test_before_each_rating_the_score_is_that_of_a_replay_a_moment_before(north: Team) -> None:
    """Everybody's, with corrections, exclusions and messages that wait, against what the score jobs read."""
    populate(north, 60)
    parameters = ScoreParameters()
    found = read_hindsight(until=NOW)
    ratings = ratings_of(found.ledger)
    sample = look_back(found.ledger, ratings, parameters, found.waited())
    assert len(ratings) > 50
    assert sample.had_rating.any()
    for place, z in zip(ratings.tolist(), sample.predictors["satisfaction"].tolist(), strict=True):
        before = datetime.fromtimestamp(found.ledger.at[place], UTC) - INSTANT
        sheet = read_facts(whose=Whose.these([int(found.ledger.customer[place])]), as_of=before)
        assert z == pytest.approx(float(sheet.scores(parameters).z[0]), abs=1e-6)


def test_the_rating_itself_and_what_came_later_are_not_looked_at(acme: Customer) -> None:
    observe(facts=[rating(acme, 5, at=NOW - 9 * DAY, subject=1)], at=NOW)
    observe(facts=[rating(acme, 1, at=NOW - 5 * DAY, subject=2), promises(acme, 0, 1, at=NOW - 5 * DAY)], at=NOW)
    observe(facts=[rating(acme, 1, at=NOW - 2 * DAY, subject=1)], at=NOW)  # the first one, changed later
    found = read_hindsight(until=NOW)
    ratings = ratings_of(found.ledger)
    sample = look_back(found.ledger, ratings, ScoreParameters(), found.waited())
    assert sample.is_bad.tolist() == [False, True]  # each as it was said first
    assert sample.had_rating.tolist() == [False, True]
    assert sample.predictors["last_rating"].tolist() == [ScoreParameters().quality.baseline, 1.0]
    assert sample.predictors["satisfaction"][0] == 0.0
    assert sample.predictors["satisfaction"][1] == sample.predictors["shrunk_rating"][1] > 0.0


def test_an_excluded_rating_is_not_foretold(acme: Customer) -> None:
    rows = observe(facts=[rating(acme, 1, at=NOW - day * DAY, subject=day) for day in (1, 2)], at=NOW)
    exclude(rows[0], at=NOW)
    found = read_hindsight(until=NOW)
    (kept,) = ratings_of(found.ledger)
    assert found.ledger.at[kept] == (NOW - 2 * DAY).timestamp()


def test_nobody_counts_more_often_than_fifty_times(acme: Customer, wang: Customer) -> None:
    facts = [rating(acme, 4, at=NOW - i * DAY, subject=i + 1) for i in range(MOST_RATINGS + 20)]
    observe(facts=[*facts, rating(wang, 4, subject=999)], at=NOW)
    found = read_hindsight(until=NOW)
    kept = ratings_of(found.ledger)
    assert len(kept) == MOST_RATINGS + 1
    assert found.ledger.at[kept].min() == (NOW - (MOST_RATINGS - 1) * DAY).timestamp()


def test_whoever_has_an_impossible_fact_is_left_out(acme: Customer, wang: Customer) -> None:
    observe(facts=[rating(acme, 4, subject=1), rating(wang, 4, subject=2)], at=NOW)
    Observation.objects.filter(customer=acme).update(value=9)
    found = read_hindsight(until=NOW)
    assert set(found.ledger.customer.tolist()) == {wang.pk}
    assert (found.left_out, found.customers) == (1, 2)


def opinions(north: Team, customers: int, *, seed: int = 3) -> None:
    """Customers whose broken promises are followed by bad ratings."""
    chance = random.Random(seed)
    people = Customer.objects.bulk_create(
        [Customer(name=f"C{i}", team=north, last_activity_at=NOW, created_at=NOW) for i in range(customers)]
    )
    facts = []
    for customer in people:
        at = NOW - timedelta(days=chance.uniform(1, 300))
        is_kept = chance.random() < 0.5
        facts.append(promises(customer, int(is_kept), 1, at=at - 3 * DAY, subject=customer.pk))
        value = chance.choice([4, 5, 5, 1] if is_kept else [1, 2, 2, 5])
        facts.append(rating(customer, value, at=at, subject=customer.pk))
    observe(facts=facts, at=NOW)


def test_a_score_that_foretells_is_said_to_beat_the_shrunk_rating(north: Team) -> None:
    opinions(north, 400)
    ensure_versions(at=NOW)
    validation = ask_for_validation(at=NOW, in_background=False)
    heard: list[tuple[int, int]] = []
    done = validate_scores(validation=validation, at=NOW, told=lambda *figures: heard.append(figures))
    assert heard[-1] == (400, 400)
    result: Any = ScoreValidation.objects.get(pk=done.pk).result
    assert (result["ratings"], result["of_customers"]) == (400, 400)
    assert result["all"]["fitted_on"] + result["all"]["tested_on"] == 400
    assert result["all"]["verdict"] == {"against": "shrunk_rating", "auc": "better", "log_loss": "better"}
    assert "Too few" in result["with_history"]["error"]  # nobody rated twice


def test_too_few_ratings_are_said_to_be_too_few(north: Team) -> None:
    opinions(north, 30)
    ensure_versions(at=NOW)
    validation = validate_scores(validation=ask_for_validation(at=NOW, in_background=False), at=NOW)
    assert validation.result is None
    assert "30 ratings" in validation.error
    with pytest.raises(CommandError, match="30 ratings"):
        call_command("validate_scores", "--json")


def test_a_worker_does_it_behind_the_scenes_and_one_at_a_time(north: Team, ann: User) -> None:
    with pytest.raises(NoVersionYet):
        ask_for_validation(at=NOW, by=ann)
    opinions(north, 200)
    ensure_versions(at=NOW)
    first, second = (ask_for_validation(at=NOW, by=ann) for _ in range(2))
    assert first == second
    assert [job.state for job in work_jobs(clock=lambda: NOW)] == ["done"]
    first.refresh_from_db()
    assert first.result is not None and first.finished_at == NOW
    assert Job.objects.get(kind=KIND).result == {"ratings": 200}
    assert ask_for_validation(at=NOW, by=ann) != first


def test_the_command_prints_the_tables_and_says_who_wins(north: Team, capsys: pytest.CaptureFixture[str]) -> None:
    opinions(north, 300)
    ensure_versions(at=NOW)
    call_command("validate_scores", "--json")
    printed = json.loads(capsys.readouterr().out)
    assert printed["validation"] == ScoreValidation.objects.get().pk
    names = [row["name"] for row in printed["all"]["judgements"]]
    assert names[0] == "satisfaction" and "last_rating" in names and "mean_of_factors" in names
    call_command("validate_scores")
    text = capsys.readouterr().out
    auc = printed["all"]["judgements"][0]["auc"]
    assert f"{auc['value']:.4f}" in text
    assert "By ROC-AUC the satisfaction score beats the shrunk rating alone." in text
