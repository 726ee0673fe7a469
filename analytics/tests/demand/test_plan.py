import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand.plan import DAYS, FEWEST_ORIGINS, WEEKS, Rhythm, class_of, plan_for, stretched
from analytics.tests.demand.panels import quick

rhythms = st.sampled_from([WEEKS, DAYS])


@quick
@given(rhythms, st.integers(0, 400))
def test_every_history_that_is_long_enough_is_tested_at_three_cut_offs_or_more(rhythm: Rhythm, more: int) -> None:
    length = rhythm.needed + more
    plan = plan_for(length, rhythm)
    assert len({*plan.origins}) == len(plan.origins) >= FEWEST_ORIGINS
    assert min(plan.origins) >= rhythm.least
    assert max(plan.origins) + plan.horizon == length
    assert rhythm.shortest <= plan.horizon <= rhythm.longest


@pytest.mark.parametrize("rhythm", [WEEKS, DAYS])
def test_a_shorter_one_is_refused_in_words(rhythm: Rhythm) -> None:
    with pytest.raises(ValueError, match=f"{rhythm.needed} steps are needed, there are 5"):
        plan_for(5, rhythm)
    assert class_of(rhythm.needed - 1, rhythm) is None
    assert class_of(rhythm.needed, rhythm) == rhythm.needed


@quick
@given(rhythms, st.integers(0, 300), st.integers(0, 30))
def test_stretched_cut_offs_lie_as_far_from_the_end(rhythm: Rhythm, more: int, longer: int) -> None:
    plan = plan_for(rhythm.needed + more, rhythm)
    other = stretched(plan, plan.length + longer)
    assert [other.length - origin for origin in other.origins] == [plan.length - origin for origin in plan.origins]
