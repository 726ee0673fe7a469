"""A form lets the operation judge what was entered, and undoes it: the rules are written there, once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


class _Rehearsed(Exception):
    """Ends a rehearsal: what it wrote is rolled back."""


@contextmanager
def rehearsal() -> Iterator[None]:
    """Whatever is written inside is rolled back. What an operation raises is raised."""
    try:
        with transaction.atomic():
            yield
            raise _Rehearsed
    except _Rehearsed:
        pass
