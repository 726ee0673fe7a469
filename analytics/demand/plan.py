"""How far a history of some length can be forecast, and at which cut-offs that is tested."""

from dataclasses import dataclass

MOST_ORIGINS = 5
FEWEST_ORIGINS = 3


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Weeks or days. `least`: so long a history is needed before the first cut-off; `shortest`, `longest`: the horizon;
    `classes`: histories at least so long are tested together."""

    season: int
    least: int
    shortest: int
    longest: int
    classes: tuple[int, ...]

    @property
    def needed(self) -> int:
        """The shortest history that is forecast at all."""
        return self.classes[0]


WEEKS = Rhythm(season=52, least=8, shortest=2, longest=13, classes=(12, 20, 30, 47, 73, 99, 130))
DAYS = Rhythm(season=7, least=28, shortest=7, longest=28, classes=(56, 84, 112, 168, 365))


@dataclass(frozen=True, slots=True)
class Plan:
    """Cut-offs (in steps of history) and the horizon that is tested at each, and then published."""

    length: int
    horizon: int
    origins: tuple[int, ...]


def plan_for(length: int, rhythm: Rhythm) -> Plan:
    """The plan of series with `length` steps or more: the longest horizon that leaves three cut-offs, up to five, the
    last one a horizon before the end. Raises ValueError for less than `rhythm.needed`."""
    if length < rhythm.needed:
        raise ValueError(f"{rhythm.needed} steps are needed, there are {length}")
    room = length - rhythm.least
    horizon = max(rhythm.shortest, min(rhythm.longest, room // FEWEST_ORIGINS))
    number = min(MOST_ORIGINS, max(FEWEST_ORIGINS, room // horizon))
    step = max(1, min(horizon, (room - horizon) // (number - 1)))
    last = length - horizon
    return Plan(length, horizon, tuple(last - step * back for back in range(number - 1, -1, -1)))


def stretched(plan: Plan, length: int) -> Plan:
    """The same cut-offs, counted back from the end of a longer panel."""
    more = length - plan.length
    return Plan(length, plan.horizon, tuple(origin + more for origin in plan.origins))


def class_of(length: int, rhythm: Rhythm) -> int | None:
    """The class of a history; None where it is too short."""
    fitting = [least for least in rhythm.classes if length >= least]
    return fitting[-1] if fitting else None
