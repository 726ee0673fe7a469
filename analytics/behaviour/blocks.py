"""Events as columns: reports count whole people, many of them at a time."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.behaviour.events import NoSuchCell, Row, Seen

Array = NDArray[Any]

NO_SESSION = -1  # sessions are 0 and more
NOBODY = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Block:
    """Events, a row each, ordered by person, moment and key of the event: that is the order in which events of one
    moment are taken to have happened. All columns are whole numbers; `at` is in microseconds since 1970 UTC.

    `kind` is the place of an event's properties in `kinds`: what many events share is held, and looked at, once. Where
    a report asks for no sessions or properties, NO_SESSION and {} stand for them."""

    person: Array
    at: Array
    name: Array
    session: Array
    kind: Array
    kinds: Sequence[Mapping[str, Any]] = ({},)

    def __len__(self) -> int:
        return len(self.person)

    def rows(self, which: slice | Array) -> "Block":
        """Some of the rows, in the order that is asked for."""
        return Block(
            person=self.person[which],
            at=self.at[which],
            name=self.name[which],
            session=self.session[which],
            kind=self.kind[which],
            kinds=self.kinds,
        )


def block_of(rows: Iterable[Row]) -> Block:
    """A block of rows one by one."""
    given = [*rows]
    columns = [
        (person, seen.at, seen.name, NO_SESSION if seen.session is None else seen.session) for person, seen in given
    ]
    person, at, name, session = np.array(columns, dtype=np.int64).reshape(-1, 4).T
    kinds = [seen.properties or {} for _person, seen in given]
    return Block(person, at, name, session, np.arange(len(given)), kinds)


def whole_people(pieces: Iterable[Block]) -> Generator[Block, None, None]:
    """The same rows, cut only between people: all events of a person are in one block, however many they are."""
    held = list[Block]()
    for piece in pieces:
        last = int(np.searchsorted(piece.person, piece.person[-1])) if len(piece) else 0
        if held and len(piece) and held[-1].person[-1] != piece.person[0]:
            yield _joined(held)
            held = []
        if last:
            yield _joined([*held, piece.rows(slice(last))])
            held = []
        if len(piece):
            held.append(piece.rows(slice(last, None)))
    if held:
        yield _joined(held)


def _joined(blocks: Sequence[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    before = np.cumsum([0, *(len(one.kinds) for one in blocks)])
    return Block(
        person=np.concatenate([one.person for one in blocks]),
        at=np.concatenate([one.at for one in blocks]),
        name=np.concatenate([one.name for one in blocks]),
        session=np.concatenate([one.session for one in blocks]),
        kind=np.concatenate([one.kind + place for one, place in zip(blocks, before, strict=False)]),
        kinds=[kind for one in blocks for kind in one.kinds],
    )


def heads(*columns: Array) -> Array:
    """Which rows differ from the one before them in any of these columns; the first one does."""
    found = np.zeros(len(columns[0]), dtype=bool)
    found[:1] = True
    for column in columns:
        found[1:] |= column[1:] != column[:-1]
    return found


def each_once(people: Array) -> Array:
    """Different people, of some in their order."""
    return people[heads(people)]


class Tally(ABC):
    """What a report counts with."""

    @abstractmethod
    def count(self, block: Block) -> None:
        """Count the people of a block, which holds all of their events."""

    def behind(self, cell: str) -> Callable[[Block], Array]:
        """Whom of a block the number of this name counts: each once, in their order. Raises NoSuchCell."""
        raise NoSuchCell(cell)

    def add(self, events: Iterable[Seen]) -> None:
        """Count one person."""
        self.count(block_of((0, seen) for seen in events))

    def who(self, cell: str) -> Callable[[Iterable[Seen]], bool]:
        """Whether the number of this name counts somebody. Raises NoSuchCell."""
        find = self.behind(cell)
        return lambda events: bool(find(block_of((0, seen) for seen in events)).size)
