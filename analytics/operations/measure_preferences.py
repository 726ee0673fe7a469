from datetime import datetime

import numpy as np

from analytics.operations.category_statistics import measure_statistics
from analytics.operations.compute_preferences import buyers, features_of
from analytics.scoring.preference_arrays import measure_scales
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.sql.purchases import purchases
from analytics.sql.whose import Whose
from customers.models import Order

# The means and deviations of so many customers, spread over all who bought, are those of everybody to a few percent.
SAMPLE = 2_000


def measure_preferences(*, current: PreferenceParameters, as_of: datetime) -> PreferenceParameters:
    """The current parameters with the means and deviations of the features, as of a moment, over a sample of the
    customers who bought and all categories. Nobody bought: as they are."""
    who = list(
        Order.objects.filter(ordered_at__lte=as_of)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
        .distinct()
    )
    bought = list(purchases(as_of=as_of, whose=Whose.these(who[:: max(1, len(who) // SAMPLE)])))
    if not bought:
        return current
    statistics = measure_statistics(as_of=as_of, parameters=current)
    parts = [features_of(part, statistics, current, as_of).features for part in buyers(bought, statistics)]
    return measure_scales(np.concatenate(parts), current)
