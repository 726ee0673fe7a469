"""Who is at work and from where: told once by each edge (a request, a job, a command), read where rows are recorded.
Knows no Django."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did something: through which channel (AuditChannel), as what verb, by which user, from which address, and in
    which session, with which token or as part of which job (`via`)."""

    channel: str = "system"
    verb: str = ""
    actor_id: int | None = None
    address: str = ""
    via: str = ""

    def told(self) -> "Origin":
        """Itself: what an edge that knows all beforehand sets."""
        return self


class Teller(Protocol):
    """What an edge sets: asked only when something is put on record, since who asks may be known late."""

    def told(self) -> Origin: ...


_teller: ContextVar[Teller] = ContextVar("audit_teller", default=Origin())  # noqa: B039 - frozen
_bulk: ContextVar["Counter[tuple[str, str]] | None"] = ContextVar("audit_bulk", default=None)


def origin() -> Origin:
    """Who is at work now."""
    return _teller.get().told()


@contextmanager
def acting(teller: Teller) -> Iterator[None]:
    """Whatever is recorded within is of this origin."""
    before = _teller.set(teller)
    try:
        yield
    finally:
        _teller.reset(before)


@contextmanager
def doing(verb: str) -> Iterator[None]:
    """Whatever is recorded within is part of this verb, by whoever is at work already."""
    with acting(replace(origin(), verb=verb)):
        yield


@contextmanager
def in_bulk() -> Iterator["Counter[tuple[str, str]]"]:
    """For work on thousands of rows that has a record of its own (an import, a merge, the demo): single rows are not
    put on record within, but counted, by model and kind of change. Whoever opens it records the whole."""
    counts: Counter[tuple[str, str]] = Counter()
    before = _bulk.set(counts)
    try:
        yield counts
    finally:
        _bulk.reset(before)


def bulk_counts() -> "Counter[tuple[str, str]] | None":
    """Where the work that goes on is counted; None where each row is put on record."""
    return _bulk.get()
