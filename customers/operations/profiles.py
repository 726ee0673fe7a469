"""Customers as they are compared: read from the database, or from rows that are not there yet."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from customers.choices import ContactKind, MatchingUse
from customers.encryption.blind_index import blind_index, normalise
from customers.encryption.cipher import CannotDecrypt
from customers.matching.addresses import Address, address
from customers.matching.dates import date_digits
from customers.matching.profile import Profile, frozen, is_weak_email, is_weak_phone, name_of, plain_identifier
from customers.models import ContactPoint, CustomAttribute, Customer
from customers.operations.records import CustomerRecord
from customers.operations.source import chunks

logger = logging.getLogger(__name__)

CUSTOMERS_AT_ONCE = 2000
# Each address of one is compared with each of the other.
MOST_ADDRESSES = 10
COLUMNS = ("pk", "kind", "name", "given_name", "family_name", "country")

# kind and blind index of the contact points of a customer
Keys = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MatchingAttributes:
    """The codes of the custom attributes that say something when two customers are compared."""

    identifiers: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.identifiers or self.birth_dates)

    def identifiers_in(self, values: object) -> frozenset[tuple[str, str]]:
        """The numbers among a customer's attributes that name one alone, as (code, number)."""
        if not isinstance(values, dict):
            return frozenset()
        numbers = ((code, plain_identifier(values.get(code))) for code in self.identifiers)
        return frozenset((code, number) for code, number in numbers if number)

    def birth_date_in(self, values: object) -> str:
        """The date of birth among a customer's attributes."""
        if not isinstance(values, dict):
            return ""
        return next((digits for code in self.birth_dates if (digits := date_digits(values.get(code)))), "")


def matching_attributes(definitions: Iterable[CustomAttribute] | None = None) -> MatchingAttributes:
    """Which custom attributes are compared, of these or of all."""
    rows = CustomAttribute.objects.exclude(matching=MatchingUse.NONE) if definitions is None else definitions
    by_use: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_use[row.matching].append(row.code)
    return MatchingAttributes(
        identifiers=tuple(sorted(by_use[MatchingUse.IDENTIFIER])),
        birth_dates=tuple(sorted(by_use[MatchingUse.BIRTH_DATE])),
    )


def identifier_index(which: str, number: str) -> str:
    """The blind index of an identifier."""
    return blind_index("identifier", f"{which}={number}")


def profile_of(customer: Customer, points: Iterable[ContactPoint], attributes: MatchingAttributes) -> Profile:
    """The profile of a customer with these contact points, which have their blind indexes; neither need be saved.
    What is encrypted is not read: see `with_encrypted`."""
    row = {name: getattr(customer, name) for name in COLUMNS}
    keys = [(point.kind, point.blind_index) for point in points]
    return _profile(row, customer.attributes, keys, attributes, None)


def with_encrypted(profile: Profile, points: Iterable[ContactPoint]) -> Profile:
    """The profile with what its contact points tell in plain."""
    read = _read(points)
    return replace(profile, addresses=read.addresses, weak=read.weak)


def profile_of_record(record: CustomerRecord, attributes: MatchingAttributes) -> Profile:
    """The profile of a record of a file, without a database: contact points are compared as they are normalised."""
    row = {"pk": None, **{name: getattr(record, name) for name in COLUMNS[1:]}}
    points = [ContactPoint(kind=contact.kind, value=contact.value) for contact in record.contacts]
    for point in points:
        point.blind_index = normalise(point.kind, point.value, region=record.country)
    keys = [(point.kind, point.blind_index) for point in points]
    return _profile(row, record.attributes, keys, attributes, _read(points))


def read_profiles(
    customer_ids: Iterable[int], attributes: MatchingAttributes, *, encrypted: bool = False
) -> dict[int, Profile]:
    """The profiles of these customers by key; those who were merged into another are left out. Two queries for 500.

    `encrypted`: read addresses too, and look which mailboxes and numbers say little."""
    found: dict[int, Profile] = {}
    for ids in chunks(customer_ids):
        rows = Customer.objects.present().filter(pk__in=ids).order_by().values(*_columns(attributes))
        points = ContactPoint.objects.filter(customer__in=ids)
        found.update((row["pk"], profile) for row, profile in _profiles(rows, points, attributes, encrypted))
    return found


def stream_profiles(attributes: MatchingAttributes) -> Iterator[list[tuple[dict[str, Any], Profile]]]:
    """The profiles of everybody beside their rows (with pk and name_key), some thousand at a time, in order of key."""
    after = 0
    while True:
        customers = Customer.objects.present().filter(pk__gt=after).order_by("pk")
        rows = list(customers.values("name_key", *_columns(attributes))[:CUSTOMERS_AT_ONCE])
        if not rows:
            return
        last = rows[-1]["pk"]
        points = ContactPoint.objects.filter(customer__gt=after, customer__lte=last)
        yield list(_profiles(rows, points, attributes, False))
        after = last


def _columns(attributes: MatchingAttributes) -> tuple[str, ...]:
    return (*COLUMNS, "attributes") if attributes else COLUMNS


def _profiles(
    rows: Iterable[dict[str, Any]], points: "QuerySet[ContactPoint]", attributes: MatchingAttributes, encrypted: bool
) -> Iterator[tuple[dict[str, Any], Profile]]:
    keys, read = _with_values(points) if encrypted else (_keys_alone(points), None)
    for row in rows:
        own = read.get(row["pk"], Encrypted()) if read is not None else None
        yield row, _profile(row, row.get("attributes", {}), keys.get(row["pk"], ()), attributes, own)


@dataclass(slots=True)
class Encrypted:
    """What the encrypted values of a customer's contact points tell."""

    addresses: tuple[Address, ...] = ()
    weak: frozenset[str] = frozenset()


def _keys_alone(points: "QuerySet[ContactPoint]") -> dict[int, list[tuple[str, str]]]:
    keys: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for customer_id, kind, index in points.order_by().values_list("customer_id", "kind", "blind_index"):
        keys[customer_id].append((kind, index))
    return keys


def _with_values(
    points: "QuerySet[ContactPoint]",
) -> tuple[dict[int, list[tuple[str, str]]], dict[int, Encrypted]]:
    by_customer: dict[int, list[ContactPoint]] = defaultdict(list)
    for point in points.order_by("-is_primary", "pk").only("id", "customer_id", "kind", "value", "blind_index"):
        by_customer[point.customer_id].append(point)
    keys = {pk: [(point.kind, point.blind_index) for point in own] for pk, own in by_customer.items()}
    return keys, {pk: _read(own) for pk, own in by_customer.items()}


def _read(points: Iterable[ContactPoint]) -> Encrypted:
    addresses, weak = [], []
    for point in points:
        try:
            value = point.value
        except CannotDecrypt:  # one spoilt value must not stop the sweep over all
            logger.warning("contact point %s cannot be decrypted", point.pk)
            continue
        if point.kind == ContactKind.ADDRESS:
            addresses.append(address(value))
        elif (point.kind == ContactKind.EMAIL and is_weak_email(value)) or (
            point.kind == ContactKind.PHONE and is_weak_phone(value)
        ):
            weak.append(point.blind_index)
    return Encrypted(tuple(addresses[:MOST_ADDRESSES]), frozenset(weak))


def _profile(
    row: Mapping[str, Any],
    values: object,
    keys: Keys,
    attributes: MatchingAttributes,
    read: Encrypted | None,
) -> Profile:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, index in keys:
        by_kind[kind].append(index)
    return Profile(
        kind=row["kind"],
        name=name_of(row["kind"], row["name"], row["given_name"], row["family_name"]),
        emails=frozen(by_kind[ContactKind.EMAIL]),
        phones=frozen(by_kind[ContactKind.PHONE]),
        messengers=frozen(by_kind[ContactKind.MESSENGER]),
        address_keys=frozen(by_kind[ContactKind.ADDRESS]),
        identifiers=attributes.identifiers_in(values),
        birth_date=attributes.birth_date_in(values),
        country=row["country"],
        addresses=read.addresses if read else None,
        weak=read.weak if read else None,
    )
