"""Who is given a ticket: pure rules over what is known of the agents. No database.

Every candidate who does not get the ticket is named with the reason, so that people can read why.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

# Why somebody was passed over. Codes are stored; services.admin.assignment_words says them in words.
HAS_IT, INACTIVE, AWAY, SKILLS, FULL, TURN, LOAD = "has_it", "inactive", "away", "skills", "full", "turn", "load"

ROUND_ROBIN, LEAST_LOAD, AGENT = "round_robin", "least_load", "agent"

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)


def is_away(since: datetime | None, until: datetime | None, *, at: datetime) -> bool:
    """Whether somebody is away at a moment: from `since` on, and no more at `until`. One end may be open; without
    both they are here."""
    if since is None and until is None:
        return False
    return (since is None or since <= at) and (until is None or at < until)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the choice knows of one agent."""

    key: int
    name: str
    load: int = 0  # unsolved tickets
    capacity: int = 20
    is_active: bool = True
    away_from: datetime | None = None
    away_until: datetime | None = None
    skills: frozenset[str] = frozenset()
    last_assigned_at: datetime | None = None

    @property
    def share(self) -> float:
        """How full the agent is: 0 is empty, 1 is full."""
        return self.load / self.capacity if self.capacity else float("inf")


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate who did not get the ticket, and why: a code, and what it rests on."""

    agent: Candidate
    why: str
    detail: tuple[tuple[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it stands in the history of the ticket."""
        return {"agent": self.agent.key, "name": self.agent.name, "why": self.why, **dict(self.detail)}


@dataclass(frozen=True, slots=True)
class Choice:
    """The agent (None: nobody can take it), and everybody else with the reason, as they were asked."""

    agent: Candidate | None
    considered: tuple[Considered, ...] = ()


def choose(
    candidates: Iterable[Candidate],
    *,
    method: str,
    skills: frozenset[str],
    at: datetime,
    holder: int | None = None,
) -> Choice:
    """Choose among the candidates by a method of AssignmentMethod. `holder` has the ticket now and is to lose it.

    In turn: who was given a ticket longest ago. Least load: the fewest unsolved tickets for their capacity, then whose
    turn it is. A certain agent: there is only that one. Ties go to the lowest key, so that the choice is the same on
    every machine."""
    passed: list[Considered] = []
    able: list[Candidate] = []
    for agent in candidates:
        why = _hindrance(agent, skills=skills, at=at, holder=holder)
        if why is None:
            able.append(agent)
        else:
            passed.append(why)
    order = ORDERS[method]
    ranked = sorted(able, key=order)
    return Choice(ranked[0] if ranked else None, (*(_later(agent, ranked[0], method) for agent in ranked[1:]), *passed))


def next_turn(candidates: Iterable[Candidate], *, at: datetime) -> datetime:
    """The moment to put down for the agent who is given a ticket at `at`: later than everybody's, so that turns go
    round even among tickets of one moment."""
    last = [agent.last_assigned_at for agent in candidates if agent.last_assigned_at]
    return max([at, *(moment + _INSTANT for moment in last)])


def _turn(agent: Candidate) -> tuple[Any, ...]:
    return (agent.last_assigned_at or _LONG_AGO, agent.key)


def _room(agent: Candidate) -> tuple[Any, ...]:
    return (agent.share, *_turn(agent))


ORDERS: dict[str, Callable[[Candidate], tuple[Any, ...]]] = {ROUND_ROBIN: _turn, LEAST_LOAD: _room, AGENT: _turn}


def _hindrance(agent: Candidate, *, skills: frozenset[str], at: datetime, holder: int | None) -> Considered | None:
    """The first reason why the agent cannot be given the ticket; None: they can."""
    if not agent.is_active:
        return Considered(agent, INACTIVE)
    if agent.key == holder:
        return Considered(agent, HAS_IT)
    if is_away(agent.away_from, agent.away_until, at=at):
        until = agent.away_until.isoformat() if agent.away_until else None
        return Considered(agent, AWAY, (("until", until),))
    missing = sorted(skills - agent.skills)
    if missing:
        return Considered(agent, SKILLS, (("missing", missing),))
    if agent.load >= agent.capacity:
        return Considered(agent, FULL, (("load", agent.load), ("capacity", agent.capacity)))
    return None


def _later(agent: Candidate, chosen: Candidate, method: str) -> Considered:
    """Why an agent who could have taken it came after the one who was chosen."""
    if method == LEAST_LOAD and agent.share > chosen.share:
        return Considered(agent, LOAD, (("load", agent.load), ("capacity", agent.capacity)))
    last = agent.last_assigned_at.isoformat() if agent.last_assigned_at else None
    return Considered(agent, TURN, (("last", last),))
