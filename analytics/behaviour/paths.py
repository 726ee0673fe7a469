from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.behaviour.blocks import Array, Block, Tally, heads
from analytics.behaviour.events import NoSuchCell, numbers_of
from analytics.behaviour.matching import Selector

OTHER = 0  # keys of names begin at 1
MOST_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Place:
    """What so many people did as the n-th thing; OTHER: one of those that are not among the most frequent.
    `cell`: whom it counts, for `Paths.who`."""

    name: int
    people: int
    cell: str


@dataclass(frozen=True, slots=True)
class Link:
    """So many people did the one (at the first step: the anchor, OTHER stands for none here) and then the other."""

    before: int
    after: int
    people: int
    cell: str


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step away from the anchor. `ended`: people who came as far as the step before and did nothing more."""

    places: list[Place]
    links: list[Link]
    ended: int
    ended_cell: str


@dataclass(frozen=True, slots=True)
class Names:
    """In a cell: one name, as `7`; or all but the most frequent ones, as `!3,5`."""

    keys: tuple[int, ...]
    is_rest: bool = False

    def __str__(self) -> str:
        return ("!" if self.is_rest else "") + ",".join(map(str, self.keys))

    @classmethod
    def read(cls, text: str, most: int) -> "Names":
        """From the text of a cell, with at most so many left out. Raises NoSuchCell."""
        is_rest, keys = text.startswith("!"), text.removeprefix("!").split(",")
        if len(keys) > (most if is_rest else 1):
            raise NoSuchCell(text)
        return cls(tuple(numbers_of(":".join(keys), len(keys))), is_rest)

    @classmethod
    def of(cls, name: int, kept: list[int]) -> "Names":
        """One name, or, for OTHER, all but those that are kept; none are kept before the first step."""
        return cls(tuple(sorted(kept)), is_rest=True) if name == OTHER and kept else cls((name,))

    def among(self, names: Array) -> Array:
        """For each of these names whether it is meant."""
        return np.isin(names, self.keys, invert=self.is_rest)


@dataclass(frozen=True, slots=True)
class Went:
    """The people who have an anchor; and of each step that they took: whose it is (a place among those people), its
    number, the name of the step before (of the first: OTHER) and its own."""

    people: Array
    whose: Array
    steps: Array
    before: Array
    names: Array

    def ended(self, step: int) -> Array:
        """Who took so many steps."""
        return np.sort(self.people[np.bincount(self.whose, minlength=len(self.people)) == step])

    def through(self, step: int, before: Names | None, after: Names) -> Array:
        """Whose step this was; None: whatever came before it."""
        counts = (self.steps == step) & after.among(self.names)
        if before is not None:
            counts &= before.among(self.before)
        return np.sort(self.people[self.whose[counts]])


class Paths(Tally):
    """What people do next after an event, or did last before it. What is counted, exactly:

    Of each person the **first** event in the period that meets the anchor. After it (or before it, going backwards)
    their events of any name within `window` of it, one a step, also outside the period; where repeats are left out,
    events of the same name in a row, the anchor's too, are one step. Each person counts once in each step."""

    def __init__(
        self,
        anchor: Selector,
        *,
        start: int,
        end: int,
        window: int,
        depth: int,
        top: int,
        is_backwards: bool = False,
        skips_repeats: bool = True,
    ) -> None:
        self._anchor, self._start, self._end, self._window = anchor, start, end, window
        self._depth, self._top = depth, top
        self._is_backwards, self._skips_repeats = is_backwards, skips_repeats
        self.began = 0
        self._names = [Counter[int]() for _step in range(depth)]
        self._links = [Counter[tuple[int, int]]() for _step in range(depth)]

    def _anchors(self, block: Block) -> Array:
        """The places of the anchors."""
        inside = (block.at >= self._start) & (block.at < self._end)
        places = np.flatnonzero(self._anchor.met(block) & inside)
        return places[heads(block.person[places])]

    def _went(self, block: Block) -> Went:
        """What people did from their anchors on."""
        anchors = self._anchors(block)
        if self._is_backwards:
            block, anchors = block.rows(slice(None, None, -1)), (len(block) - 1 - anchors)[::-1]
        rows = np.arange(len(block))
        whose = np.searchsorted(anchors, rows) - 1  # the last anchor before; -1: none
        rows, whose = rows[whose >= 0], whose[whose >= 0]
        anchor = anchors[whose]
        counts = block.person[rows] == block.person[anchor]
        counts &= abs(block.at[rows] - block.at[anchor]) <= self._window
        if self._skips_repeats:
            counts &= block.name[rows] != block.name[rows - 1]
        rows, whose = rows[counts], whose[counts]
        begins = np.flatnonzero(heads(whose))
        steps = np.arange(len(rows)) - np.repeat(begins, np.diff(begins, append=len(rows)))
        counts = steps < self._depth
        rows, whose, steps = rows[counts], whose[counts], steps[counts]
        # Where repeats are left out, the event before has the name of the step before, too.
        before = np.where(steps == 0, OTHER, block.name[rows - 1])
        return Went(block.person[anchors], whose, steps, before, block.name[rows])

    def count(self, block: Block) -> None:
        """Count the people of a block."""
        went = self._went(block)
        self.began += len(went.people)
        known, codes = np.unique(np.concatenate([went.before, went.names]), return_inverse=True)
        before, after = np.split(codes.reshape(-1), 2)
        ways, people = np.unique((went.steps * len(known) + before) * len(known) + after, return_counts=True)
        for way, number in zip(ways.tolist(), people.tolist(), strict=True):
            step, from_to = divmod(way, len(known) ** 2)
            one, other = (int(known[code]) for code in divmod(from_to, len(known)))
            self._names[step][other] += number
            self._links[step][one, other] += number

    def result(self) -> list[PathStep]:
        """The steps, the one beside the anchor first; each with its most frequent names, and with all others as one."""
        steps, came, kept_before = list[PathStep](), self.began, list[int]()
        for step, (names, links) in enumerate(zip(self._names, self._links, strict=True)):
            kept = sorted(names, key=lambda name: (-names[name], name))[: self._top]
            rest = names.total() - sum(names[name] for name in kept)
            counts = [(name, names[name]) for name in kept] + ([(OTHER, rest)] if rest else [])
            places = [Place(name, people, f"{step}:{Names.of(name, kept)}") for name, people in counts]
            joined: Counter[tuple[int, int]] = Counter()
            for (before, after), people in links.items():
                before = before if not step or before in kept_before else OTHER
                joined[before, after if after in kept else OTHER] += people
            ways = [
                Link(before, after, people, f"{step}:{Names.of(before, kept_before)}:{Names.of(after, kept)}")
                for (before, after), people in sorted(joined.items(), key=lambda pair: (-pair[1], pair[0]))
            ]
            steps.append(PathStep(places, ways, came - names.total(), f"{step}:ended"))
            came, kept_before = names.total(), kept
        return steps

    def behind(self, cell: str) -> Callable[[Block], Array]:
        """Whom a number counts: `began`; `1:7` for step (from 0) and name; `1:ended`; `1:3:7` for the names of the step
        before and of the step, `0:0:7` of the first one. `!3,5` in the place of a name: every other one, since which
        are the most frequent depends on everybody. Raises NoSuchCell."""
        if cell in ("", "began"):
            return lambda block: block.person[self._anchors(block)]
        first, _colon, what = cell.partition(":")
        (step,) = numbers_of(first, 1)
        if step >= self._depth:
            raise NoSuchCell(cell)
        if what == "ended":
            return lambda block: self._went(block).ended(step)
        before, _colon, after = what.rpartition(":")
        name, came_from = Names.read(after, self._top), Names.read(before, self._top) if before else None
        if OTHER in name.keys or (came_from and (came_from.keys == (OTHER,)) != (step == 0)):
            raise NoSuchCell(cell)
        return lambda block: self._went(block).through(step, came_from, name)
