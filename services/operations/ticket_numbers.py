"""Numbers of imported tickets. They are unique here, and every system counts from 1."""

from collections.abc import Iterable, Iterator, Sequence

from customers.operations.source import chunks
from services.models import Ticket
from services.operations.records import TicketRecord

LONGEST = 40


class TicketNumbers:
    """Gives each ticket of a batch a number that no other one has: its own, or behind the name of its source, or else
    its id."""

    def __init__(self, source: str, records: Sequence[TicketRecord]) -> None:
        self._source = source
        self._taken = set(_taken(number for record in records for number in self._forms(record)))

    def free(self, record: TicketRecord) -> str:
        """The first form of the number that is free, from now on taken; as it is where none is."""
        free = next((number for number in self._forms(record) if number not in self._taken), record.number)
        self._taken.add(free)
        return free

    def is_of(self, number: str, record: TicketRecord) -> bool:
        """Whether a ticket of this number has got it from this record."""
        return number in self._forms(record)

    def _forms(self, record: TicketRecord) -> tuple[str, str, str]:
        behind = f"{self._source}-{record.number}"
        return record.number, behind[-LONGEST:], f"{self._source}-{record.source_id}"[-LONGEST:]


def _taken(numbers: Iterable[str]) -> Iterator[str]:
    for some in chunks(set(numbers)):
        yield from Ticket.objects.filter(number__in=some).values_list("number", flat=True)
