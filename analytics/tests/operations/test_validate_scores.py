"""The test of the scores on the next rating: that it looks at nothing it could not have known."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from analytics.models import ScoreModelVersion, ScoreValidation
from analytics.operations.activate_version import activate_version
from analytics.operations.ask_for_validation import KIND, NoVersionYet, ask_for_validation
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.overrides_in_hindsight import overrides_in_hindsight
from analytics.operations.read_facts import read_facts
from analytics.operations.read_hindsight import read_hindsight
from analytics.operations.validate_scores import validate_scores
from analytics.operations.version_parameters import parameter_sets
from analytics.operations.work_chunks import work_chunks
from analytics.scoring.hindsight import MOST_RATINGS, look_back, ratings_of
from analytics.scoring.parameters import ScoreParameters
from analytics.sql.whose import Whose
from analytics.tests.histories import DAY, HOUR, exclude, populate, promises, rating, score_everybody
from analytics.tests.versions import british, draft, segment
from customers.models import Customer, Job, Observation, Team, User
from customers.operations.log_interaction import log_interaction
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


def test_whoever_was_in_an_override_that_day_is_foretold_by_its_parameters(north: Team) -> None:
    people = populate(north, 60)
    Customer.objects.filter(pk__in=[person.pk for person in people[::3]]).update(country="GB")
    ensure_versions(at=NOW)
    own = {"quality": {"half_life_days": 20.0, "exponent": 3.0}}
    version = draft(british(), own=own)
    found = read_hindsight(until=NOW)
    ratings = ratings_of(found.ledger)
    who, at = found.ledger.customer[ratings], found.ledger.at[ratings]
    sets = overrides_in_hindsight(version=version, customer_ids=who, at=at)
    british_ones = {person.pk for person in people[::3]}
    assert [number == 1 for number in sets.tolist()] == [pk in british_ones for pk in who.tolist()]
    models = parameter_sets(version)
    sample = look_back(found.ledger, ratings, models, found.waited(), sets)
    for place, z, number in zip(ratings.tolist(), sample.predictors["satisfaction"].tolist(), sets, strict=True):
        before = datetime.fromtimestamp(found.ledger.at[place], UTC) - INSTANT
        sheet = read_facts(whose=Whose.these([int(found.ledger.customer[place])]), as_of=before)
        assert z == pytest.approx(float(sheet.scores(models[number]).z[0]), abs=1e-6)


def test_a_segment_is_asked_as_of_the_day_of_each_rating(acme: Customer, wang: Customer) -> None:
    log_interaction(customer=acme, kind="call", direction="inbound", subject="x", author=None, at=NOW - 40 * DAY)
    ensure_versions(at=NOW)
    called = segment("Called lately", "interactions", "at_least", 1)
    called.definition["groups"][0]["conditions"][0]["days"] = 30
    called.save()
    version = draft(called)
    days = [NOW - days * DAY for days in (60, 39, 20, 1)]
    asked = [(who.pk, day.timestamp()) for who in (acme, wang) for day in days]
    ids, moments = (np.array(column) for column in zip(*asked, strict=True))
    sets = overrides_in_hindsight(version=version, customer_ids=ids, at=moments)
    assert sets.tolist() == [0, 1, 1, 0, 0, 0, 0, 0]


def test_a_score_that_was_stored_that_day_says_which_override_made_it(acme: Customer, north: Team) -> None:
    observe(facts=[rating(acme, 5, at=NOW - 9 * DAY)], at=NOW - 9 * DAY)
    score_everybody(at=NOW - 9 * DAY)
    version = draft(british(), at=NOW - 8 * DAY)
    activate_version(version=version, at=NOW - 8 * DAY)
    list(work_chunks(clock=lambda: NOW - 8 * DAY))
    Customer.objects.filter(pk=acme.pk).update(country="FR")
    asked = [NOW - 8 * DAY + HOUR, NOW - 8 * DAY - HOUR, NOW - 7 * DAY]
    moments = np.array([moment.timestamp() for moment in asked])
    ids = np.full(len(asked), acme.pk)
    sets = overrides_in_hindsight(version=version, customer_ids=ids, at=moments)
    assert sets.tolist() == [1, 0, 0]  # as replay has it; before and later nothing of this version is stored


def test_a_test_says_how_many_were_foretold_by_which_parameters(
    north: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    opinions(north, 400)
    some = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:100])
    Customer.objects.filter(pk__in=some).update(country="GB")
    ensure_versions(at=NOW)
    plain = validate_scores(validation=ask_for_validation(at=NOW, in_background=False), at=NOW).result
    own = {"reliability": {"exponent": 0.0, "baseline": 0.9}, "quality": {"baseline": 0.2}}
    activate_version(version=draft(british(), own=own), at=NOW)
    done = validate_scores(validation=ask_for_validation(at=NOW, in_background=False), at=NOW).result
    assert plain is not None and done is not None
    assert plain["overrides"] == []
    (counted,) = done["overrides"]
    assert (counted["name"], counted["ratings"], counted["customers"]) == ("British", 100, 100)
    score = done["all"]["judgements"][0]["auc"]["value"]
    assert score < plain["all"]["judgements"][0]["auc"]["value"]  # for a quarter promises say nothing any more
    call_command("validate_scores")
    assert "“British”: 100 ratings of 100 customers" in capsys.readouterr().out


def test_a_baseline_of_ones_own_is_measured_on_the_earlier_half_of_ones_own_ratings(north: Team) -> None:
    opinions(north, 400)
    ensure_versions(at=NOW)
    stated = {"quality": {"baseline": 0.001}}
    activate_version(version=draft(segment("All", "kind", "is", "person"), own=stated), at=NOW)
    found = validate_scores(validation=ask_for_validation(at=NOW, in_background=False), at=NOW).result
    overridden = found and found["all"]["judgements"][0]["log_loss"]
    ScoreModelVersion.objects.active().update(overrides=[])
    plain = validate_scores(validation=ask_for_validation(at=NOW, in_background=False), at=NOW).result
    assert plain is not None
    # Everybody is in it, so what is measured for them is what is measured for all.
    assert overridden == plain["all"]["judgements"][0]["log_loss"]


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
