from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.behaviour.events import NoSuchCell, Seen, numbers_of
from analytics.behaviour.matching import Selector

OTHER = 0  # keys of names begin at 1
MOST_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Place:
    """What so many people did as the n-th thing; OTHER: one of those that are not among the most frequent."""

    name: int
    people: int


@dataclass(frozen=True, slots=True)
class Link:
    """So many people did the one (at the first step: the anchor, OTHER stands for none here) and then the other."""

    before: int
    after: int
    people: int

    def cell(self, step: int) -> str:
        """Whom it counts, for `Paths.who`; empty where one of the two stands for all others."""
        is_named = self.after != OTHER and (not step or self.before != OTHER)
        return f"{step}:{self.before}:{self.after}" if is_named else ""


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step away from the anchor. `ended`: people who came as far as the step before and did nothing more."""

    places: list[Place]
    links: list[Link]
    ended: int


class Paths:
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

    def path(self, events: Sequence[Seen]) -> list[int] | None:
        """The names of what a person did from the anchor on, without it; None: they have no anchor."""
        place = next(
            (n for n, seen in enumerate(events) if self._start <= seen.at < self._end and self._anchor.matches(seen)),
            None,
        )
        if place is None:
            return None
        anchor, names = events[place], list[int]()
        last = anchor.name
        rest = range(place - 1, -1, -1) if self._is_backwards else range(place + 1, len(events))
        for number in rest:
            seen = events[number]
            if len(names) == self._depth or abs(seen.at - anchor.at) > self._window:
                break
            if not (self._skips_repeats and seen.name == last):
                names.append(seen.name)
            last = seen.name
        return names

    def add(self, events: Sequence[Seen]) -> None:
        """Count a person."""
        names = self.path(events)
        if names is None:
            return
        self.began += 1
        before = OTHER
        for step, name in enumerate(names):
            self._names[step][name] += 1
            self._links[step][before, name] += 1
            before = name

    def result(self) -> list[PathStep]:
        """The steps, the one beside the anchor first; each with its most frequent names, and with all others as one."""
        steps, came, kept_before = list[PathStep](), self.began, set[int]()
        for step, (names, links) in enumerate(zip(self._names, self._links, strict=True)):
            ranked = sorted(names, key=lambda name: (-names[name], name))[: self._top]
            kept = {*ranked}
            rest = names.total() - sum(names[name] for name in ranked)
            places = [Place(name, names[name]) for name in ranked] + ([Place(OTHER, rest)] if rest else [])
            joined: Counter[tuple[int, int]] = Counter()
            for (before, after), people in links.items():
                joined[before if not step or before in kept_before else OTHER, after if after in kept else OTHER] += (
                    people
                )
            ordered = sorted(joined.items(), key=lambda pair: (-pair[1], pair[0]))
            steps.append(PathStep(places, [Link(*pair, people) for pair, people in ordered], came - names.total()))
            came, kept_before = names.total(), kept
        return steps

    def who(self, cell: str) -> Callable[[Sequence[Seen]], bool]:
        """Who stands behind a number: `began`; `1:7` for step (from 0) and name; `1:ended`; `1:3:7` for the names of
        the step before and of the step, `0:0:7` of the first one. All others of a step are behind no cell: what is left
        depends on everybody. Raises NoSuchCell."""
        if cell in ("", "began"):
            return lambda events: self.path(events) is not None
        first, _colon, what = cell.partition(":")
        (step,) = numbers_of(first, 1)
        if step >= self._depth:
            raise NoSuchCell(cell)
        if what == "ended":
            return lambda events: (names := self.path(events)) is not None and len(names) == step
        before, _colon, name_after = what.rpartition(":")
        (name,) = numbers_of(name_after, 1)
        if name == OTHER:
            raise NoSuchCell(cell)
        if before:
            (named_before,) = numbers_of(before, 1)
            return self._went(step, named_before, name, cell=cell)
        return lambda events: (names := self.path(events)) is not None and len(names) > step and names[step] == name

    def _went(self, step: int, before: int, name: int, *, cell: str) -> Callable[[Sequence[Seen]], bool]:
        """Who went from the one to the other."""
        if (before == OTHER) != (step == 0):
            raise NoSuchCell(cell)
        went = (name,) if not step else (before, name)
        return lambda events: (
            (names := self.path(events)) is not None and tuple(names[max(step - 1, 0) : step + 1]) == went
        )
