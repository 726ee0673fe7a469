"""The values by which a person may be found again after an erasure. They are held while it runs, and never stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers

from customers.choices import ContactKind
from customers.encryption.blind_index import normalise
from customers.models import ContactPoint, Customer, ExternalId
from customers.operations.profiles import matching_attributes

# Shorter texts stand everywhere, whoever is meant.
SHORTEST = 6
SHORTEST_NAME, SHORTEST_HAN_NAME = 4, 2


@dataclass(frozen=True, slots=True)
class OldValues:
    """`certain`: addresses and numbers that reach this person alone, and identifiers: wherever they stand, the person
    is meant. `names`: others may have the same. `indexes`: blind indexes of contact points. `external`: (source, id).
    `shared`: so many ways to reach them reach somebody else as well, and are theirs."""

    certain: tuple[str, ...]
    names: tuple[str, ...]
    indexes: tuple[str, ...]
    external: tuple[tuple[str, str], ...]
    shared: int


def old_values(*, ids: Sequence[int]) -> OldValues:
    """Of these customers, who are one person."""
    customers = list(Customer.objects.filter(pk__in=ids))
    points = list(ContactPoint.objects.filter(customer__in=ids).select_related("customer"))
    others = ContactPoint.objects.filter(blind_index__in=[point.blind_index for point in points])
    shared = set(others.exclude(customer__in=ids).values_list("blind_index", flat=True))
    own = [point for point in points if point.blind_index not in shared]
    certain = {text for point in own for text in _variants(point)}
    certain |= {text for customer in customers for text in _identifiers(customer)}
    external = ExternalId.objects.filter(customer__in=ids).values_list("source", "source_id")
    return OldValues(
        certain=tuple(sorted(text for text in certain if len(text) >= SHORTEST)),
        names=tuple(sorted({name for customer in customers for name in _names(customer)})),
        indexes=tuple(sorted({point.blind_index for point in own})),
        external=tuple(external),
        shared=len(points) - len(own),
    )


def _variants(point: ContactPoint) -> Iterator[str]:
    """As it was typed, and as it is compared; a phone number also as people write it, here and abroad."""
    kind, region = str(point.kind), point.customer.country
    yield point.value.strip()
    plain = normalise(kind, point.value, region=region)
    yield plain
    if kind == ContactKind.PHONE and plain.startswith("+"):
        number = phonenumbers.parse(plain, None)
        yield str(number.national_number)
        for form in (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL):
            yield phonenumbers.format_number(number, form)


def _identifiers(customer: Customer) -> Iterator[str]:
    attributes = matching_attributes()
    for code, number in attributes.identifiers_in(customer.attributes) if attributes.identifiers else ():
        yield number
        yield str(customer.attributes.get(code, "")).strip()


def _names(customer: Customer) -> Iterator[str]:
    given, family = customer.given_name.strip(), customer.family_name.strip()
    found = [customer.name.strip()]
    if given and family:
        found += [f"{given} {family}", f"{family} {given}", f"{family}{given}", f"{family}, {given}"]
    for name in found:
        if len(name) >= (SHORTEST_NAME if name.isascii() else SHORTEST_HAN_NAME):
            yield name
