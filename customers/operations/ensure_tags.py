from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from customers.models import Customer, Tag


@transaction.atomic
def ensure_tags(*, names: Iterable[str]) -> dict[str, Tag]:
    """The tags of these names, by the name as it is given; made where they are missing. Case tells no tags apart."""
    wanted = sorted({name for name in names if name.strip()})
    if not wanted:
        return {}
    here = {tag.name.casefold(): tag for tag in Tag.objects.all()}
    for name in wanted:
        short = name.strip()[:50]
        if short.casefold() not in here:
            here[short.casefold()] = Tag.objects.get_or_create(name=short)[0]
    return {name: here[name.strip()[:50].casefold()] for name in wanted}


def label_customers(*, pairs: Sequence[tuple[int, int]]) -> list[Any]:
    """Put tags on customers, given as pairs of keys (customer, tag). Returns the rows that were not there yet."""
    through = Customer.tags.through
    unique = dict.fromkeys(pairs)
    ids = sorted({customer for customer, _ in unique})
    here = set(through.objects.filter(customer__in=ids).values_list("customer_id", "tag_id")) if ids else set()
    rows = [through(customer_id=customer, tag_id=tag) for customer, tag in unique if (customer, tag) not in here]
    return through.objects.bulk_create(rows, batch_size=1000)
