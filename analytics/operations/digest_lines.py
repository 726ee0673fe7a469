from collections.abc import Iterable
from dataclasses import dataclass

from analytics.models import MoverDigest
from customers.models import Customer, User


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A customer who is told of in a digest."""

    customer: Customer
    before: float
    score: float
    low_evidence: bool
    factor: str

    @property
    def change(self) -> float:
        """Points; below 0 it fell."""
        return self.score - self.before


def digest_lines(*, digests: Iterable[MoverDigest], user: User, direction: str) -> list[DigestLine]:
    """Who fell (or rose) in these digests, who moved most first: those customers whom the user may see now, and
    who may be profiled. One query."""
    told = [line for digest in digests for line in digest.lines.get(direction, [])]
    seen = Customer.objects.visible_to(user).profiled().in_bulk([line["customer"] for line in told])
    lines = [
        DigestLine(seen[line["customer"]], line["before"], line["score"], line["low_evidence"], line["factor"])
        for line in told
        if line["customer"] in seen
    ]
    return sorted(lines, key=lambda line: -abs(line.change))
