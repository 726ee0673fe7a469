"""What customers looked at lately, as preferences read it: their product views, matched to products."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.choices import EventFormat
from analytics.models import EventSource
from analytics.operations.category_statistics import SECONDS_A_DAY, CategoryStatistics
from analytics.operations.new_event import EARLIEST
from analytics.scoring.preference_arrays import Events
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.sql.product_views import product_views
from analytics.sql.whose import Whose
from customers.choices import ConsentPurpose
from customers.models import Consent, Product

# An older view would count less than a thousandth: it is not read.
HALF_LIVES = 10
# Of more names the whole catalogue is read at once.
MOST_NAMES = 2_000


@dataclass(frozen=True, slots=True)
class Looked:
    """Views of products that have a category, one row each. at: seconds since 1970."""

    customer: NDArray[np.int64]
    category: NDArray[np.int64]
    at: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.customer)

    def events(
        self,
        place: Mapping[int, int],
        statistics: CategoryStatistics,
        parameters: PreferenceParameters,
        as_of: datetime,
    ) -> Events:
        """Those of the customers that have a place, as columns. Categories that are newer than the statistics, and
        views from before the version looks back, are left out."""
        if not len(self):
            return Events.of([], [], [])
        since = looks_back_to(parameters, as_of).timestamp()
        who = _places(self.customer, place)
        what = _places(self.category, {pk: i for i, pk in enumerate(statistics.ids)})
        kept = (who >= 0) & (what >= 0) & (self.at > since)
        age_days = (as_of.timestamp() - self.at[kept]) / SECONDS_A_DAY
        return Events.of(who[kept], what[kept], age_days)


NOTHING = Looked(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


def looks_back_to(parameters: PreferenceParameters, as_of: datetime) -> datetime:
    """From when on views count: ten half-lives before."""
    days = HALF_LIVES * parameters.interest_half_life_days
    if days >= (as_of - EARLIEST).days:
        return EARLIEST
    return as_of - timedelta(days=days)


def product_interest(*, whose: Whose, as_of: datetime, since: datetime) -> Looked:
    """The views of these customers up to a moment, less those of whoever has withdrawn the consent to profiling by now,
    whatever the moment: what was stored while it held is not used any more. At most five queries."""
    codes: dict[tuple[str, int], int] = {}
    who, what, at = array("q"), array("q"), array("d")  # of many views a tenth of what the rows themselves take
    for row in product_views(whose=whose, since=since, as_of=as_of):
        who.append(row.customer_id)
        what.append(codes.setdefault((row.product, row.source_id), len(codes)))
        at.append(row.at)
    if not who:
        return NOTHING
    known = match_products(codes)
    of = [product.category_id or 0 if (product := known.get(named)) else 0 for named in codes]
    customer, category = np.array(who, dtype=np.int64), np.array(of, dtype=np.int64)[np.array(what)]
    kept = (category > 0) & ~np.isin(customer, sorted(withdrawn_among(whose=whose)))
    return Looked(customer[kept], category[kept], np.array(at, dtype=np.float64)[kept])


def _places(keys: NDArray[np.int64], place: Mapping[int, int]) -> NDArray[np.int64]:
    """The place of each key, -1 where it has none."""
    if not place:
        return np.full(len(keys), -1)
    known, places = np.array(list(place), dtype=np.int64), np.array(list(place.values()), dtype=np.int64)
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], keys), len(known) - 1)
    return np.where(known[order][at] == keys, places[order][at], -1)


def withdrawn_among(*, whose: Whose) -> set[int]:
    """Those of these customers who withdrew the consent to profiling, on any channel, and did not give it again."""
    said = Consent.objects.filter(whose.at("customer"), purpose=ConsentPurpose.PROFILING)
    rows = said.in_force().filter(is_given=False).order_by()
    return set(rows.values_list("customer_id", flat=True))


@dataclass(frozen=True, slots=True)
class Named:
    """A product that an event names."""

    id: int
    name: str
    category_id: int | None


def match_products(named: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Named]:
    """The products that events name, by what they call them and their source: by SKU, else, where the source is a
    program of one's own, by our own key. Others' numbers may be ours by chance, and name none."""
    wanted = set(named)
    own = set(EventSource.objects.filter(kind=EventFormat.API).values_list("pk", flat=True))
    texts = {text for text, _source in wanted}
    by_sku = {row.sku: row for row in _products("sku", {text for text in texts if len(text) <= 64})}
    keys = {
        int(text)
        for text, source in wanted
        if source in own and text not in by_sku and text.isascii() and text.isdigit() and len(text) < 19
    }
    by_key = {str(row.pk): row for row in _products("pk", keys)} if keys else {}
    found = {}
    for text, source in wanted:
        row = by_sku.get(text) or (by_key.get(text) if source in own else None)
        if row is not None:
            found[text, source] = Named(row.pk, row.name, row.category_id)
    return found


def _products(column: str, values: set[Any]) -> Iterable[Product]:
    rows = Product.objects.only("pk", "sku", "name", "category_id").order_by()
    return rows.filter(**{f"{column}__in": sorted(values)}) if len(values) <= MOST_NAMES else rows
