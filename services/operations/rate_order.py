from datetime import datetime

from django.db import transaction

from customers.models import Order
from customers.operations.observe import observe
from services.choices import RatingScale
from services.models import SatisfactionRating
from services.operations.write_rating import write_rating


@transaction.atomic
def rate_order(
    *, order: Order, value: int, at: datetime, scale: str = RatingScale.REVIEW, comment: str = ""
) -> SatisfactionRating:
    """Put on record what the customer says of an order. A changed mind is a new row that replaces the old; the same
    answer again changes nothing. Raises RatingOutOfBounds."""
    order.refresh_from_db(from_queryset=Order.objects.select_for_update())
    rating, facts = write_rating(
        about=order,
        customer=order.customer,
        counts_for=[order.customer_id],
        scale=scale,
        value=value,
        comment=comment,
        at=at,
        recorded_at=at,
    )
    if facts:
        observe(facts=facts, at=at)
    return rating
