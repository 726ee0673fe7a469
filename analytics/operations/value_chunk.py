import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from analytics.models import CustomerValue, ValueModel
from analytics.operations.value_facts import date_of, day_of, read_orders, read_tickets, tickets_of
from analytics.sql.arrays import Array, as_moment
from analytics.sql.upsert import Columns, upsert
from analytics.sql.whose import Whose
from analytics.value.histories import CHURN_DAYS, FEATURES, YEAR, Lines, features_of, lines_of
from analytics.value.leaving import LeavingModel
from analytics.value.order_values import OrderValueModel
from analytics.value.orders_to_come import DAYS_PER_UNIT, OrderModel

DECIMALS = 6
# Reasons that move the chance by less are none.
LEAST_POINTS = 0.01


def value_chunk(*, model: ValueModel, whose: Whose, at: datetime) -> int:
    """Compute and write the values of these customers by a fitted model; returns how many have one. Whoever has no
    order that counts has none, and a row of before is deleted. Needs a transaction."""
    orders = read_orders(parts=[whose], as_of=model.as_of)
    lines = lines_of(orders, day=day_of(model.as_of))
    upsert(CustomerValue, _columns(lines, model, whose, at), key=["customer_id"], newest="as_of")
    CustomerValue.objects.filter(whose.at("pk"), as_of__lte=model.as_of).exclude(model=model).delete()
    return len(lines)


def _columns(lines: Lines, model: ValueModel, whose: Whose, at: datetime) -> Columns:
    size, parameters = len(lines), model.parameters
    orders = _expected_orders(lines, parameters["orders"])
    values = _expected_values(lines, parameters["values"])
    churn, reasons = _churn(lines, parameters, whose, model.as_of)
    return {
        "customer_id": lines.who,
        "model_id": np.full(size, model.pk),
        "as_of": np.full(size, as_moment(model.as_of)),
        "computed_at": np.full(size, as_moment(at)),
        "currency": [name.decode() for name in lines.currency.tolist()],
        "first_on": [date_of(day).isoformat() for day in lines.first.tolist()],
        "last_on": [date_of(day).isoformat() for day in lines.last.tolist()],
        "recency": lines.recency,
        "frequency": lines.order_days,
        "orders": lines.orders,
        "monetary": lines.mean,
        "expected_orders": orders,
        "expected_value": values,
        "clv": orders * values,
        "churn": churn,
        "churn_reasons": reasons,
    }


def _expected_orders(lines: Lines, parameters: Mapping[str, float] | None) -> Array:
    if parameters is None:
        return np.full(len(lines), np.nan)
    model = OrderModel(**parameters)
    return model.expected(lines.x, lines.until_last, lines.age, YEAR / DAYS_PER_UNIT)


def _expected_values(lines: Lines, parameters: Mapping[str, Mapping[str, float]]) -> Array:
    """By the model of the currency; where there is none yet, what they paid so far."""
    found = lines.mean.copy()
    for currency, given in parameters.items():
        mine = lines.currency == currency.encode()
        found[mine] = OrderValueModel(**given).expected(lines.orders[mine].astype(np.float64), lines.mean[mine])
    return found


def leaving_model(parameters: Mapping[str, Any]) -> LeavingModel:
    """The model of churn, as it was kept."""
    weights, mean, scale = (np.array(parameters[name], dtype=np.float64) for name in ("weights", "mean", "scale"))
    return LeavingModel(weights, mean, scale, parameters["intercept"])


def _churn(lines: Lines, parameters: Mapping[str, Any], whose: Whose, as_of: datetime) -> tuple[Array, list[str]]:
    given = parameters["churn"]
    if given is None or not len(lines):
        return np.full(len(lines), np.nan), ["[]"] * len(lines)
    tickets = tickets_of(lines, *read_tickets(parts=[whose], days=CHURN_DAYS, as_of=as_of))
    features = features_of(lines, tickets=tickets, medians=parameters["medians"])
    model = leaving_model(given)
    since_first, silent = lines.day - lines.first, lines.recency
    said = [silent, lines.order_days, since_first, silent, lines.recent_days, lines.mean, tickets]
    return model.chance(features), _reasons(model.points(features), np.nan_to_num(np.column_stack(said)))


def _reasons(points: Array, said: Array) -> list[str]:
    """Text of each customer's reasons, the strongest first. `value` is what a person reads: days, counts, money."""
    order = np.argsort(-np.abs(points), axis=1, kind="stable").tolist()
    told = zip(order, points.round(DECIMALS).tolist(), said.round(2).tolist(), strict=True)
    return [
        json.dumps(
            [
                {"feature": FEATURES[i], "value": values[i], "points": mine[i]}
                for i in places
                if abs(mine[i]) >= LEAST_POINTS
            ],
            separators=(",", ":"),
        )
        for places, mine, values in told
    ]
