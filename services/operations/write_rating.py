"""What rating a ticket and rating an order have in common: bounds, replacement of the older answer, and the fact."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from customers.choices import Factor, Measure, SubjectType
from customers.models import Customer, Order
from customers.operations.observe import NewFact
from services.choices import RATING_BOUNDS, RatingScale
from services.models import SatisfactionRating, Ticket


class RatingOutOfBounds(ValueError):
    """The number is not on its scale. Nothing was changed."""

    def __init__(self, scale: str, value: int) -> None:
        self.scale, self.value = scale, value
        low, high = RATING_BOUNDS[RatingScale(scale)]
        message = _("%(scale)s is a whole number from %(low)d to %(high)d, not %(value)s.")
        super().__init__(message % {"scale": scale.upper(), "low": low, "high": high, "value": value})


def write_rating(
    *,
    about: Ticket | Order,
    customer: Customer,
    counts_for: Iterable[int],
    scale: str,
    value: int,
    comment: str,
    at: datetime,
    recorded_at: datetime,
) -> tuple[SatisfactionRating, list[NewFact]]:
    """Write what a customer said of a ticket or an order that the caller has locked. Returns the rating and its facts,
    one for each customer that it counts for. It replaces the same customer's older answer on the same scale; the same
    answer again is no new row and no fact.

    Raises RatingOutOfBounds."""
    low, high = RATING_BOUNDS[RatingScale(scale)]
    if not low <= value <= high:
        raise RatingOutOfBounds(scale, value)
    ticket, order = (about, None) if isinstance(about, Ticket) else (None, about)
    ratings = SatisfactionRating.objects.filter(ticket=ticket, order=order, scale=scale, replaced_by=None)
    old = ratings.filter(customer=customer).order_by("pk").last()
    if old is not None and (old.value, old.comment) == (value, comment):
        return old, []
    rating = SatisfactionRating.objects.create(
        ticket=ticket,
        order=order,
        customer=customer,
        scale=scale,
        value=value,
        comment=comment,
        at=at,
        recorded_at=recorded_at,
    )
    if old is not None:
        old.replaced_by = rating
        old.save(update_fields=["replaced_by"])
    return rating, rating_facts(rating, customer_ids=counts_for, replaced=old)


def rating_facts(
    rating: SatisfactionRating, *, customer_ids: Iterable[int], replaced: SatisfactionRating | None = None
) -> list[NewFact]:
    """The fact of one rating, for each customer it counts for; it stands in for that of the rating it replaced."""
    return [
        NewFact(
            customer_id=pk,
            factor=Factor.QUALITY,
            measure=Measure[rating.scale.upper()],
            value=float(rating.value),
            reference=None,
            at=rating.at,
            subject_type=SubjectType.RATING,
            subject_id=rating.pk,
            instead_of=replaced.pk if replaced else None,
        )
        for pk in customer_ids
    ]
