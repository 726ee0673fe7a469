import logging
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from analytics.operations.ensure_run import CHUNK_CUSTOMERS
from analytics.operations.read_facts import FactSheet, Observations, read_facts
from analytics.sql.customer_ranges import customer_ranges
from analytics.sql.whose import Whose

logger = logging.getLogger(__name__)


class Readable(NamedTuple):
    """Some customers with their facts, and how many of all customers have been read with them."""

    sheet: FactSheet
    given: Observations
    done: int
    total: int


def readable_facts(*, as_of: datetime) -> Iterator[Readable]:
    """The facts of everybody as of a moment, some thousand customers at a time, so that memory does not grow with
    their number. A customer who has an impossible fact is left out; that is logged, by the key."""
    ranges = customer_ranges(size=CHUNK_CUSTOMERS)
    total, done = sum(part.customers for part in ranges), 0
    for part in ranges:
        done += part.customers
        for sheet, given in _sheets(part.lo, part.hi, as_of):
            yield Readable(sheet, given, done, total)


def _sheets(lo: int, hi: int, as_of: datetime) -> Iterator[tuple[FactSheet, Observations]]:
    try:
        sheet = read_facts(whose=Whose(lo, hi), as_of=as_of)
        yield sheet, sheet.observations()
    except ValueError as error:
        if lo == hi:
            logger.warning("customer %s is left out: %s", lo, error)
            return
        middle = (lo + hi) // 2
        yield from _sheets(lo, middle, as_of)
        yield from _sheets(middle + 1, hi, as_of)
