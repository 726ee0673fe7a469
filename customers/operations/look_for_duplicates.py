from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from customers.choices import PairSource
from customers.matching.compare import compare
from customers.matching.finding import Comparison
from customers.matching.keys import NOTHING, name_key
from customers.models import ContactPoint, Customer
from customers.operations.find_duplicates import Duplicate, find_duplicates
from customers.operations.keep_identifiers import refresh_identifiers
from customers.operations.newcomers import MOST_NAMESAKES, Newcomer
from customers.operations.profiles import matching_attributes, read_profiles
from customers.operations.queue_duplicates import Pair, Queued, pair, queue_duplicates
from customers.operations.records import ContactRecord
from customers.querysets import CustomerQuerySet

# A change of one of these may make a customer look like another.
TELLING = frozenset({"kind", "name", "given_name", "family_name", "country", "attributes"})


@transaction.atomic
def look_for_duplicates(*, customers: Iterable[Customer], at: datetime, found_by: str = PairSource.ENTRY) -> Queued:
    """After customers were entered or changed: put the pairs that they make with others into the review queue, and
    have them be found by their identifiers as they are now."""
    rows = list(customers)
    attributes = matching_attributes()
    refresh_identifiers(customers=rows)
    points: dict[int, list[ContactPoint]] = {row.pk: [] for row in rows}
    for point in ContactPoint.objects.filter(customer__in=points):
        points[point.customer_id].append(point)
    newcomers = [Newcomer(row, points[row.pk], attributes) for row in rows]
    found: dict[Pair, Comparison] = {}
    for row, duplicates in zip(rows, find_duplicates(newcomers=newcomers, attributes=attributes), strict=True):
        found.update({pair(row.pk, duplicate.customer_id): duplicate.comparison for duplicate in duplicates})
    return queue_duplicates(found=found, found_by=found_by, at=at) if found else Queued()


def duplicates_of(*, customer: Customer, contact_points: Iterable[ContactRecord]) -> list[Duplicate]:
    """The customers whom one who is not saved yet looks like, likeliest first, whoever may see them."""
    points = [ContactPoint(customer=customer, kind=point.kind, value=point.value) for point in contact_points]
    for point in points:
        point.index_value(region=customer.country)
    attributes = matching_attributes()
    return find_duplicates(newcomers=[Newcomer(customer, points, attributes)], attributes=attributes)[0]


def namesakes_of(*, customer: Customer, among: CustomerQuerySet[Customer]) -> list[Duplicate]:
    """Those of `among` who bear the name of one who is not saved yet; of a name that many bear, none.

    The name of a person alone is too little for the review queue; but whoever types it can be asked."""
    key = name_key(customer.kind, customer.name)
    rows = among.living().filter(kind=customer.kind, name_key=key).order_by("pk").values_list("pk", flat=True)
    found = list(rows[: MOST_NAMESAKES + 1]) if key != NOTHING else []
    if len(found) > MOST_NAMESAKES:
        return []
    attributes = matching_attributes()
    one, profiles = Newcomer(customer, [], attributes), read_profiles(found, attributes)
    return [Duplicate(pk, compare(one.profile, profiles[pk])) for pk in found if pk in profiles]
