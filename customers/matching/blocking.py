"""From keys to pairs, by sorting: no customer is ever compared with all others.

Only hashes and positions are held in memory, some twenty bytes a key."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customers.matching.keys import NOTHING, Key

LARGEST_BLOCK = 50

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """`first` and `second` are the keys of the customers of each pair, the smaller first, in order.

    `refined`: blocks that were too large and were parted by the second key. `skipped`: parts that still were, or had
    none, with `skipped_members` customers in them."""

    first: Numbers
    second: Numbers
    refined: int = 0
    skipped: int = 0
    skipped_members: int = 0

    def __len__(self) -> int:
        return len(self.first)


class Blocks:
    """Takes the keys of one customer after the other and tells which two share one."""

    def __init__(self, largest: int = LARGEST_BLOCK) -> None:
        self.largest = largest
        self._customers = array("q")
        self._first, self._second, self._members = array("q"), array("q"), array("i")

    def add(self, customer: int, keys: Iterable[Key]) -> None:
        """Put a customer into their blocks."""
        position = len(self._customers)
        self._customers.append(customer)
        for first, second in set(keys):
            self._first.append(first)
            self._second.append(second)
            self._members.append(position)

    def __len__(self) -> int:
        return len(self._customers)

    def candidates(self) -> Candidates:
        """The pairs of all blocks, each once. The blocks are empty afterwards: their memory is needed."""
        customers = np.frombuffer(self._customers, dtype=np.int64) if self._customers else np.empty(0, np.int64)
        first, second, members = self._arrays()
        self._first, self._second, self._members = array("q"), array("q"), array("i")
        order = np.argsort(first, kind="stable")
        first, second, members = first[order], second[order], members[order]
        starts, sizes = _groups(first)
        small = (sizes > 1) & (sizes <= self.largest)
        found = [_pairs(members, starts[small], sizes[small])]
        large = sizes > self.largest
        refined = int(large.sum())
        skipped = skipped_members = 0
        if refined:
            more, skipped, skipped_members = self._refine(first, second, members, starts[large], sizes[large])
            found.append(more)
        packed = np.unique(np.concatenate(found))
        a, b = customers[packed >> 32], customers[packed & 0xFFFFFFFF]
        low, high = np.minimum(a, b), np.maximum(a, b)
        order = np.lexsort((high, low))
        return Candidates(low[order], high[order], refined, skipped, skipped_members)

    def _arrays(self) -> tuple[Numbers, Numbers, NDArray[np.int32]]:
        if not self._first:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32)
        return (
            np.frombuffer(self._first, dtype=np.int64),
            np.frombuffer(self._second, dtype=np.int64),
            np.frombuffer(self._members, dtype=np.int32),
        )

    def _refine(
        self, first: Numbers, second: Numbers, members: NDArray[np.int32], starts: Numbers, sizes: Numbers
    ) -> tuple[Numbers, int, int]:
        rows = _rows(starts, sizes)
        first, second, members = first[rows], second[rows], members[rows]
        order = np.lexsort((second, first))
        first, second, members = first[order], second[order], members[order]
        # A block changes where either key does.
        starts, sizes = _groups(first, second)
        without = second[starts] == NOTHING
        usable = (sizes > 1) & (sizes <= self.largest) & ~without
        left_out = (sizes > 1) & ~usable
        return _pairs(members, starts[usable], sizes[usable]), int(left_out.sum()), int(sizes[left_out].sum())


def _groups(*keys: Numbers) -> tuple[Numbers, Numbers]:
    """Where each run of equal keys begins, and how long it is."""
    length = len(keys[0])
    if not length:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    changes = np.zeros(length, dtype=bool)
    changes[0] = True
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    starts = np.flatnonzero(changes).astype(np.int64)
    return starts, np.diff(np.append(starts, length))


def _rows(starts: Numbers, sizes: Numbers) -> Numbers:
    """The positions of all members of these runs."""
    offsets = np.repeat(starts - np.concatenate(([0], np.cumsum(sizes)[:-1])), sizes)
    return np.arange(int(sizes.sum()), dtype=np.int64) + offsets


def _pairs(members: NDArray[np.int32], starts: Numbers, sizes: Numbers) -> Numbers:
    """All pairs within these runs, each as one number: the smaller position in the upper half."""
    found = [np.empty(0, np.int64)]
    for size in np.unique(sizes):
        of_size = starts[sizes == size]
        blocks = members[of_size[:, None] + np.arange(size)].astype(np.int64)
        left, right = np.triu_indices(int(size), 1)
        a, b = blocks[:, left].ravel(), blocks[:, right].ravel()
        found.append(np.minimum(a, b) << 32 | np.maximum(a, b))
    return np.unique(np.concatenate(found))
