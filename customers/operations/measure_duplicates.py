from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from customers.matching.blocking import Blocks
from customers.matching.compare import compare
from customers.matching.keys import blocking_keys
from customers.matching.weights import DEFAULT
from customers.operations.profiles import MatchingAttributes, profile_of_record
from customers.operations.records import CustomerRecord

Pair = frozenset[int]


@dataclass(frozen=True, slots=True)
class Measured:
    """How well duplicates were found. `pairs` were found, `right` of them are, `wanted` there are."""

    records: int
    candidates: int
    pairs: int
    right: int
    wanted: int

    @property
    def precision(self) -> float:
        """Of the pairs found, the share that is right."""
        return self.right / self.pairs if self.pairs else 1.0

    @property
    def recall(self) -> float:
        """Of the pairs that there are, the share that was found."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return measure_f1(found=self.pairs, right=self.right, wanted=self.wanted)


def measure_f1(*, found: int, right: int, wanted: int) -> float:
    """The pairwise F1: 2 · right / (found + wanted); 1 where there is nothing to find and nothing was found."""
    return 2 * right / (found + wanted) if found + wanted else 1.0


def measure_duplicates(*, records: Sequence[tuple[str, CustomerRecord]], attributes: MatchingAttributes) -> Measured:
    """Find duplicates among records of which it is known who they are about, as the sweep does with its default
    settings, in memory. A record without a name is no customer: what it belongs to counts as not found."""
    profiles = {i: profile_of_record(record, attributes) for i, (_, record) in enumerate(records) if record.name}
    blocks = Blocks()
    for position, profile in profiles.items():
        blocks.add(position, blocking_keys(profile))
    candidates = blocks.candidates()
    found = {
        frozenset((first, second))
        for first, second in zip(candidates.first.tolist(), candidates.second.tolist(), strict=True)
        if compare(profiles[first], profiles[second]).likeness >= DEFAULT.queue_at
    }
    wanted = same_pairs(who for who, _ in records)
    return Measured(len(records), len(candidates), len(found), len(found & wanted), len(wanted))


def same_pairs(who: Iterable[str]) -> set[Pair]:
    """The positions of all pairs that are about the same."""
    positions: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(who):
        positions[name].append(position)
    return {frozenset(both) for own in positions.values() for both in combinations(own, 2)}
