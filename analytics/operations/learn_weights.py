from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from analytics.operations.category_statistics import SECONDS_A_DAY
from analytics.operations.product_statistics import MOST_PRODUCTS, places_among
from analytics.scoring.backtest import WINDOW_DAYS, History, Result, Split, compare, learned, split_at
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters
from analytics.sql.purchases import purchases
from analytics.sql.whose import Whose
from customers.models import Category, Order, Product

# Purchases of so many customers, spread over all, teach as much as those of all.
MOST_CUSTOMERS = 50_000
LOOKS_BACK = timedelta(days=730)
# With fewer customers who came back in the last days, chance would decide.
FEWEST_CUSTOMERS = 30
# Products that were not bought are drawn as often as they are bought, so popularity tells nothing apart.
UNLEARNABLE = ("popularity",)

Tell = Callable[[int, int, str], None]


class TooLittleToLearn(Exception):
    """There are too few purchases to learn from. The message says how many are needed."""


@dataclass(frozen=True, slots=True)
class Learned:
    """weights: by feature. results: how they, those in force and popularity foretold the last days."""

    weights: dict[str, float]
    results: list[dict[str, Any]]
    customers: int
    purchases: int
    days: float


def learn_weights(*, current: PreferenceParameters, as_of: datetime, tell: Tell) -> Learned:
    """Learn the weights of the features from purchases, and measure them on purchases that came later. Writes nothing.

    The last WINDOW_DAYS are what is foretold; the weights are learned from the days before those. A feature that is the
    same for all (nobody rates, no prices) cannot be learned, nor can popularity: it keeps its weight. The learned ones
    are scaled so that together they weigh what they weighed. Raises TooLittleToLearn."""
    tell(0, 3, str(_("Reading purchases")))
    history = _history(as_of)
    end = as_of.timestamp() / SECONDS_A_DAY
    tell(1, 3, str(_("Learning")))
    early = split_at(history, end - 2 * WINDOW_DAYS, current)
    _refuse_too_few(early)
    weights = _kept_where_unknown(early, current)
    tell(2, 3, str(_("Measuring on later purchases")))
    late = split_at(history, end - WINDOW_DAYS, current)
    _refuse_too_few(late)
    rows = compare(late, {"in force": current.weights, "learned": weights})
    return Learned(weights, [_plain(row) for row in rows], history.n_customers, len(history.customer), WINDOW_DAYS)


def _kept_where_unknown(early: Split, current: PreferenceParameters) -> dict[str, float]:
    found = learned(early)
    known = [name for name in ITEM_FEATURES if name not in UNLEARNABLE and _differs(early, ITEM_FEATURES.index(name))]
    total, before = sum(found[name] for name in known), sum(current.weights[name] for name in known)
    scale = before / total if total > 0.0 and before > 0.0 else 1.0
    return {
        name: round(found[name] * scale, 4) if name in known else float(current.weights[name]) for name in ITEM_FEATURES
    }


def _differs(early: Split, place: int) -> bool:
    return any(float(np.nanstd(part.features(place))) > 0.0 for part in early.parts)


def _refuse_too_few(split: Split) -> None:
    came = sum(int(truth.any(axis=1).sum()) for truth in split.truth)
    if came < FEWEST_CUSTOMERS:
        problem = _(
            "In the window of %(days)d days only %(came)d customers bought who had bought before; %(least)d are needed."
        )
        raise TooLittleToLearn(problem % {"days": WINDOW_DAYS, "came": came, "least": FEWEST_CUSTOMERS})


def _history(as_of: datetime) -> History:
    since = (as_of - LOOKS_BACK).timestamp()
    who = list(
        Order.objects.filter(ordered_at__lte=as_of, ordered_at__gt=as_of - LOOKS_BACK)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
        .distinct()
    )
    chosen = who[:: max(1, len(who) // MOST_CUSTOMERS)]
    products = list(Product.objects.filter(is_active=True).order_by("pk").values_list("pk", "category_id"))
    ids = np.array([pk for pk, _category in products], dtype=np.int64)
    categories = list(Category.objects.order_by("pk").values_list("pk", flat=True))
    of = {pk: i for i, pk in enumerate(categories)}
    bought = np.fromiter(
        (
            (row.customer_id, row.product_id, row.at, row.unit_price)
            for start in range(0, len(chosen), 5_000)
            for row in purchases(as_of=as_of, whose=Whose.these(chosen[start : start + 5_000]))
            if row.at > since
        ),
        dtype=[("customer", "i8"), ("product", "i8"), ("at", "f8"), ("price", "f8")],
    )
    place, known = places_among(ids, bought["product"])
    kept = np.unique(place[known])
    if len(kept) > MOST_PRODUCTS:
        often = np.bincount(place[known])
        kept = np.sort(np.argsort(-often, kind="stable")[:MOST_PRODUCTS])
    item, is_kept = places_among(kept, place)
    rows = known & is_kept
    customers, customer = np.unique(bought["customer"][rows], return_inverse=True)
    price = bought["price"][rows]
    return History(
        customer=customer,
        item=item[rows],
        at_days=bought["at"][rows] / SECONDS_A_DAY,
        log_price=np.log(price, where=price > 0.0, out=np.full(len(price), np.nan)),
        n_customers=len(customers),
        category=np.array([of.get(products[i][1] or 0, len(of)) for i in kept.tolist()], dtype=np.int64),
        n_categories=len(categories),
    )


def _plain(row: Result) -> dict[str, Any]:
    """As JSON: NaN, of nobody, becomes None."""
    values: Mapping[str, Any] = asdict(row)
    return {
        name: {key: None if part != part else part for key, part in value.items()} if isinstance(value, dict) else value
        for name, value in values.items()
    }
