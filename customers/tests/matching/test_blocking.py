from collections.abc import Iterable
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from customers.matching.blocking import Blocks, Candidates
from customers.matching.keys import Key


def candidates(members: Iterable[tuple[int, Iterable[Key]]], largest: int = 50) -> Candidates:
    blocks = Blocks(largest)
    for customer, keys in members:
        blocks.add(customer, keys)
    return blocks.candidates()


def pairs(found: Candidates) -> list[tuple[int, int]]:
    return list(zip(found.first.tolist(), found.second.tolist(), strict=True))


def one_block(size: int, parts: int) -> list[tuple[int, list[Key]]]:
    """So many customers in one block, in so many parts; a part of 0 is none."""
    return [(customer, [Key(1, customer % parts)]) for customer in range(size)]


@given(st.dictionaries(st.integers(1, 2**40), st.lists(st.integers(-5, 5).filter(bool), max_size=4), max_size=30))
def test_whoever_shares_a_key_is_a_pair_once(members: dict[int, list[int]]) -> None:
    expected = {
        (min(a, b), max(a, b)) for a, b in combinations(members, 2) if not set(members[a]).isdisjoint(members[b])
    }
    found = candidates((customer, [Key(key, 0) for key in keys]) for customer, keys in members.items())
    assert pairs(found) == sorted(expected)
    assert len(found) == len(expected)


def test_a_block_that_is_too_large_is_parted_by_the_second_key() -> None:
    found = candidates(one_block(60, parts=20), largest=10)
    assert (found.refined, found.skipped) == (1, 1)
    assert len(found) == 19 * 3  # the part of 0 is none
    assert all(a % 20 == b % 20 != 0 for a, b in pairs(found))


def test_a_part_that_is_still_too_large_is_skipped_and_counted() -> None:
    found = candidates(one_block(60, parts=2), largest=10)
    assert (len(found), found.skipped, found.skipped_members) == (0, 2, 60)


def test_the_number_of_pairs_stays_in_proportion() -> None:
    small, large = (len(candidates(one_block(size, parts=size), largest=20)) for size in (1000, 100_000))
    assert small == large == 0
    many = [(customer, [Key(customer // 20 + 1, 0)]) for customer in range(100_000)]
    assert len(candidates(many, largest=20)) == 5000 * 190


def test_nobody_makes_no_pairs() -> None:
    assert pairs(candidates([])) == []
