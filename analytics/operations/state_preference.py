from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import StatedPreference
from customers.models import Category, Customer, Product, User
from customers.operations.record_activity import record_activity


@transaction.atomic
def state_preference(
    *,
    customer: Customer,
    liking: int,
    at: datetime,
    category: Category | None = None,
    product: Product | None = None,
    source: str = "",
    said_at: datetime | None = None,
    by: User | None = None,
) -> StatedPreference:
    """Put down that a customer likes or does not want a category or a product, or neither any more (0): at `said_at`,
    else now (`at`). Nothing is overwritten: of one thing the newest statement holds. It beats what was observed.

    Raises ValidationError."""
    if (category is None) == (product is None):
        raise ValidationError({"category": _("Choose a category or a product, one of the two.")})
    if said_at is not None and said_at > at:
        raise ValidationError({"at": _("This has not happened yet.")})
    record_activity(customer_ids=[customer.pk], at=at)
    row = StatedPreference(
        customer=customer,
        category=category,
        product=product,
        liking=liking,
        source=source,
        at=said_at or at,
        recorded_at=at,
        recorded_by=by,
    )
    row.full_clean(exclude=["customer", "category", "product", "recorded_by"])
    row.save(force_insert=True)
    return row
