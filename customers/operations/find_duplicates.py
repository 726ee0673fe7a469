from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Window

from customers.matching.compare import compare
from customers.matching.finding import Comparison
from customers.matching.profile import Profile
from customers.matching.weights import DEFAULT
from customers.models import ContactPoint, Customer, IdentifierKey
from customers.operations.newcomers import MOST_NAMESAKES, MOST_SHARING, Newcomer, is_likely
from customers.operations.profiles import MatchingAttributes, read_profiles
from customers.operations.source import chunks


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A customer who is here and whom a newcomer looks like."""

    customer_id: int
    comparison: Comparison

    @property
    def likeness(self) -> float:
        """From 0 to 1."""
        return self.comparison.likeness


def find_duplicates(*, newcomers: Sequence[Newcomer], attributes: MatchingAttributes) -> list[list[Duplicate]]:
    """For each newcomer the customers whom they may be, likeliest first, whoever may see them.

    Looked up by e-mail, phone, messenger and identifier (blind indexes) and by name; weighed as the sweep weighs. A
    handful of queries for one newcomer or for hundreds."""
    candidates = _candidates(newcomers)
    plain = read_profiles(sorted(set().union(*candidates)), attributes)
    promising = [
        {pk for pk in found if pk in plain and is_likely(one.profile, plain[pk])}
        for one, found in zip(newcomers, candidates, strict=True)
    ]
    read = read_profiles(sorted(set().union(*promising)), attributes, encrypted=True)
    return [list(_weighed(one, found, read)) for one, found in zip(newcomers, promising, strict=True)]


def _candidates(newcomers: Sequence[Newcomer]) -> list[set[int]]:
    """The keys of the customers who share with each newcomer something by which they are looked up."""
    found: list[set[int]] = [set() for _ in newcomers]

    def look_up(rows: "QuerySet[Any]", column: str, keys: Mapping[Any, list[int]], owner: str, most: int) -> None:
        for some in chunks(keys):
            sharing = (
                rows.filter(**{f"{column}__among": some})
                .order_by()
                .annotate(sharing=Window(Count("*"), partition_by=[F(column)]))
            )
            for key, customer_id in sharing.filter(sharing__lte=most).values_list(column, owner):
                for position in keys[key]:
                    if newcomers[position].customer_id != customer_id:
                        found[position].add(customer_id)

    contacts, identifiers, names = defaultdict(list), defaultdict(list), defaultdict(list)
    for position, one in enumerate(newcomers):
        for index in one.contact_keys:
            contacts[index].append(position)
        for index in one.identifier_keys:
            identifiers[index].append(position)
        if one.telling_name:
            names[one.telling_name].append(position)
    look_up(ContactPoint.objects.all(), "blind_index", contacts, "customer_id", MOST_SHARING)
    look_up(IdentifierKey.objects.all(), "blind_index", identifiers, "customer_id", MOST_SHARING)
    look_up(Customer.objects.present(), "name_key", names, "pk", MOST_NAMESAKES)
    return found


def _weighed(one: Newcomer, candidates: set[int], profiles: Mapping[int, Profile]) -> Iterator[Duplicate]:
    weighed = [Duplicate(pk, compare(one.read, profiles[pk])) for pk in candidates if pk in profiles]
    weighed.sort(key=lambda found: (-found.comparison.total, found.customer_id))
    return (found for found in weighed if found.likeness >= DEFAULT.queue_at)
