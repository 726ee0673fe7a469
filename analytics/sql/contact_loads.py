from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Q

from customers.choices import CustomerKind
from customers.models import Relation
from services.models import Ticket

# At most so many ids in one IN (...): SQLite and MariaDB slow down or refuse beyond.
IDS_AT_ONCE = 500


class ContactLoad(NamedTuple):
    """How many tickets of an organisation one person asked for; None: nobody is known to have asked."""

    organisation: int
    contact: int | None
    requests: int


def contact_loads(*, since: datetime, until: datetime) -> Iterator[ContactLoad]:
    """The tickets of organisations opened within a time, by who asked, organisation by organisation.

    SQL, because a year may hold millions of tickets: the database counts, and only the counts are fetched."""
    tickets = Ticket.objects.filter(
        created_at__gte=since,
        created_at__lte=until,
        customer__kind=CustomerKind.ORGANISATION,
        customer__merged_into=None,
        merged_into=None,
    )
    rows = tickets.order_by("customer_id", "requester_id").values_list("customer_id", "requester_id")
    for organisation, contact, requests in rows.annotate(requests=Count("pk")).iterator(chunk_size=20_000):
        yield ContactLoad(organisation, contact if contact != organisation else None, requests)


def contacts_of(*, organisations: Sequence[int], on: date) -> dict[int, set[int]]:
    """The persons who are related to each of these organisations on a day. Plain keys, an index range a query."""
    found: dict[int, set[int]] = defaultdict(set)
    for start in range(0, len(organisations), IDS_AT_ONCE):
        some = organisations[start : start + IDS_AT_ONCE]
        for person, ours in (("from_customer", "to_customer"), ("to_customer", "from_customer")):
            rows = Relation.objects.on(on).filter(
                Q(**{f"{ours}__in": some, f"{person}__kind": CustomerKind.PERSON, f"{person}__merged_into": None})
            )
            for company, contact in rows.order_by().values_list(ours, person):
                found[company].add(contact)
    return found
