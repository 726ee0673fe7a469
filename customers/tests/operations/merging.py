"""What the tests of merging share: two customers who are one, and possible duplicates."""

from typing import Any

from customers.models import Customer, DuplicatePair, Team
from tests.cast import NOW


def twins(team: Team, *, kind: str = "organisation", kept: Any = None, gone: Any = None) -> tuple[Customer, Customer]:
    """Two customers; `kept` and `gone` are columns of one alone."""
    common = {"kind": kind, "team": team, "created_at": NOW}
    return (
        Customer.objects.create(**{"name": "Acme Pumps", **common, **(kept or {})}),
        Customer.objects.create(**{"name": "ACME Pumps Ltd.", **common, **(gone or {})}),
    )


def pair_of(one: Customer, other: Customer, *, score: float = 0.8, state: str = "open") -> DuplicatePair:
    """A possible duplicate, as the nightly sweep finds it."""
    first, second = sorted([one, other], key=lambda customer: customer.pk)
    return DuplicatePair.objects.create(
        first=first,
        second=second,
        score=score,
        state=state,
        reasons=[{"what": "name", "similarity": 0.92, "points": 4.1}, {"what": "email", "similarity": 1, "points": 7}],
        found_by="sweep",
        found_at=NOW,
    )
