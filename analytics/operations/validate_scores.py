from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from analytics.models import ScoreModelVersion, ScoreValidation
from analytics.operations.overrides_in_hindsight import overrides_in_hindsight
from analytics.operations.read_hindsight import Hindsight, Told, read_hindsight
from analytics.scoring.baselines import with_baselines
from analytics.scoring.hindsight import BAD_FROM, Ledger, Sample, average_at, look_back, ratings_of
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.validation import LEAST, REFERENCE, Estimate, Evaluation, NotEnoughRatings, evaluate


def validate_scores(*, validation: ScoreValidation, at: datetime, told: Told | None = None) -> ScoreValidation:
    """Ask whether the score foretells a bad rating better than simpler figures do, and keep the answer.

    Of each rating up to `validation.as_of` the score is computed as of just before it, with the half-lives, priors and
    exponents of the version, or of the override that counted for the customer that day; the baselines are measured anew
    on the earlier half of the ratings, and everything is tested on the later half: nothing that is tested was known to
    what tests it. `told` hears of the progress.

    `result`: {"customers", "of_customers", "left_out", "ratings", "overrides": [{"segment", "name", "ratings",
    "customers"}], "all", "with_history"}; the last two are evaluations, over all ratings and over those of customers
    who had said something before, or {"error"}. Where there is not enough to say anything at all, `error` says so and
    there is no result."""
    found = read_hindsight(until=validation.as_of, told=told)

    def goes_on() -> None:
        if told is not None:
            told(found.customers, found.customers)

    try:
        validation.result, validation.error = _result(found, validation.version, goes_on), ""
    except NotEnoughRatings as error:
        validation.result, validation.error = None, _too_few(error)
    validation.finished_at = at
    validation.save(update_fields=["result", "error", "finished_at"])
    return validation


def _result(found: Hindsight, version: ScoreModelVersion, goes_on: Callable[[], None]) -> dict[str, Any]:
    ledger, ratings = found.ledger, ratings_of(found.ledger)
    if len(ratings) < 4 * LEAST:
        raise NotEnoughRatings(len(ratings), int((ledger.x[ratings] <= BAD_FROM).sum()))
    split_at = float(np.median(ledger.at[ratings]))
    who = ledger.customer[ratings]
    sets = overrides_in_hindsight(version=version, customer_ids=who, at=ledger.at[ratings], tell=goes_on)
    sample = look_back(ledger, ratings, _parameters_at(split_at, ledger, version), found.waited(), sets)
    return {
        "customers": found.customers,
        "of_customers": found.of,
        "left_out": found.left_out,
        "ratings": len(ratings),
        "overrides": [
            {
                "segment": override["segment"],
                "name": override["name"],
                "ratings": int((sets == number).sum()),
                "customers": len(np.unique(who[sets == number])),
            }
            for number, override in enumerate(version.overrides, start=1)
        ],
        "all": _as_dict(evaluate(sample, split_at)),
        "with_history": _with_history(sample),
    }


def _parameters_at(moment: float, ledger: Ledger, version: ScoreModelVersion) -> list[ScoreParameters]:
    """The parameters for everybody and after them those of each override, with the baselines of what was known at a
    moment; those that an override states itself, of the customers for whom it counted then (as in measure_version)."""
    everybody = average_at(ledger, moment, ScoreParameters.from_dict(version.parameters))
    models = [everybody]
    customers = np.unique(ledger.customer)
    then = np.full(len(customers), moment)
    sets = overrides_in_hindsight(version=version, customer_ids=customers, at=then)
    for number, override in enumerate(version.overrides, start=1):
        own = everybody.overridden_by(override["parameters"])
        stated = [name for name, fields in override["parameters"].items() if "baseline" in fields]
        if stated:
            theirs = np.isin(ledger.customer, customers[sets == number])
            measured = dict(average_at(ledger, moment, own, theirs))
            own = with_baselines(own, {name: measured[name].baseline for name in stated})
        models.append(own)
    return models


def _with_history(sample: Sample) -> dict[str, Any]:
    """Only who had said something before: of everybody else the simpler figures know nothing."""
    some = sample.only(sample.had_rating)
    try:
        return _as_dict(evaluate(some, float(np.median(some.at)) if some.at.size else 0.0))
    except NotEnoughRatings as error:
        return {"error": _too_few(error)}


def _too_few(error: NotEnoughRatings) -> str:
    return _(
        "Too few to say anything: %(ratings)d ratings in one half, %(bad)d of them bad. Each half needs %(least)d bad "
        "ones and %(least)d others."
    ) % {"ratings": error.ratings, "bad": error.bad, "least": LEAST}


def _as_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Plain JSON values."""
    simple = next(row for row in evaluation.judgements if row.name == REFERENCE)
    return {
        **asdict(evaluation),
        "split_at": datetime.fromtimestamp(evaluation.split_at, UTC).isoformat(),
        "verdict": {
            "against": REFERENCE,
            "auc": verdict(simple.better_auc),
            "log_loss": verdict(simple.better_log_loss),
        },
    }


def verdict(better: Estimate | None) -> str:
    """better or worse where the interval excludes zero, else unclear."""
    if better is None or better.low <= 0.0 <= better.high:
        return "unclear"
    return "better" if better.low > 0.0 else "worse"
