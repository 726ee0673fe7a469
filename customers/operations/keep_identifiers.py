from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import transaction

from customers.models import Customer, IdentifierKey
from customers.operations.profiles import identifier_index, matching_attributes
from customers.operations.source import chunks

Identifiers = Iterable[tuple[str, str]]


@transaction.atomic
def keep_identifiers(*, wanted: Mapping[int, Identifiers]) -> int:
    """Have these customers (by key) be found by these identifiers, and by no others; returns how many rows changed."""
    changed = 0
    for ids in chunks(wanted):
        here: dict[int, dict[str, int]] = defaultdict(dict)
        for pk, customer_id, index in IdentifierKey.objects.filter(customer__in=ids).values_list(
            "pk", "customer_id", "blind_index"
        ):
            here[customer_id][index] = pk
        new, gone = [], []
        for customer_id in ids:
            indexes = {identifier_index(which, number) for which, number in wanted[customer_id]}
            new += [
                IdentifierKey(customer_id=customer_id, blind_index=index)
                for index in indexes - here[customer_id].keys()
            ]
            gone += [pk for index, pk in here[customer_id].items() if index not in indexes]
        if gone:
            IdentifierKey.objects.filter(pk__in=gone).delete()
        IdentifierKey.objects.bulk_create(new, ignore_conflicts=True)
        changed += len(new) + len(gone)
    return changed


def refresh_identifiers(*, customers: Iterable[Customer]) -> int:
    """Have these customers be found by the identifiers that their attributes hold now."""
    attributes = matching_attributes()
    if not attributes.identifiers:
        return 0
    return keep_identifiers(wanted={row.pk: attributes.identifiers_in(row.attributes) for row in customers})
