"""What our own exports call a customer: the id here, and the moment at which the customer was created, which proves
that the id is of this installation. Another one has other customers under the same numbers."""

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from itertools import islice

from django.db.models import QuerySet

from customers.models import Customer

OWN = "candid"
ID = re.compile(r"(\d{1,18})@(.+)")
IDS_AT_ONCE = 500


def own_id(number: str, created_at: datetime | None) -> str:
    """The id by which an exported row is known as a source id; without the moment it is of nobody here."""
    return f"{number}@{_second(created_at)}" if created_at else number


def own_customers(ids: Collection[str], visible: "QuerySet[Customer]") -> dict[str, int]:
    """The customers whom these ids name, of those that are visible; of one that was merged the one that was kept."""
    found: dict[str, int] = {}
    numbers = iter({int(match[1]) for text in ids if (match := ID.fullmatch(text))})
    while some := list(islice(numbers, IDS_AT_ONCE)):
        for pk, created_at, kept in Customer.objects.filter(pk__in=some).values_list("pk", "created_at", "merged_into"):
            if (name := own_id(str(pk), created_at)) in ids:
                found[name] = _kept(kept) if kept else pk
    seen = _among(visible, found.values())
    return {text: pk for text, pk in found.items() if pk in seen}


def _among(visible: "QuerySet[Customer]", keys: Iterable[int]) -> set[int]:
    seen: set[int] = set()
    wanted = iter(set(keys))
    while some := list(islice(wanted, IDS_AT_ONCE)):
        seen |= set(visible.filter(pk__in=some).values_list("pk", flat=True))
    return seen


def _kept(pk: int) -> int:
    while (kept := Customer.objects.values_list("merged_into", flat=True).get(pk=pk)) is not None:
        pk = kept
    return pk


def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
