"""How well each customer is served: what all their deliveries, replies and ratings have in common."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

# A change of mood begins so long ago and is complete so long ago, so that the last month shows it.
BEGINS, COMPLETE = timedelta(days=42), timedelta(days=15)
WORSE, BETTER = "worse", "better"


@dataclass(frozen=True, slots=True)
class Mood:
    """The level of service around one customer: 0 is usual, in standard deviations. `trend`: worse, better or ""."""

    base: float
    trend: str
    now: datetime

    def level(self, at: datetime) -> float:
        """How well the customer is served on that day."""
        if not self.trend:
            return self.base
        passed = (at - (self.now - BEGINS)) / (BEGINS - COMPLETE)
        shift = -3.6 if self.trend == WORSE else 3.2
        return self.base + shift * min(1.0, max(0.0, passed))

    @property
    def turned_at(self) -> datetime:
        """When the change sets in."""
        return self.now - BEGINS


def draw_mood(rng: Random, *, trend: str, now: datetime) -> Mood:
    """A mood with this trend: who gets worse was well served before, and the other way round."""
    base = {WORSE: 0.7, BETTER: -1.7, "": 0.0}[trend]
    return Mood(base=base + rng.gauss(0, 0.35 if trend else 1.2), trend=trend, now=now)
