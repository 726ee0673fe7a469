"""Generated facts and parameters for the property tests of the scores."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from analytics.scoring.facts import FACTOR_OF_MEASURE, SCALES, Fact
from analytics.scoring.parameters import FactorParameters, ScoreParameters

AS_OF = datetime(2024, 6, 1, 12, tzinfo=UTC)
DEFAULTS = ScoreParameters()

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "40"))
# The suite runs the same examples every time; with HYPOTHESIS_EXAMPLES=5000 it looks for new ones.
quick = settings(deadline=None, max_examples=EXAMPLES, derandomize="HYPOTHESIS_EXAMPLES" not in os.environ)

moments = st.floats(0, 3000).map(lambda days: AS_OF - timedelta(days=days))
shares = st.floats(0.05, 0.95)
positive = st.floats(0.01, 1e6)


def fact(measure: str, value: float | None, reference: float | None = None, **changes: object) -> Fact:
    """A fact of today about order 1, changed as asked."""
    given: dict[str, object] = {
        "factor": FACTOR_OF_MEASURE[measure],
        "measure": measure,
        "value": value,
        "reference": reference,
        "at": AS_OF,
        "subject_type": "order",
        "subject_id": 1,
        "observation_id": 1,
        **changes,
    }
    return Fact(**given)  # type: ignore[arg-type]


@st.composite
def facts_of(draw: st.DrawFn, measure: str) -> Fact:
    """One fact of a measure, anywhere in its range and up to eight years old."""
    value, reference, elapsed = None, None, None
    if measure in SCALES:
        value = float(draw(st.integers(*map(int, SCALES[measure]))))
    elif measure == "promises":
        reference = float(draw(st.integers(1, 4)))
        value = float(draw(st.integers(0, int(reference))))
    elif measure == "reply":
        reference = draw(st.floats(60, 1e6))
        waited = draw(st.floats(0, 20)) * reference
        value, elapsed = draw(st.sampled_from([(waited, None), (None, waited)]))
    elif measure == "price":
        value, reference = draw(positive), draw(positive)
    return fact(
        measure,
        value,
        reference,
        at=draw(moments),
        elapsed_seconds=elapsed,
        subject_id=draw(st.integers(1, 9)),
        observation_id=draw(st.integers(1, 10**9)),
    )


def facts(*measures: str) -> st.SearchStrategy[Fact]:
    """A fact of any of the named measures; of all when none is named."""
    return st.sampled_from(measures or tuple(FACTOR_OF_MEASURE)).flatmap(facts_of)


fact_lists = st.lists(facts(), max_size=12, unique_by=lambda fact: fact.observation_id)
settled_lists = st.lists(facts().filter(lambda fact: not fact.is_waiting), max_size=12)

_share_factor = st.builds(FactorParameters, st.floats(10, 1000), st.floats(0.5, 20), shares, st.floats(0.1, 3))
_price_factor = st.builds(
    FactorParameters, st.floats(10, 1000), st.floats(0.5, 20), st.floats(0.3, 3.5), st.floats(-3, -0.1)
)
parameters = st.builds(ScoreParameters, _share_factor, _share_factor, _share_factor, _price_factor)
