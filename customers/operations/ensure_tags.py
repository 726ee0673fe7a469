from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from customers.folding import fold
from customers.models import Customer, Tag
from customers.operations.record_labels import record_labels

LONGEST_TAG = 50


@transaction.atomic
def ensure_tags(*, names: Iterable[str]) -> dict[str, Tag]:
    """The tags of these names, by the name as it is given; made where they are missing. Case and accents tell no tags
    apart. Names that hold no letter are left out."""
    wanted = {name: short for name in names if fold(short := _short(name))}
    here = {tag.folded: tag for tag in Tag.objects.filter(folded__in={fold(short) for short in wanted.values()})}
    for short in sorted(wanted.values()):
        if fold(short) not in here:
            here[fold(short)] = Tag.objects.get_or_create(folded=fold(short), defaults={"name": short})[0]
    return {name: here[fold(short)] for name, short in wanted.items()}


def _short(name: str) -> str:
    return " ".join(name.replace(";", ",").split())[:LONGEST_TAG]


def label_customers(*, pairs: Sequence[tuple[int, int]]) -> list[Any]:
    """Put tags on customers, given as pairs of keys (customer, tag). Returns the rows that were not there yet."""
    through = Customer.tags.through
    unique = dict.fromkeys(pairs)
    ids = sorted({customer for customer, _ in unique})
    here = set(through.objects.filter(customer__in=ids).values_list("customer_id", "tag_id")) if ids else set()
    rows = [through(customer_id=customer, tag_id=tag) for customer, tag in unique if (customer, tag) not in here]
    written = through.objects.bulk_create(rows, batch_size=1000)
    record_labels(put=[(row.customer_id, row.tag_id) for row in rows])
    return written
