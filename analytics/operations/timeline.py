import heapq
from collections.abc import Collection
from datetime import datetime
from itertools import islice

from django.utils import timezone

from analytics.operations.timeline_sources import SOURCES, USUAL_TYPES, Entry, Place, Row, Whose
from customers.models import Customer, User
from customers.sql.united import Part, united


class Timeline:
    """Everything about a customer that `user` may see, newest first: at most `limit` entries of some types after the
    place `before`. `parts` say what to read of the database, `entries` tells what was read."""

    def __init__(
        self,
        customer: Customer,
        *,
        user: User,
        at: datetime,
        before: Place | None = None,
        limit: int = 50,
        types: Collection[str] = USUAL_TYPES,
    ) -> None:
        today = at.astimezone(timezone.get_default_timezone()).date()
        self._limit, self._whose = limit, Whose(customer, user, today)
        self._sources = {
            f"timeline {number}": source
            for number, source in enumerate(SOURCES)
            if source.type in types and user.has_perm(source.permission)
        }
        # Each of at most `limit` + 2 rows, by an index, however much there is.
        self.parts: dict[str, Part] = {
            name: source.part(self._whose, before, limit + 1) for name, source in self._sources.items()
        }

    def entries(self, rows: dict[str, list[Row]]) -> tuple[list[Entry], Place | None]:
        """The entries, and the place to go on from (None: that was all). `rows` by the names of the parts."""
        pages = [source.entries(rows[name], self._whose) for name, source in self._sources.items()]
        merged = heapq.merge(*pages, key=lambda entry: entry.place, reverse=True)
        entries = list(islice(merged, self._limit + 1))
        shown = entries[: self._limit]
        return shown, shown[-1].place if len(entries) > self._limit and shown else None


def timeline(
    customer: Customer,
    *,
    user: User,
    at: datetime,
    before: Place | None = None,
    limit: int = 50,
    types: Collection[str] = USUAL_TYPES,
) -> tuple[list[Entry], Place | None]:
    """A page of a customer's timeline, and the place to go on from (None: that was all). One query."""
    found = Timeline(customer, user=user, at=at, before=before, limit=limit, types=types)
    return found.entries(united(found.parts))
