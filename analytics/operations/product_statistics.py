import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import IntegrityError, transaction
from numpy.typing import NDArray
from scipy import sparse

from analytics.choices import RunKind, RunState
from analytics.models import ProductStatistics, ScoringRun
from analytics.operations.category_statistics import SECONDS_A_DAY, CategoryStatistics, in_parts, position_on_scale
from analytics.scoring.catalogue import measure_items
from analytics.scoring.item_arrays import Items
from analytics.scoring.items import Baskets
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.scoring.rating_sums import RatingSums
from analytics.sql.purchases import held_products, order_ratings
from customers.models import Customer, Product

# Products are ranked for each customer, so what a profile costs grows with them: of more, the most bought.
MOST_PRODUCTS = 20_000
# Which products go together, so many customers tell as well as all: of more every n-th is read, so that a worker's
# memory stays below 512 MiB whatever the number of customers.
MOST_CUSTOMERS = 125_000
# The statistics of so many runs are kept: sweeps take the newest.
KEPT_RUNS = 2


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What everybody's purchases say of each product, by position."""

    ids: NDArray[np.int64]
    names: list[str]
    # Of each product; 0: none. `items.category` are their places among the categories of the run.
    category_ids: NDArray[np.int64]
    items: Items

    def packed(self) -> bytes:
        """As it is stored, read back by `unpacked`: some 250 bytes a product."""
        items, near = self.items, self.items.neighbours
        file = io.BytesIO()
        np.savez(
            file,
            ids=self.ids,
            names=np.frombuffer(json.dumps(self.names).encode(), dtype=np.uint8),
            category_ids=self.category_ids,
            popularity=items.popularity,
            log_price=items.log_price,
            rating=items.rating,
            on_sale=items.on_sale,
            indptr=near.indptr.astype(np.int32),
            indices=near.indices.astype(np.int32),
            cosines=near.data,
        )
        return zlib.compress(file.getvalue(), 1)

    @classmethod
    def unpacked(cls, payload: bytes, categories: CategoryStatistics) -> "Catalogue":
        """Read what `packed` wrote, for these categories."""
        with np.load(io.BytesIO(zlib.decompress(payload)), allow_pickle=False) as stored:
            ids = stored["ids"]
            near = _matrix(stored)
            columns = {name: stored[name] for name in ("popularity", "log_price", "rating", "on_sale")}
            of = stored["category_ids"]
            items = Items(category=_category_places(of, categories), neighbours=near, **columns)
            return cls(ids, json.loads(stored["names"].tobytes()), of, items)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which products go with which, by key: as little as is needed of the catalogue."""

    ids: NDArray[np.int64]
    matrix: Any

    def of(self, product: int) -> list[tuple[int, float]]:
        """The products that go best with one, itself among them, and how well."""
        place, known = places_among(self.ids, [product])
        if not known[0]:
            return []
        row = slice(self.matrix.indptr[place[0]], self.matrix.indptr[place[0] + 1])
        return list(zip(self.ids[self.matrix.indices[row]].tolist(), self.matrix.data[row].tolist(), strict=True))

    @classmethod
    def unpacked(cls, payload: bytes) -> "Neighbours":
        """Of what `Catalogue.packed` wrote."""
        with np.load(io.BytesIO(zlib.decompress(payload)), allow_pickle=False) as stored:
            return cls(stored["ids"], _matrix(stored))


def _matrix(stored: Any) -> Any:
    size = len(stored["ids"])
    return sparse.csr_matrix((stored["cosines"], stored["indices"], stored["indptr"]), shape=(size, size))


def product_statistics(
    *, run: ScoringRun, categories: CategoryStatistics, parameters: PreferenceParameters
) -> Catalogue:
    """The statistics that a run goes by: measured once as of its date and kept with it, so that all its chunks share
    them. A sweep, which has to be cheap, takes those of the newest run over everybody."""
    kept = ProductStatistics.objects.filter(run_id=run.pk).first()
    if kept is None and run.kind == RunKind.SWEEP:
        kept = ProductStatistics.objects.filter(run__in=ScoringRun.objects.over_everybody()).order_by("-run_id").first()
    if kept is not None:
        return Catalogue.unpacked(bytes(kept.payload), categories)
    measured = measure_products(as_of=run.as_of, categories=categories, parameters=parameters)
    try:
        with transaction.atomic():
            ProductStatistics.objects.create(run_id=run.pk, products=len(measured.ids), payload=measured.packed())
    except IntegrityError:  # another worker was quicker; all chunks go by the same
        return Catalogue.unpacked(bytes(ProductStatistics.objects.get(run_id=run.pk).payload), categories)
    _forget()
    return measured


def _forget() -> None:
    """Delete the statistics of runs that are over, but for the newest."""
    over = ProductStatistics.objects.exclude(run__state=RunState.RUNNING)
    newest = list(over.order_by("-run_id").values_list("pk", flat=True)[:KEPT_RUNS])
    over.exclude(pk__in=newest).delete()


def measure_products(*, as_of: datetime, categories: CategoryStatistics, parameters: PreferenceParameters) -> Catalogue:
    """Read what everybody (of many customers every n-th) bought up to a moment, and what was said of it: some 100 bytes
    a customer and product."""
    every = 1 + Customer.objects.count() // MOST_CUSTOMERS
    held = np.fromiter(
        held_products(as_of=as_of, currency=categories.currency, every=every),
        dtype=[("customer", "i8"), ("product", "i8"), ("at", "f8"), ("paid", "f8"), ("times", "i4")],
    )
    age = _age(held["at"], as_of)
    chosen = _chosen(held["product"], age, parameters)
    ids = np.array([row[0] for row in chosen], dtype=np.int64)
    m = len(ids)
    place, known = places_among(ids, held["product"])
    customers, who = np.unique(held["customer"][known], return_inverse=True)
    baskets = Baskets.of(who, place[known], age[known], len(customers), m, parameters.item_half_life_days)
    times = np.bincount(place[known], held["times"][known], m)
    mean = np.full(m, np.nan)
    np.divide(np.bincount(place[known], held["paid"][known], m), times, where=times > 0, out=mean)
    listed = [float(price) if price is not None and cur == categories.currency else 0.0 for *_o, price, cur in chosen]
    price = np.where(np.array(listed) > 0.0, listed, mean)
    category_ids = np.array([row[2] or 0 for row in chosen], dtype=np.int64)
    items = measure_items(
        baskets,
        _category_places(category_ids, categories),
        np.log(price, where=price > 0.0, out=np.full(m, np.nan)),
        _ratings(ids, as_of, parameters),
        parameters,
        on_sale=[row[3] for row in chosen],
        every=every,
    )
    return Catalogue(ids, [row[1] for row in chosen], category_ids, items)


def _category_places(category_ids: NDArray[np.int64], categories: CategoryStatistics) -> NDArray[np.int64]:
    of = {pk: i for i, pk in enumerate(categories.ids)}
    return np.array([of.get(pk, len(of)) for pk in category_ids.tolist()], dtype=np.int64)


def _chosen(product: NDArray[np.int64], age: NDArray[np.float64], parameters: PreferenceParameters) -> list[tuple]:  # type: ignore[type-arg]
    """(id, name, category, on sale, list price, currency) of the products that are ranked, or say what goes with
    them: on sale, or bought."""
    bought, place = np.unique(product, return_inverse=True)
    weight = np.bincount(place, np.exp2(-age / parameters.item_half_life_days), len(bought))
    lately = dict(zip(bought.tolist(), weight.tolist(), strict=True))
    columns = ("pk", "name", "category_id", "is_active", "list_price", "currency")
    rows = [row for row in Product.objects.order_by("pk").values_list(*columns) if row[3] or row[0] in lately]
    if len(rows) > MOST_PRODUCTS:
        most = sorted(rows, key=lambda row: (-lately.get(row[0], 0.0), row[0]))[:MOST_PRODUCTS]
        rows = sorted(most)
    return rows


def _ratings(ids: NDArray[np.int64], as_of: datetime, parameters: PreferenceParameters) -> NDArray[np.float64]:
    sums = RatingSums(len(ids), parameters)
    rated = ((row.product_id, row.at, position_on_scale(row)) for row in order_ratings(as_of=as_of))
    for part in in_parts(rated, [("product", "i8"), ("at", "f8"), ("x", "f8")]):
        place, known = places_among(ids, part["product"])
        sums.add(place[known], _age(part["at"][known], as_of), part["x"][known])
    return sums.shrunk()


def _age(at: NDArray[np.float64], as_of: datetime) -> NDArray[np.float64]:
    return np.asarray((as_of.timestamp() - at) / SECONDS_A_DAY)


def places_among(
    ids: NDArray[np.int64], wanted: Sequence[int] | NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each of some products stands among `ids`, which are in order, and whether it does."""
    asked = np.asarray(wanted, dtype=np.int64)
    if not len(ids):
        return np.zeros(len(asked), dtype=np.int64), np.zeros(len(asked), dtype=bool)
    place = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
    return place, ids[place] == asked
