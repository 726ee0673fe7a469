from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import ConsentChannel
from customers.models import Consent, Customer, User
from customers.operations.record_activity import record_activity


@transaction.atomic
def record_consent(
    *,
    customer: Customer,
    purpose: str,
    is_given: bool,
    at: datetime,
    channel: str = ConsentChannel.ANY,
    text_version: str = "",
    source: str = "",
    said_at: datetime | None = None,
    by: User | None = None,
) -> Consent:
    """Put down that a customer allowed or forbade something: at `said_at`, else now (`at`). Nothing is overwritten: of
    one purpose and channel the newest statement holds (may_contact says what follows from it).

    Raises ValidationError."""
    if said_at is not None and said_at > at:
        raise ValidationError({"at": _("This has not happened yet.")})
    record_activity(customer_ids=[customer.pk], at=at)
    row = Consent(
        customer=customer,
        purpose=purpose,
        channel=channel,
        is_given=is_given,
        text_version=text_version,
        source=source,
        at=said_at or at,
        recorded_at=at,
        recorded_by=by,
    )
    row.full_clean(exclude=["customer", "recorded_by"])
    row.save(force_insert=True)
    return row
