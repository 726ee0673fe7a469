from collections import defaultdict
from collections.abc import Iterable

from customers.audit.origin import bulk_counts
from customers.audit.record import Happening, record_all
from customers.choices import AuditKind
from customers.models import Customer, Tag


def record_labels(*, put: Iterable[tuple[int, int]] = (), taken: Iterable[tuple[int, int]] = ()) -> None:
    """Put on record which tags were put on customers or taken off them, as pairs of keys (customer, tag)."""
    if bulk_counts() is not None:
        return
    of: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, pairs in enumerate((taken, put)):
        for customer, tag in pairs:
            of[customer][side].append(tag)
    if not of:
        return
    tags = {tag for sides in of.values() for side in sides for tag in side}
    names = dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name"))
    label = Customer._meta.label_lower
    record_all(
        [
            Happening(
                AuditKind.CHANGED,
                label,
                str(customer),
                (customer,),
                {"tags": [sorted(names.get(tag, str(tag)) for tag in side) or None for side in sides]},
            )
            for customer, sides in of.items()
        ]
    )
