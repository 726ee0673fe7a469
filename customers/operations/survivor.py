from collections.abc import Iterable

from customers.models import Customer
from customers.operations.source import chunks


def survivor(*, customer_id: int) -> int:
    """The key of the customer into whom this one was merged in the end; its own where it was not."""
    return survivors(customer_ids=[customer_id]).get(customer_id, customer_id)


def survivors(*, customer_ids: Iterable[int]) -> dict[int, int]:
    """The same of many, by key: one query a merge that followed another. Who was not merged is left out."""
    found: dict[int, int] = {}
    ahead = {pk: {pk} for pk in customer_ids}  # where the way has come to, and who is on it
    while ahead:
        following: dict[int, set[int]] = {}
        for part in chunks(ahead):
            rows = Customer.objects.filter(pk__in=part, merged_into__isnull=False)
            for pk, into in rows.values_list("pk", "merged_into_id"):
                following.setdefault(into or 0, set()).update(ahead[pk])
        for into, started in following.items():
            found.update(dict.fromkeys(started, into))
        ahead = following
    return found
