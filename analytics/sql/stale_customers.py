from datetime import datetime

from django.db.models import F, Q

from analytics.models import CustomerScore
from customers.models import Customer


def stale_customers(*, as_of: datetime, since: datetime | None) -> list[int]:
    """Keys, in order, of the customers whose score is stale: never scored, read another activity_version than the
    customer has now, or past its refresh_at. Of the first two kinds only those with activity after `since` (None:
    ever). Whoever was merged into another, or may not be profiled, has no score.

    Two index scans, so that the cost follows the customers that changed and not those that exist: activity since
    `since` (customer_activity) against the versions that their scores read, and refresh_at (customer_score_refresh).
    `last_activity_at` only narrows the search. It is when a transaction says it happened, and transactions commit in
    another order, so `since` must lie so far back that every transaction which began before has ended; whether a
    score is stale is then decided by the version, which is exact.
    """
    is_behind = Q(score=None) | ~Q(score__activity_version=F("activity_version"))
    changed = Customer.objects.profiled().filter(is_behind)
    if since is not None:
        changed = changed.filter(last_activity_at__gte=since)
    due = CustomerScore.objects.filter(refresh_at__lte=as_of).profiled()
    found: set[int] = set(changed.order_by().values_list("pk", flat=True).iterator())
    found.update(due.order_by().values_list("pk", flat=True).iterator())
    return sorted(found)
