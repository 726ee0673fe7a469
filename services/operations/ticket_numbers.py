"""Numbers of imported tickets. They are unique here, and every system counts from 1."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from customers.operations.source import chunks
from services.models import Ticket
from services.operations.records import TicketRecord

LONGEST = 40


class TicketNumbers:
    """Gives each ticket of a batch a number that no other one has: its own, or behind the name of its source, or else
    its id."""

    def __init__(self, source: str, records: Sequence[TicketRecord], here: Mapping[str, Ticket]) -> None:
        self._source = source
        self._kept = {
            record.source_id: row.number
            for record in records
            if (row := here.get(record.source_id)) and row.number in self._forms(record)
        }
        new = [record for record in records if record.source_id not in self._kept]
        self._taken = set(_taken(number for record in new for number in self._forms(record)))

    def number_of(self, record: TicketRecord) -> str:
        """The number that the ticket has already, or the first form of it that is free, which is then taken."""
        if record.source_id in self._kept:
            return self._kept[record.source_id]
        free = next((number for number in self._forms(record) if number not in self._taken), record.number)
        self._taken.add(free)
        return free

    def _forms(self, record: TicketRecord) -> tuple[str, str, str]:
        behind = f"{self._source}-{record.number}"
        return record.number, behind[-LONGEST:], f"{self._source}-{record.source_id}"[-LONGEST:]


def _taken(numbers: Iterable[str]) -> Iterator[str]:
    for some in chunks(set(numbers)):
        yield from Ticket.objects.filter(number__in=some).values_list("number", flat=True)
