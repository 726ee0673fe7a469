from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.operations.category_statistics import SECONDS_A_DAY
from analytics.operations.product_statistics import Catalogue, places_among
from analytics.scoring.catalogue import Lines, buyers_of
from analytics.scoring.item_arrays import Block, Buyers, Ranked, blocks, ranked
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.sql.purchases import BoughtRow
from analytics.sql.said import SaidRow

# So many customers times products are ranked at once: more do not fit into the cache of a processor.
MOST_CELLS = 200_000
DECIMALS = 6
# Of features: divided by a small deviation, what is cut off grows.
VALUE_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some customers. place: by key. lift, interest: (n, g), of categories. said, weights: see
    item_arrays.Buyers. currency: prices in others are not compared."""

    rows: Sequence[BoughtRow]
    place: Mapping[int, int]
    as_of: datetime
    currency: str
    lift: NDArray[np.float64]
    interest: NDArray[np.float64]
    said: Any
    weights: NDArray[np.float64]

    def buyers(self, catalogue: Catalogue, parameters: PreferenceParameters) -> Buyers:
        """As arrays. Products that are newer than the catalogue are left out."""
        place, known = places_among(catalogue.ids, [row.product_id for row in self.rows])
        rows = [row for row, is_known in zip(self.rows, known.tolist(), strict=True) if is_known]
        items = place[known]
        prices = np.array([row.unit_price if row.currency == self.currency else 0.0 for row in rows], dtype=np.float64)
        lines = Lines.of(
            [self.place[row.customer_id] for row in rows],
            items,
            catalogue.items.category[items],
            (self.as_of.timestamp() - np.array([row.at for row in rows], dtype=np.float64)) / SECONDS_A_DAY,
            np.log(prices, where=prices > 0.0, out=np.full(len(rows), np.nan)),
        )
        return buyers_of(lines, len(catalogue.ids), self.lift, self.interest, self.said, self.weights, parameters)

    def blocks(self, catalogue: Catalogue, parameters: PreferenceParameters) -> Iterator[Block]:
        """The features of all of them and all products, some customers at a time."""
        return blocks(self.buyers(catalogue, parameters), catalogue.items, parameters, most_cells=MOST_CELLS)


def top_products(
    known: Known, catalogue: Catalogue, parameters: PreferenceParameters, *, most: int
) -> Iterator[list[dict[str, Any]]]:
    """For each customer the best of the products they bought and the best of the others, in the shape of
    PreferenceProfile.products."""
    for block in known.blocks(catalogue, parameters):
        for rows in ranked(block, parameters, most=most):
            yield [_shown(row, catalogue) for row in rows]


def _shown(row: Ranked, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "product": int(catalogue.ids[row.item]),
        "name": catalogue.names[row.item],
        "preference": round(row.preference, DECIMALS),
        "percentile": round(row.percentile, DECIMALS),
        "bought": row.is_bought,
        # NaN: not known
        "values": [round(value, VALUE_DECIMALS) if value == value else None for value in row.features],
    }


def said_of_products(said: Sequence[SaidRow], place: Mapping[int, int], catalogue: Catalogue) -> Any:
    """What each of these customers said of each product, or else of its category: sparse, -1 and +1."""
    position = {pk: i for i, pk in enumerate(catalogue.ids.tolist())}
    cells: dict[tuple[int, int], int] = {}
    # What was said of the product itself comes last, and stays.
    for row in sorted(said, key=lambda row: row.product_id is not None):
        if row.customer_id not in place:
            continue
        if row.product_id is None:
            items = np.flatnonzero(catalogue.category_ids == row.category_id).tolist()
        else:
            items = [position[row.product_id]] if row.product_id in position else []
        cells.update(((place[row.customer_id], item), row.liking) for item in items)
    who, what = [cell[0] for cell in cells], [cell[1] for cell in cells]
    shape = (len(place), len(catalogue.ids))
    return sparse.csr_matrix((np.array(list(cells.values()), dtype=np.float64), (who, what)), shape=shape)
