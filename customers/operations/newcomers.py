"""Customers who are about to be written, as they are looked up among those who are here and among each other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from customers.choices import ContactKind
from customers.matching.compare import compare
from customers.matching.finding import Comparison
from customers.matching.keys import NOTHING, name_key
from customers.matching.profile import ORGANISATION, Profile
from customers.matching.weights import DEFAULT
from customers.models import ContactPoint, Customer
from customers.operations.profiles import MatchingAttributes, identifier_index, profile_of, with_encrypted

# A mailbox, a number or a name that more customers share than this tells none of them apart: it is not followed. The
# sweep, which has more time, looks into larger groups.
MOST_SHARING = 20
MOST_NAMESAKES = 10


class Newcomer:
    """A customer who is about to be written, or was just changed, with contact points that have their blind indexes;
    neither need be saved."""

    def __init__(self, customer: Customer, points: Iterable[ContactPoint], attributes: MatchingAttributes) -> None:
        self._customer, self._points, self._attributes = customer, list(points), attributes
        self.customer_id: int | None = customer.pk
        # The blind indexes of e-mail, phone and messenger. Who shares no more than an address is left to the sweep.
        self.contact_keys = {point.blind_index for point in self._points if point.kind != ContactKind.ADDRESS}
        self.identifier_keys = self._identifier_keys()
        self.telling_name = self._telling_name()

    @cached_property
    def profile(self) -> Profile:
        """The profile without what is encrypted; read for those alone who share something with somebody."""
        return profile_of(self._customer, self._points, self._attributes)

    @cached_property
    def read(self) -> Profile:
        """The profile with what takes longer to read."""
        return with_encrypted(self.profile, self._points)

    def _identifier_keys(self) -> set[str]:
        """The blind indexes of the identifiers."""
        held = self._attributes.identifiers_in(self._customer.attributes) if self._attributes.identifiers else ()
        return {identifier_index(which, number) for which, number in held}

    def _telling_name(self) -> int:
        """The key of the name, where a namesake may be the same: of people only where something is known that says
        who of the many is meant, and that is not looked up for itself."""
        customer = self._customer
        tells = (
            customer.kind == ORGANISATION
            or any(point.kind == ContactKind.ADDRESS for point in self._points)
            or self._attributes.birth_date_in(customer.attributes)
        )
        return name_key(customer.kind, customer.name) if tells else NOTHING


class Newcomers:
    """Newcomers by what they are looked up by, `most` of them: those of one file among each other."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: list[tuple[str, Newcomer]] = []
        self._by_key: dict[str | int, list[int]] = defaultdict(list)

    def add(self, source_id: str, one: Newcomer) -> None:
        """Have others be compared with this one, if there is room."""
        if len(self._known) < self._most:
            for key in _keys(one):
                self._by_key[key].append(len(self._known))
            self._known.append((source_id, one))

    def likest(self, one: Newcomer) -> tuple[str, Comparison] | None:
        """The source id of the newcomer whom this one looks most like, if it is enough for the review queue."""
        positions: set[int] = set()
        for key in _keys(one):
            sharing = self._by_key.get(key, ())
            if len(sharing) <= (MOST_NAMESAKES if isinstance(key, int) else MOST_SHARING):
                positions.update(sharing)
        known = [self._known[i] for i in sorted(positions)]
        found = [
            (name, compare(one.read, other.read)) for name, other in known if is_likely(one.profile, other.profile)
        ]
        best = max(found, key=lambda pair: pair[1].total, default=None)
        return best if best is not None and best[1].likeness >= DEFAULT.queue_at else None


def is_likely(one: Profile, other: Profile) -> bool:
    """Whether two profiles look alike enough for the review queue, as far as they were read."""
    return compare(one, other).likeness >= DEFAULT.queue_at


def _keys(one: Newcomer) -> Iterator[str | int]:
    yield from one.contact_keys
    yield from one.identifier_keys
    if one.telling_name:
        yield one.telling_name
