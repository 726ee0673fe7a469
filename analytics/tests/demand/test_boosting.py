import numpy as np
import pytest

from analytics.demand import boosting
from analytics.demand.ladder import BOOSTING, climb, tiers_at_hand
from analytics.demand.plan import WEEKS, plan_for
from analytics.tests.demand.panels import counts, panel


def test_without_the_optional_library_the_ladder_has_one_rung_less(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(boosting, "import_module", missing)
    assert not boosting.has_boosting()
    assert [*tiers_at_hand()] == ["naive", "smoothing", "poisson"]


@pytest.mark.skipif(not boosting.has_boosting(), reason="LightGBM is optional: requirements-heavy.in")
def test_with_it_the_global_model_is_tried_as_the_others_are() -> None:
    found = climb(panel(counts(60, 60)), plan_for(60, WEEKS))
    assert found.tested.tiers[-1] == BOOSTING
    assert np.isfinite(found.tested.error).all()
