"""Orders as the models read them: days, currencies, refunds, and nothing of what comes later."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.value.histories import FEATURES, Orders, features_of, lines_of, medians_of


def orders(*rows: tuple[int, int, float, str]) -> Orders:
    who, day, value, currency = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Orders(
        np.array(who, np.int64), np.array(day, np.int64), np.array(value, float), np.array(currency, dtype="S3")
    )


def test_two_orders_of_a_day_are_one_day_and_two_values() -> None:
    lines = lines_of(orders((1, 10, 30.0, "EUR"), (1, 10, 50.0, "EUR"), (1, 24, 40.0, "EUR")), day=38)
    assert (lines.order_days[0], lines.orders[0], lines.mean[0]) == (2, 3, 40.0)
    assert (lines.x[0], lines.until_last[0], lines.age[0], lines.recency[0]) == (1.0, 2.0, 4.0, 14)


def test_a_refund_lowers_the_mean_and_is_no_order() -> None:
    lines = lines_of(orders((1, 10, 100.0, "EUR"), (1, 12, -40.0, "EUR")), day=20)
    assert (lines.order_days[0], lines.orders[0], lines.mean[0], lines.last[0]) == (1, 1, 60.0, 10)


def test_who_had_only_refunds_is_no_customer_of_it() -> None:
    lines = lines_of(orders((1, 10, -40.0, "EUR"), (2, 11, 5.0, "EUR")), day=20)
    assert lines.who.tolist() == [2]


def test_refunds_beyond_what_was_paid_leave_nothing_not_less() -> None:
    lines = lines_of(orders((1, 10, 10.0, "EUR"), (1, 12, -40.0, "EUR")), day=20)
    assert lines.mean[0] == 0.0


def test_money_is_in_the_currency_of_most_orders_and_all_orders_are_days() -> None:
    rows = orders((1, 1, 10.0, "EUR"), (1, 2, 30.0, "EUR"), (1, 3, 9000.0, "CNY"), (2, 1, 5.0, "USD"))
    lines = lines_of(rows, day=9)
    assert (lines.currency[0], lines.mean[0], lines.orders[0], lines.order_days[0]) == (b"EUR", 20.0, 2, 3)


def test_of_two_currencies_as_often_the_newer_one_counts() -> None:
    lines = lines_of(orders((1, 1, 10.0, "EUR"), (1, 5, 70.0, "CNY")), day=9)
    assert (lines.currency[0], lines.mean[0]) == (b"CNY", 70.0)


def test_orders_for_nothing_are_orders_without_a_value() -> None:
    lines = lines_of(orders((1, 1, 0.0, "EUR")), day=9)
    assert lines.order_days[0] == 1 and lines.orders[0] == 0 and np.isnan(lines.mean[0])


def test_nobody_is_no_error() -> None:
    lines = lines_of(orders(), day=9)
    assert len(lines) == 0 and medians_of(lines) == {}
    assert features_of(lines, tickets=np.empty(0, np.int64), medians={}).shape == (0, len(FEATURES))


row = st.tuples(
    st.integers(1, 5),
    st.integers(0, 200),
    st.floats(-50, 500).map(lambda v: round(v, 2)),
    st.sampled_from(["EUR", "CNY"]),
)


@given(st.lists(row, max_size=40), st.lists(row, max_size=20), st.integers(0, 200))
def test_what_is_known_of_a_day_does_not_change_by_what_comes_later(
    known: list[tuple[int, int, float, str]], later: list[tuple[int, int, float, str]], day: int
) -> None:
    shifted = [(who, day + 1 + at, value, currency) for who, at, value, currency in later]
    before, after = lines_of(orders(*known), day=day), lines_of(orders(*known, *shifted), day=day)
    for name in ("who", "first", "last", "order_days", "recent_days", "orders", "currency"):
        assert getattr(before, name).tolist() == getattr(after, name).tolist()
    assert before.mean == pytest.approx(after.mean, nan_ok=True)
    given = [
        features_of(lines, tickets=np.zeros(len(lines), np.int64), medians={"EUR": 20.0}) for lines in (before, after)
    ]
    assert np.isfinite(given[0]).all() and given[0] == pytest.approx(given[1])
