"""Uplift against the hold-out group, and who is in it."""

import pytest

from analytics.value.uplift import is_held_out, measured_uplift


def test_uplift_is_the_share_that_was_kept_with_its_interval() -> None:
    found = measured_uplift(done=1000, done_left=150, held_out=1000, held_out_left=200)
    assert found is not None
    assert found.value == pytest.approx(0.25)
    assert 0.05 < found.low < 0.25 < found.high < 0.40


def test_the_interval_holds_nothing_where_both_are_alike() -> None:
    found = measured_uplift(done=200, done_left=40, held_out=200, held_out_left=40)
    assert found is not None and found.value == pytest.approx(0.0) and found.low < 0 < found.high


def test_small_groups_and_groups_that_nobody_left_say_nothing() -> None:
    assert measured_uplift(done=29, done_left=3, held_out=400, held_out_left=90) is None
    assert measured_uplift(done=400, done_left=0, held_out=400, held_out_left=0) is None


def test_nobody_left_of_one_group_is_no_division_by_zero() -> None:
    found = measured_uplift(done=50, done_left=0, held_out=50, held_out_left=10)
    assert found is not None and 0.5 < found.value < 1.0


def test_the_same_customers_are_held_out_each_time_and_others_for_another_rule() -> None:
    first = {pk for pk in range(20_000) if is_held_out(key="a", customer=pk, share=0.1)}
    again = {pk for pk in range(20_000) if is_held_out(key="a", customer=pk, share=0.1)}
    other = {pk for pk in range(20_000) if is_held_out(key="b", customer=pk, share=0.1)}
    assert first == again
    assert len(first) == pytest.approx(2000, rel=0.1)
    assert len(first & other) == pytest.approx(200, rel=0.3)


def test_a_larger_share_holds_all_that_the_smaller_held() -> None:
    few = {pk for pk in range(2000) if is_held_out(key="a", customer=pk, share=0.1)}
    more = {pk for pk in range(2000) if is_held_out(key="a", customer=pk, share=0.3)}
    assert few < more
    assert not any(is_held_out(key="a", customer=pk, share=0.0) for pk in range(2000))
