from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.models import Customer


class CustomerIsMerged(Exception):
    """A customer was merged into another since the caller read it. Nothing was written: what is meant for the one
    would never be seen."""

    def __init__(self, customer_ids: Iterable[int]) -> None:
        self.customer_ids = sorted(customer_ids)
        super().__init__(_("This customer was merged into another since. Open the page again."))


class CustomerIsErased(Exception):
    """A person was erased: what is left is a tombstone, of which nothing is put down. Nothing was written."""

    def __init__(self, customer_ids: Iterable[int], erased_at: datetime) -> None:
        self.customer_ids = sorted(customer_ids)
        day = date_format(localtime(erased_at), "DATE_FORMAT")
        super().__init__(
            _("This customer was erased on %(day)s: nothing is put down about them any more.") % {"day": day}
        )


@transaction.atomic
def record_activity(*, customer_ids: Iterable[int], at: datetime, of_erased: bool = False) -> dict[int, int]:
    """Note that something about these customers changed, in the caller's transaction: their scores become stale.

    Moves `activity_version` on and sets `last_activity_at` to `at`, the time of recording. Rows are locked in key
    order, so that two verbs never wait for each other in a circle. Returns the new version by customer id; ids that
    do not exist are left out. The lock is held until the transaction ends, which makes the version a clock: whoever
    reads a version sees all that was recorded up to it.

    `of_erased`: this takes something away, or computes anew what stands, and may be about tombstones too.

    Raises CustomerIsMerged where one of them was merged into another, CustomerIsErased where one is a tombstone."""
    ids = sorted(set(customer_ids))
    rows = Customer.objects.filter(pk__in=ids)
    locked = list(
        rows.select_for_update().order_by("pk").values_list("pk", "activity_version", "merged_into", "erased_at")
    )
    if merged := [pk for pk, _version, into, _erased in locked if into is not None]:
        raise CustomerIsMerged(merged)
    if not of_erased:
        _refuse({pk: erased_at for pk, _version, _into, erased_at in locked if erased_at is not None})
    rows.update(activity_version=F("activity_version") + 1, last_activity_at=at)
    return {pk: version + 1 for pk, version, _into, _erased in locked}


def require_not_erased(*, customer_ids: Iterable[int]) -> None:
    """For what is kept of customers without being an activity, such as a draft. Raises CustomerIsErased."""
    rows = Customer.objects.filter(pk__in=set(customer_ids), erased_at__isnull=False).only("erased_at")
    _refuse({row.pk: row.erased_at for row in rows if row.erased_at is not None})


def _refuse(erased: dict[int, datetime]) -> None:
    if erased:
        raise CustomerIsErased(erased, min(erased.values()))


def customers_of(row: Model) -> list[int]:
    """Keys of the customers that a row is about: itself, its customer, or the ends of a relation."""
    if isinstance(row, Customer):
        return [row.pk]
    ends = (getattr(row, name, None) for name in ("customer_id", "from_customer_id", "to_customer_id"))
    return [pk for pk in ends if pk is not None]
