"""What is compared of a customer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from customers.folding import fold
from customers.matching.addresses import Address
from customers.matching.names import OrganisationName, PersonName, organisation_name, person_name
from customers.matching.words import ROLE_MAILBOXES

PERSON = "person"
ORGANISATION = "organisation"
NOTHING: frozenset[str] = frozenset()
# Fewer signs than this name nobody; nor does one sign repeated.
SHORTEST_IDENTIFIER = 4
SHORTEST_PHONE = 5


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer as it is compared. `emails`, `phones`, `messengers` and `address_keys` are opaque: equal keys mean
    equal values, and nothing else can be read from them. `identifiers` are (which, number).

    `addresses` and `weak` (keys of mailboxes that a whole office reads, and of numbers that are none) need what is
    encrypted: None means that it was not read."""

    kind: str
    name: PersonName | OrganisationName
    emails: frozenset[str] = NOTHING
    phones: frozenset[str] = NOTHING
    messengers: frozenset[str] = NOTHING
    address_keys: frozenset[str] = NOTHING
    identifiers: frozenset[tuple[str, str]] = field(default=frozenset())
    birth_date: str = ""
    country: str = ""
    addresses: tuple[Address, ...] | None = None
    weak: frozenset[str] | None = None


def name_of(kind: str, name: str, given: str = "", family: str = "") -> PersonName | OrganisationName:
    """The name of a customer of this kind in its parts."""
    return organisation_name(name) if kind == ORGANISATION else person_name(name, given, family)


def plain_identifier(text: object) -> str:
    """An identifier as it is compared, without case, spaces and signs; empty where it is none (0000, n/a)."""
    plain = "".join(c for c in fold(str(text)) if c.isalnum()) if text is not None else ""
    names_one = len(plain) >= SHORTEST_IDENTIFIER and len(set(plain)) > 1 and any(c.isdigit() for c in plain)
    return plain if names_one else ""


def is_weak_email(address: str) -> bool:
    """Whether several people read this mailbox, or nobody does, or it is none: “n/a”."""
    mailbox, _at, domain = fold(address).partition("@")
    return not domain or mailbox in ROLE_MAILBOXES or mailbox.rstrip("0123456789") in ROLE_MAILBOXES


def is_weak_phone(number: str) -> bool:
    """Whether it is no number at all, but what a form was filled with."""
    digits = [c for c in number if c.isdigit()]
    return len(digits) < SHORTEST_PHONE or len(set(digits[-SHORTEST_PHONE:])) == 1


def frozen(values: Iterable[str]) -> frozenset[str]:
    """The values that are not empty."""
    return frozenset(value for value in values if value)
