"""How much relations weigh beside a score, by hand and by properties."""

import random

import pytest

from analytics.scoring.relation_effects import CAP, MOST_AROUND, MOST_TICKETS, Effect, Tie, points_of, relation_effects

PARENT, CHILD, STAFF, COLLEAGUE, SIBLING, STRANGER = range(1, 7)


def tie(relation: int, first: int, second: int, *, strength: int = 3, corporate: bool = False) -> Tie:
    return Tie(relation, first, second, strength, corporate)


FAMILY = [
    tie(1, PARENT, CHILD, corporate=True),
    tie(2, STAFF, CHILD),
    tie(3, COLLEAGUE, CHILD),
    tie(4, PARENT, SIBLING, corporate=True),
]


def felt(late: dict[int, int], ties: list[Tie] = FAMILY) -> dict[int, float]:
    return {customer: effect.points for customer, effect in relation_effects(late, ties).items()}


def test_two_late_tickets_of_the_parent_are_minus_four() -> None:
    assert felt({PARENT: 2})[CHILD] == -4.0


def test_one_step_further_half_is_left() -> None:
    assert felt({PARENT: 2}) == {CHILD: -4.0, SIBLING: -4.0, STAFF: -2.0, COLLEAGUE: -2.0}


def test_nobody_feels_what_happened_to_a_colleague_and_only_the_employer_what_happened_to_staff() -> None:
    assert felt({STAFF: 2}) == {CHILD: -4.0}


def test_a_subsidiary_is_felt_by_its_parent_and_at_one_remove_by_its_sister() -> None:
    assert felt({CHILD: 1}) == {PARENT: -2.0, SIBLING: -1.0, STAFF: -2.0, COLLEAGUE: -2.0}


def test_close_relations_weigh_more_and_loose_ones_less() -> None:
    assert points_of(1, [5]) < points_of(1, [3]) < points_of(1, [1]) < 0
    assert points_of(2, [1]) == pytest.approx(-4 / 3)


def test_more_tickets_than_three_are_no_news() -> None:
    assert points_of(MOST_TICKETS, [3]) == points_of(50, [3]) == -6.0


def test_all_together_are_capped_and_every_source_is_named() -> None:
    late = dict.fromkeys(range(10, 15), 3)
    effect = relation_effects(late, [tie(n, n, CHILD) for n in late])[CHILD]
    assert effect.points == -CAP
    assert [source.customer for source in effect.sources] == list(late)
    assert (effect.tickets, effect.sources[0].points) == (15, -6.0)


def test_of_several_ways_the_strongest_counts_once() -> None:
    ties = [*FAMILY, tie(9, STAFF, PARENT, strength=1), tie(10, CHILD, PARENT, strength=5, corporate=True)]
    effect = relation_effects({PARENT: 1}, ties)
    assert effect[CHILD].points == points_of(1, [5])
    assert effect[CHILD].sources[0].via == (10,)
    # through the company at strength 5: -2 · 5/3 · 3/3 · 1/2; directly at strength 1: -2/3
    assert effect[STAFF].points == pytest.approx(-5 / 3)
    assert effect[STAFF].sources[0].via == (2, 10)


def test_a_giant_passes_nothing_on_but_is_felt_itself() -> None:
    ties = [tie(n, CHILD, 1000 + n) for n in range(MOST_AROUND)] + [tie(9999, PARENT, CHILD, corporate=True)]
    assert felt({PARENT: 1}, ties) == {CHILD: -2.0}
    assert len(felt({CHILD: 1}, ties)) == MOST_AROUND + 1
    assert len(felt({PARENT: 1}, ties[1:])) == MOST_AROUND


def test_nobody_feels_their_own_tickets_and_strangers_nothing() -> None:
    found = relation_effects({PARENT: 1, STRANGER: 9}, FAMILY)
    assert PARENT not in found and STRANGER not in found


def test_the_order_of_the_relations_changes_nothing_and_a_tie_told_twice_counts_once() -> None:
    chance = random.Random(7)
    for _ in range(50):
        ties = [
            tie(n, *chance.sample(range(1, 9), 2), strength=chance.randint(1, 5), corporate=chance.random() < 0.5)
            for n in range(12)
        ]
        late = {pk: chance.randint(1, 4) for pk in chance.sample(range(1, 9), 3)}
        expected = relation_effects(late, ties)
        shuffled = chance.sample([*ties, *ties[:4]], 16)
        assert relation_effects(late, shuffled) == expected
        assert all(isinstance(one, Effect) and -CAP <= one.points < 0 for one in expected.values())


def test_one_more_late_ticket_never_makes_it_better() -> None:
    for tickets in range(1, 6):
        before, after = felt({PARENT: tickets}), felt({PARENT: tickets + 1})
        assert all(after[pk] <= before[pk] for pk in before)
