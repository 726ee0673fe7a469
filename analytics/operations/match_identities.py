from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from analytics.choices import IdentityKind, IdentityLink
from analytics.models import EventIdentity, EventSource
from analytics.operations.find_identities import AT_ONCE, key_index_of
from analytics.operations.link_users import set_customers
from analytics.operations.match_users import Match, customers_by_address
from customers.choices import ContactKind
from customers.models import ContactPoint, Customer, ExternalId


def match_identities(*, since: datetime) -> int:
    """Link users of events to customers who came, or changed, since a moment; returns how many. Looks at those
    customers and not at all users, so it costs what has changed."""
    sources = list(EventSource.objects.all())
    return sum(_match(sources, customers) for customers in _changed(since)) if sources else 0


def _changed(since: datetime) -> Iterator[list[int]]:
    rows = Customer.objects.present().filter(last_activity_at__gte=since).order_by("pk")
    last = 0
    while customers := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        yield customers
        last = customers[-1]


@transaction.atomic
def _match(sources: list[EventSource], customers: list[int]) -> int:
    unknown = EventIdentity.objects.filter(kind=IdentityKind.USER, customer=None).exclude(link=IdentityLink.APART)
    matches: dict[int, Match] = {}
    points = ContactPoint.objects.filter(customer__in=customers, kind=ContactKind.EMAIL)
    addresses = customers_by_address(set(points.order_by().values_list("blind_index", flat=True)))
    found = unknown.filter(email_index__in=list(addresses)).order_by().values_list("pk", "email_index")
    matches |= {pk: (addresses[index], IdentityLink.EMAIL) for pk, index in found}
    ids = list(ExternalId.objects.filter(customer__in=customers).values_list("source", "source_id", "customer_id"))
    keys = {
        key_index_of(source, IdentityKind.USER, key): customer
        for source in sources
        for of, key, customer in ids
        if of == (source.id_source or source.slug)
    }
    by_id = unknown.filter(key_index__in=list(keys)).order_by().values_list("pk", "key_index")
    matches |= {pk: (keys[index], IdentityLink.EXTERNAL_ID) for pk, index in by_id}
    set_customers(matches)
    return len(matches)
