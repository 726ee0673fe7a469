from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _

from customers.models import Customer


class CustomerIsMerged(Exception):
    """A customer was merged into another since the caller read it. Nothing was written: what is meant for the one
    would never be seen."""

    def __init__(self, customer_ids: Iterable[int]) -> None:
        self.customer_ids = sorted(customer_ids)
        super().__init__(_("This customer was merged into another since. Open the page again."))


@transaction.atomic
def record_activity(*, customer_ids: Iterable[int], at: datetime) -> dict[int, int]:
    """Note that something about these customers changed, in the caller's transaction: their scores become stale.

    Moves `activity_version` on and sets `last_activity_at` to `at`, the time of recording. Rows are locked in key
    order, so that two verbs never wait for each other in a circle. Returns the new version by customer id; ids that
    do not exist are left out. The lock is held until the transaction ends, which makes the version a clock: whoever
    reads a version sees all that was recorded up to it.

    Raises CustomerIsMerged where one of them was merged into another."""
    ids = sorted(set(customer_ids))
    rows = Customer.objects.filter(pk__in=ids)
    locked = list(rows.select_for_update().order_by("pk").values_list("pk", "activity_version", "merged_into"))
    if merged := [pk for pk, _version, into in locked if into is not None]:
        raise CustomerIsMerged(merged)
    rows.update(activity_version=F("activity_version") + 1, last_activity_at=at)
    return {pk: version + 1 for pk, version, _into in locked}


def customers_of(row: Model) -> list[int]:
    """Keys of the customers that a row is about: itself, its customer, or the ends of a relation."""
    if isinstance(row, Customer):
        return [row.pk]
    ends = (getattr(row, name, None) for name in ("customer_id", "from_customer_id", "to_customer_id"))
    return [pk for pk in ends if pk is not None]
