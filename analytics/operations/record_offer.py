from datetime import datetime

from django.db import transaction

from analytics.models import Offer, PreferenceProfile
from customers.models import Customer, Product, User
from customers.operations.record_activity import record_activity


@transaction.atomic
def record_offer(*, customer: Customer, product: Product, outcome: str, by: User | None, at: datetime) -> Offer:
    """Put down that a product was offered to a customer in a conversation, and what they said. Nothing is overwritten:
    a later outcome is another row."""
    record_activity(customer_ids=[customer.pk], at=at)
    profile = PreferenceProfile.objects.filter(pk=customer.pk).first()
    places = {row["product"]: row["percentile"] for row in profile.products} if profile else {}
    return Offer.objects.create(
        customer=customer, product=product, outcome=outcome, percentile=places.get(product.pk), by=by, at=at
    )
