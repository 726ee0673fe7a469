"""What relations weigh beside a score, and never inside it: late tickets of a parent company, an employer, a household.

    effect of one related customer = -PER_TICKET · min(late tickets, MOST_TICKETS) · Π strength / USUAL_STRENGTH
                                     · DAMPING for each step after the first
    effect of all                  = the sum, at most CAP points

A late ticket is an unsolved one that has missed a target. It is felt along relations between an organisation and its
people, within a household, and up and down a hierarchy of organisations; from two steps off only where the further step
is one of such a hierarchy, so that nobody feels what happened to a colleague. Of several ways between two customers the
strongest counts. Points are those of the score, so that both can be read side by side."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PER_TICKET = 2.0
"""Points for each late ticket of a directly related customer, at the usual strength: two of a parent make 4."""
MOST_TICKETS = 3
"""So many late tickets of one customer are felt; more of them are no news to their relations."""
DAMPING = 0.5
"""What is left with each further step."""
MOST_AROUND = 500
"""An organisation with more relations than that passes nothing on: only its own late tickets are felt around it."""
CAP = 10.0
"""More than so many points no relations weigh together."""
USUAL_STRENGTH = 3
"""Of a relation, 1 to 5."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation that effects go along, between two customers. is_corporate: of a hierarchy of organisations."""

    relation: int
    first: int
    second: int
    strength: int
    is_corporate: bool

    def other(self, end: int) -> int:
        """Whoever stands at the other end."""
        return self.second if end == self.first else self.first


@dataclass(frozen=True, slots=True)
class Source:
    """One related customer that is felt. via: the relations that lead there, from the one who feels it. points: below
    zero."""

    customer: int
    tickets: int
    via: tuple[int, ...]
    points: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What a customer feels of all their relations: points below zero, at most CAP; the strongest source first."""

    points: float
    tickets: int
    sources: tuple[Source, ...]


def points_of(tickets: int, strengths: Iterable[int]) -> float:
    """The effect of one related customer with so many late tickets, along relations of these strengths."""
    path = list(strengths)
    felt = PER_TICKET * min(tickets, MOST_TICKETS) * DAMPING ** (len(path) - 1)
    return -felt * math.prod(strength / USUAL_STRENGTH for strength in path)


def relation_effects(late: Mapping[int, int], ties: Iterable[Tie]) -> dict[int, Effect]:
    """What everybody feels, by customer. late: unsolved late tickets by customer, 1 or more. ties: all that touch one
    of them, and all that touch whoever is tied to one of them by a corporate tie."""
    around: dict[int, dict[int, Tie]] = defaultdict(dict)
    for tie in ties:
        around[tie.first][tie.relation] = around[tie.second][tie.relation] = tie
    felt: dict[int, dict[int, Source]] = defaultdict(dict)
    for source, tickets in late.items():
        for path in _paths(source, around):
            end = _end(source, path)
            via = tuple(tie.relation for tie in reversed(path))
            found = Source(source, tickets, via, points_of(tickets, [tie.strength for tie in path]))
            known = felt[end].get(source)
            if known is None or (found.points, len(via), via) < (known.points, len(known.via), known.via):
                felt[end][source] = found
    return {customer: _total(sources.values()) for customer, sources in felt.items()}


def _paths(source: int, around: Mapping[int, dict[int, Tie]]) -> Iterable[tuple[Tie, ...]]:
    """Every way of one step, and of two where the one next to the source is corporate."""
    for tie in around.get(source, {}).values():
        yield (tie,)
        if tie.is_corporate:
            middle = tie.other(source)
            beyond = around.get(middle, {})
            for further in beyond.values() if len(beyond) <= MOST_AROUND else ():
                if further.other(middle) != source:
                    yield tie, further


def _end(source: int, path: Iterable[Tie]) -> int:
    end = source
    for tie in path:
        end = tie.other(end)
    return end


def _total(sources: Iterable[Source]) -> Effect:
    strongest = tuple(sorted(sources, key=lambda row: (row.points, row.customer)))
    points = math.fsum(row.points for row in strongest)
    return Effect(max(points, -CAP), sum(row.tickets for row in strongest), strongest)
