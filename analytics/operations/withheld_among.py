from collections.abc import Collection

from analytics.sql.profiled import IDS_AT_ONCE, unprofiled_among
from customers.choices import ConsentPurpose
from customers.models import Consent


def withheld_among(*, customer_ids: Collection[int]) -> set[int]:
    """Those of these customers whose behaviour is not stored: whoever is restricted or erased, objected to profiling,
    or has withdrawn the consent to it on any channel."""
    found = unprofiled_among(customer_ids)
    ordered = sorted({*customer_ids} - found)
    for start in range(0, len(ordered), IDS_AT_ONCE):
        some = ordered[start : start + IDS_AT_ONCE]
        of_some = Consent.objects.filter(customer__in=some, purpose=ConsentPurpose.PROFILING).in_force()
        found |= {*of_some.filter(is_given=False).order_by().values_list("customer_id", flat=True)}
    return found
