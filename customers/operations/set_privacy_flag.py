from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import PrivacyFlagKind
from customers.models import Customer, PrivacyFlag, User
from customers.operations.forget_profile import forget_profile
from customers.operations.record_activity import record_activity

# What Customer repeats, so that the score job need not ask for it.
COLUMNS = {
    PrivacyFlagKind.RESTRICTION: "restricted_at",
    PrivacyFlagKind.PROFILING: "profiling_objected_at",
}


class FlagRefused(Exception):
    """The flag is as it is asked to be, or the customer is a tombstone. Nothing was written."""


@transaction.atomic
def set_privacy_flag(
    *,
    customer: Customer,
    kind: str,
    is_set: bool,
    reason: str,
    by: User | None,
    at: datetime,
    expected_version: int | None = None,
) -> PrivacyFlag:
    """Put a restriction of processing (GDPR art. 18, PIPL art. 44), an objection to profiling (GDPR art. 21 and 22,
    PIPL art. 24 and 44) or a legal hold (GDPR art. 17(3)(e)) on a customer, or take it off.

    Whoever is restricted or objects is not scored, from now on: score, preferences and effects of relations are
    deleted. An objection deletes the old scores as well; a restriction keeps them, unused. Once it is taken off, the
    next sweep scores the customer again.

    Raises FlagRefused, StaleVersion, CustomerIsMerged; ValidationError without a reason."""
    record_activity(customer_ids=[customer.pk], at=at, of_erased=True)  # told below, in its own words
    customer.refresh_from_db()
    customer.require_version(expected_version)
    if customer.erased_at is not None:
        raise FlagRefused(_("This person was erased: there is nothing left to protect."))
    if is_flag_set(customer=customer, kind=kind) == is_set:
        raise FlagRefused(_("This stands already.") if is_set else _("This does not stand any more."))
    row = PrivacyFlag(customer=customer, kind=kind, is_set=is_set, reason=reason.strip(), at=at, by=by)
    row.full_clean(exclude=["customer", "by"])
    row.save(force_insert=True)
    column = COLUMNS.get(PrivacyFlagKind(kind))
    if column is not None:
        setattr(customer, column, at if is_set else None)
        customer.save_checked(update_fields=[column, "updated_at"])
    if is_set and column is not None:
        forget_profile(customer_ids=[customer.pk], with_history=kind == PrivacyFlagKind.PROFILING)
    return row


def is_flag_set(*, customer: Customer, kind: str) -> bool:
    """Whether a flag stands: of its rows the newest holds. One query."""
    newest = PrivacyFlag.objects.filter(customer=customer, kind=kind).order_by("-at", "-id").first()
    return newest is not None and newest.is_set
