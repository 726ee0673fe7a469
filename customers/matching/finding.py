"""What a comparison finds, and what it adds up to."""

from dataclasses import dataclass
from typing import NamedTuple

# Beyond so many the likeness could no longer be told from 1.
MOST_BITS = 50.0


class Finding(NamedTuple):
    """One thing that speaks for or against. `what` is a code: given_name, email ..."""

    what: str
    similarity: float
    points: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sum of the findings and the prior, in bits."""

    total: float
    findings: tuple[Finding, ...]

    @property
    def likeness(self) -> float:
        """The chance that both are one, from 0 to 1."""
        bits = max(-MOST_BITS, min(MOST_BITS, self.total))
        return float(1.0 / (1.0 + 2.0**-bits))

    def reasons(self) -> list[dict[str, str | float]]:
        """The findings as they are stored: codes and figures, no values."""
        return [
            {"what": found.what, "similarity": round(found.similarity, 2), "points": round(found.points, 1)}
            for found in self.findings
        ]
