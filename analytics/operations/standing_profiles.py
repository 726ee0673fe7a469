from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from analytics.choices import RunKind
from analytics.models import PreferenceModelVersion, PreferenceProfile, ScoringRun
from analytics.operations.read_facts import FactSheet
from analytics.sql.arrays import MOMENT, Array, as_moment, fetch_columns
from analytics.sql.product_views import last_recorded_views

# What everybody buys moves slowly, and what one bought does not move by itself: a profile stands for a week, and up to
# six days more, so that those that were made in one night do not all fall due in one night.
STANDS_FOR = timedelta(days=7)
SPREAD_DAYS = 7


def standing_profiles(
    *, sheet: FactSheet, run: ScoringRun, version: PreferenceModelVersion, sets: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Of whom on the sheet, by position, the profile stands: nothing happened since it was made, the same version and
    the same weights made it, and it is a week old at most. A run by hand makes all anew; views of products make one
    anew at night, but no sweep: they are many.

    One narrow query: of 1M customers to whom nothing happened, this is what their profiles cost. Two more at night, for
    views."""
    stands = np.zeros(len(sheet.customer_ids), dtype=bool)
    if run.kind not in (RunKind.NIGHTLY, RunKind.SWEEP):
        return stands
    rows = PreferenceProfile.objects.filter(
        sheet.whose.at("customer_id"),
        version=version,
        as_of__lte=run.as_of,
        as_of__gt=run.as_of - STANDS_FOR - timedelta(days=SPREAD_DAYS),
    )
    found = fetch_columns(
        rows.values_list("customer_id", "activity_version", "override", "as_of", "computed_at"),
        {"customer_id": "i8", "activity_version": "i8", "override": "i8", "as_of": MOMENT, "computed_at": MOMENT},
    )
    known = np.isin(found["customer_id"], sheet.customer_ids)  # who was merged meanwhile has a profile, too
    found = {name: column[known] for name, column in found.items()}
    places = np.searchsorted(sheet.customer_ids, found["customer_id"])
    younger_than = found["customer_id"] % SPREAD_DAYS * np.timedelta64(1, "D") + np.timedelta64(STANDS_FOR)
    same = (found["activity_version"] == sheet.versions[places]) & (found["override"] == sets[places])
    stands[places] = same & (found["as_of"] > as_moment(run.as_of) - younger_than) & ~_looked_since(sheet, run, found)
    return stands


def _looked_since(sheet: FactSheet, run: ScoringRun, found: dict[str, Array]) -> NDArray[np.bool_]:
    """Who looked at a product of which the profile does not know yet: views of the days for which profiles stand."""
    since = run.as_of - STANDS_FOR - timedelta(days=SPREAD_DAYS)
    if run.kind != RunKind.NIGHTLY:
        return np.zeros(len(found["customer_id"]), dtype=bool)
    last = last_recorded_views(whose=sheet.whose, since=since, as_of=run.as_of)
    never = as_moment(since)
    seen = [as_moment(last[pk]) if pk in last else never for pk in found["customer_id"].tolist()]
    return np.asarray(np.array(seen, dtype=MOMENT) > found["computed_at"])
