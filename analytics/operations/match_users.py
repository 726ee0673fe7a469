"""Which customers the users of a source are: by external id, or by e-mail address."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from analytics.choices import IdentityLink
from analytics.models import EventSource
from customers.choices import ContactKind
from customers.encryption.blind_index import blind_index
from customers.models import ContactPoint, Customer, ExternalId

AT_ONCE = 500
Item = TypeVar("Item")
Match = tuple[int, IdentityLink]
"""Key of the customer, and how it is known."""


def email_index_of(key: str, email: str) -> str:
    """The blind index of a user's e-mail address: one that the source told, or the key where that is one."""
    address = email or (key if "@" in key else "")
    return blind_index(ContactKind.EMAIL, address) if address else ""


def match_users(*, source: EventSource, users: Mapping[str, str]) -> dict[str, Match]:
    """The customers of users, given as {key: blind index of the e-mail address, or nothing}. An external id says more
    than an address; an address that several customers share says nothing. Erased customers are nobody."""
    found: dict[str, Match] = {}
    for key, customer in _by_external_id(source, users).items():
        found[key] = (customer, IdentityLink.EXTERNAL_ID)
    wanted = {index for key, index in users.items() if index and key not in found}
    by_address = customers_by_address(wanted)
    for key, index in users.items():
        if key not in found and index in by_address:
            found[key] = (by_address[index], IdentityLink.EMAIL)
    return found


def _by_external_id(source: EventSource, users: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    of_source = ExternalId.objects.filter(source=source.id_source or source.slug, customer__erased_at=None)
    for some in _parts([key for key in users if len(key) <= 128]):
        found.update(of_source.filter(source_id__in=some).order_by().values_list("source_id", "customer_id"))
    return found


def customers_by_address(indexes: Collection[str]) -> dict[str, int]:
    """{blind index of an e-mail address: the one customer who has it}."""
    found: dict[str, set[int]] = defaultdict(set)
    living = ContactPoint.objects.filter(customer__in=Customer.objects.present(), kind=ContactKind.EMAIL)
    for some in _parts(sorted(indexes)):
        for index, customer in living.filter(blind_index__in=some).order_by().values_list("blind_index", "customer_id"):
            found[index].add(customer)
    return {index: customers.pop() for index, customers in found.items() if len(customers) == 1}


def _parts(values: Iterable[Item]) -> Iterator[Sequence[Item]]:
    listed = list(values)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
