from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from analytics.operations.category_statistics import CategoryStatistics, measure_statistics
from analytics.operations.compute_preferences import Part, customers_at_once, features_of, known_of
from analytics.operations.product_interest import Looked, looks_back_to, product_interest
from analytics.operations.product_statistics import measure_products
from analytics.scoring.item_arrays import measure_item_scales
from analytics.scoring.preference_arrays import measure_scales
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters
from analytics.sql.purchases import BoughtRow, purchases
from analytics.sql.whose import Whose
from customers.models import Order

# The means and deviations of so many customers, spread over all who bought, are those of everybody to a few percent.
SAMPLE = 2_000
# Customers times products whose features are in memory at once: some 200 MB.
MOST_HELD = 4_000_000


def measure_preferences(
    *, current: PreferenceParameters, as_of: datetime, tell: Callable[[int, int], None] = lambda done, total: None
) -> PreferenceParameters:
    """The current parameters with the means and deviations of the features, as of a moment, over a sample of the
    customers who bought, all categories and all products. Nobody bought: as they are. `tell` hears of three steps."""
    who = list(
        Order.objects.filter(ordered_at__lte=as_of)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
        .distinct()
    )
    whose = Whose.these(who[:: max(1, len(who) // SAMPLE)])
    bought = list(purchases(as_of=as_of, whose=whose))
    if not bought:
        return current
    looked = product_interest(whose=whose, as_of=as_of, since=looks_back_to(current, as_of))
    tell(1, 3)
    statistics = measure_statistics(as_of=as_of, parameters=current)
    of_categories = [row for row in bought if row.category_id]
    parts = [_part(rows, looked) for rows in customers_at_once(of_categories, [], statistics)]
    tell(2, 3)
    measured = current
    if parts:
        features = [features_of(part, statistics, current, as_of).features for part in parts]
        measured = measure_scales(np.concatenate(features), current)
    return _with_products(bought, looked, statistics, measured, as_of)


def _part(bought: dict[int, list[BoughtRow]], looked: Looked) -> Part:
    return Part(bought, [], np.ones((len(bought), len(ITEM_FEATURES))), looked)


def _with_products(
    bought: Sequence[BoughtRow],
    looked: Looked,
    statistics: CategoryStatistics,
    current: PreferenceParameters,
    as_of: datetime,
) -> PreferenceParameters:
    catalogue = measure_products(as_of=as_of, categories=statistics, parameters=current)
    of: dict[int, list[BoughtRow]] = {}
    for row in bought:
        of.setdefault(row.customer_id, []).append(row)
    step = max(1, len(of) * len(catalogue.ids) // MOST_HELD)
    part = _part({pk: of[pk] for pk in list(of)[::step]}, looked)
    known = known_of(part, features_of(part, statistics, current, as_of), statistics, catalogue, as_of)
    return measure_item_scales(list(known.blocks(catalogue, current)), current)
