from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Max

from analytics.models import PreferenceProfile, ProductStatistics
from analytics.operations.category_statistics import SECONDS_A_DAY
from analytics.operations.product_statistics import Neighbours
from analytics.scoring.preference_parameters import PreferenceParameters
from customers.choices import OrderStatus
from customers.models import OrderLine

MOST = 3


@dataclass(frozen=True, slots=True)
class Companion:
    """A product that the customer bought, and which part of the affinity with another comes from it, 0..1."""

    product: int
    name: str
    share: float


def goes_with(*, profile: PreferenceProfile, products: Sequence[int]) -> dict[int, list[Companion]]:
    """For each of these products which of the customer's purchases it goes with, the strongest first: what stands
    behind the affinity. By the newest statistics; where everybody's purchases moved since the profile was made, the
    shares did as well. Two queries."""
    kept = ProductStatistics.objects.order_by("-run_id").first()
    if kept is None or not products:
        return {}
    near = Neighbours.unpacked(bytes(kept.payload))
    half_life = PreferenceParameters.from_dict(profile.version.parameters).item_half_life_days
    bought = (
        OrderLine.objects.filter(order__customer_id=profile.pk, order__ordered_at__lte=profile.as_of)
        .exclude(order__status=OrderStatus.CANCELLED)
        .order_by()
        .values_list("product_id", "product__name")
        .annotate(newest=Max("order__ordered_at"))
    )
    pulls: dict[int, list[tuple[float, int, str]]] = {product: [] for product in products}
    for own, name, newest in bought:
        age = (profile.as_of - newest).total_seconds() / SECONDS_A_DAY
        weight = float(np.exp2(-age / half_life))
        for product, cosine in near.of(own):
            if product in pulls:
                pulls[product].append((weight * cosine, own, name))
    return {product: _strongest(rows) for product, rows in pulls.items()}


def _strongest(rows: list[tuple[float, int, str]]) -> list[Companion]:
    total = sum(pull for pull, _own, _name in rows)
    ordered = sorted(rows, key=lambda row: (-row[0], row[1]))[:MOST]
    return [Companion(own, name, pull / total) for pull, own, name in ordered if total > 0.0]
