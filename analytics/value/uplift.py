"""What an action achieves: how many of those who were treated left, against a group that was held out."""

from dataclasses import dataclass
from hashlib import blake2b
from math import exp, log, sqrt

# Of each group: with fewer the interval says nothing, and what staff entered stands.
FEWEST_EACH = 30
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Uplift:
    """The share of those who would have left that the action kept, with its 95% interval."""

    value: float
    low: float
    high: float
    done: int
    done_left: int
    held_out: int
    held_out_left: int


def measured_uplift(*, done: int, done_left: int, held_out: int, held_out_left: int) -> Uplift | None:
    """1 - (share of the treated who left) / (share of the held out who left), with the interval of Katz on the
    logarithm of that ratio; half a customer is added to each count where one is zero. None below FEWEST_EACH of either
    group, and where nobody left at all."""
    if min(done, held_out) < FEWEST_EACH or done_left + held_out_left == 0:
        return None
    more = 0.5 if 0 in (done_left, held_out_left) else 0.0
    a, n, c, m = done_left + more, done + 2 * more, held_out_left + more, held_out + 2 * more
    ratio = log((a / n) / (c / m))
    spread = Z * sqrt(max(0.0, 1 / a - 1 / n + 1 / c - 1 / m))
    return Uplift(
        1 - exp(ratio), 1 - exp(ratio + spread), 1 - exp(ratio - spread), done, done_left, held_out, held_out_left
    )


def is_held_out(*, key: str, customer: int, share: float) -> bool:
    """Whether a customer is in the hold-out group of a rule. By a keyed hash: always the same answer for one customer
    and rule, another draw for each rule, and nobody can choose."""
    digest = blake2b(str(customer).encode(), key=key.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64 < share
