"""Profiles for tests. Contact points are given in plain: the text itself is their key."""

from typing import Any

from customers.matching.addresses import address
from customers.matching.compare import compare
from customers.matching.dates import date_digits
from customers.matching.profile import ORGANISATION, PERSON, Profile, name_of
from customers.matching.weights import DEFAULT

HOME = "12 High Street, Leeds LS1 4AB"
ELSEWHERE = "9 Dock Road, Hull HU1 2AA"


def person(name: str, *, kind: str = PERSON, given: str = "", family: str = "", **more: Any) -> Profile:
    """A person; `address` and `born` as they are written, the rest as Profile has it."""
    written = more.pop("address", "")
    return Profile(
        kind=kind,
        name=name_of(kind, name, given, family),
        address_keys=frozenset({written} - {""}),
        addresses=(address(written),) if written else (),
        birth_date=date_digits(more.pop("born", "")),
        weak=frozenset(more.pop("weak", ())),
        country=more.pop("country", ""),
        **{name: frozenset(values) for name, values in more.items()},
    )


def organisation(name: str, **more: Any) -> Profile:
    """An organisation."""
    return person(name, kind=ORGANISATION, **more)


def look_alike(one: Profile, other: Profile) -> bool:
    """Whether the two belong into the review queue."""
    return compare(one, other).likeness >= DEFAULT.queue_at


def findings(one: Profile, other: Profile) -> dict[str, float]:
    """The points of a comparison by what they are for."""
    return {found.what: found.points for found in compare(one, other).findings}
