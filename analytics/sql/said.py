from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from analytics.models import StatedPreference
from analytics.sql.whose import Whose


class SaidRow(NamedTuple):
    """What a customer last said of a category or a product; the other is None. liking: -1 or +1."""

    customer_id: int
    category_id: int | None
    product_id: int | None
    liking: int


def said_preferences(*, whose: Whose, as_of: datetime) -> Iterator[SaidRow]:
    """What these customers said up to a moment, and did not take back. One statement a chunk: most said nothing."""
    rows = StatedPreference.objects.filter(whose.at("customer_id"), at__lte=as_of).order_by("at", "pk")
    newest = {
        (who, category, product): liking
        for who, category, product, liking in rows.values_list("customer_id", "category_id", "product_id", "liking")
    }
    for (who, category, product), liking in newest.items():
        if liking:
            yield SaidRow(who, category, product, liking)
