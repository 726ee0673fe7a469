from datetime import datetime

from django.db import transaction

from customers.models import Customer, Interaction, User
from customers.operations.record_activity import record_activity


@transaction.atomic
def log_interaction(
    *,
    customer: Customer,
    kind: str,
    direction: str,
    subject: str,
    author: User | None,
    at: datetime,
    body: str = "",
    happened_at: datetime | None = None,
    seconds: int | None = None,
) -> Interaction:
    """Put a call, meeting, visit or campaign touch on the customer's timeline: at `happened_at`, else now (`at`).
    `seconds`: how long it took."""
    record_activity(customer_ids=[customer.pk], at=at)
    return Interaction.objects.create(
        customer=customer,
        kind=kind,
        direction=direction,
        subject=subject,
        body=body,
        at=happened_at or at,
        author=author,
        seconds=seconds,
    )
