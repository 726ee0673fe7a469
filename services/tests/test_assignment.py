"""Whom the rules choose, without a database."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assignment import Candidate, choose, is_away, next_turn
from tests.cast import NOW

HOUR = timedelta(hours=1)
NONE: frozenset[str] = frozenset()


def whys(*candidates: Candidate, method: str = "least_load", skills: frozenset[str] = NONE, holder: int = 0) -> object:
    choice = choose(candidates, method=method, skills=skills, at=NOW, holder=holder or None)
    return choice.agent and choice.agent.name, {one.agent.name: one.why for one in choice.considered}


def test_the_least_load_counts_by_capacity() -> None:
    half, third = Candidate(1, "Ann", load=5, capacity=10), Candidate(2, "Bob", load=10, capacity=30)
    assert whys(half, third) == ("Bob", {"Ann": "load"})


def test_equal_loads_are_given_in_turn() -> None:
    early = Candidate(2, "Bob", last_assigned_at=NOW - HOUR)
    late = Candidate(1, "Ann", last_assigned_at=NOW)
    assert whys(late, early) == ("Bob", {"Ann": "turn"})


def test_in_turn_the_load_does_not_matter_while_there_is_room() -> None:
    busy = Candidate(2, "Bob", load=19, last_assigned_at=NOW - HOUR)
    idle = Candidate(1, "Ann", last_assigned_at=NOW)
    assert whys(busy, idle, method="round_robin") == ("Bob", {"Ann": "turn"})


def test_who_never_had_a_turn_comes_first_and_ties_go_to_the_lowest_key() -> None:
    new, newer = Candidate(3, "New"), Candidate(4, "Newer")
    old = Candidate(1, "Ann", last_assigned_at=NOW - HOUR)
    assert whys(newer, old, new, method="round_robin")[0] == "New"  # type: ignore[index]


def test_each_who_cannot_take_it_is_named_with_the_reason() -> None:
    assert whys(
        Candidate(1, "Left", is_active=False),
        Candidate(2, "Away", away_from=NOW - HOUR, away_until=NOW + HOUR),
        Candidate(3, "Full", load=3, capacity=3),
        Candidate(4, "Has it"),
        Candidate(5, "Knows nothing"),
        Candidate(6, "Knows", skills=frozenset({"French", "Pumps"})),
        skills=frozenset({"French"}),
        holder=4,
    ) == (
        "Knows",
        {"Left": "inactive", "Away": "away", "Full": "skills", "Has it": "has_it", "Knows nothing": "skills"},
    )


def test_nobody_is_chosen_where_nobody_can() -> None:
    assert whys(Candidate(1, "Full", load=3, capacity=3)) == (None, {"Full": "full"})
    assert whys(Candidate(1, "None", capacity=0)) == (None, {"None": "full"})
    assert whys() == (None, {})


def test_the_details_say_what_the_reason_rests_on() -> None:
    choice = choose(
        [
            Candidate(1, "Full", load=3, capacity=3, skills=frozenset({"French"})),
            Candidate(2, "Away", away_until=NOW + HOUR),
            Candidate(3, "Bob", skills=frozenset({"Pumps"})),
        ],
        method="least_load",
        skills=frozenset({"French"}),
        at=NOW,
    )
    assert [one.as_json() for one in choice.considered] == [
        {"agent": 1, "name": "Full", "why": "full", "load": 3, "capacity": 3},
        {"agent": 2, "name": "Away", "why": "away", "until": (NOW + HOUR).isoformat()},
        {"agent": 3, "name": "Bob", "why": "skills", "missing": ["French"]},
    ]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, False),
        (NOW, None, True),
        (NOW + HOUR, None, False),
        (None, NOW + HOUR, True),
        (None, NOW, False),
        (NOW - HOUR, NOW + HOUR, True),
        (NOW - HOUR, NOW, False),
    ],
)
def test_away_begins_at_once_and_ends_before_its_end(
    since: datetime | None, until: datetime | None, expected: bool
) -> None:
    assert is_away(since, until, at=NOW) == expected


def test_turns_go_round_among_tickets_of_one_moment() -> None:
    agents = {key: Candidate(key, str(key)) for key in (1, 2, 3)}
    given_to = []
    for _ticket in range(7):
        chosen = choose(agents.values(), method="round_robin", skills=NONE, at=NOW).agent
        assert chosen
        given_to.append(chosen.key)
        turn = next_turn(agents.values(), at=NOW)
        agents[chosen.key] = Candidate(chosen.key, chosen.name, last_assigned_at=turn)
    assert given_to == [1, 2, 3, 1, 2, 3, 1]


people = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 50),
        name=st.just("x"),
        load=st.integers(0, 5),
        capacity=st.integers(0, 5),
        is_active=st.booleans(),
        away_from=st.sampled_from([None, NOW - HOUR, NOW + HOUR]),
        away_until=st.sampled_from([None, NOW - HOUR, NOW + HOUR]),
        skills=st.frozensets(st.sampled_from(["a", "b"])),
        last_assigned_at=st.sampled_from([None, NOW - HOUR, NOW]),
    ),
    unique_by=lambda one: one.key,
    max_size=8,
)


@given(people, st.sampled_from(["round_robin", "least_load"]), st.frozensets(st.sampled_from(["a", "b"])))
def test_whoever_is_chosen_can_take_it_and_everybody_else_is_told_why(
    candidates: list[Candidate], method: str, skills: frozenset[str]
) -> None:
    choice = choose(candidates, method=method, skills=skills, at=NOW)
    named = {one.agent.key for one in choice.considered} | ({choice.agent.key} if choice.agent else set())
    assert named == {one.key for one in candidates} and len(choice.considered) == len(candidates) - bool(choice.agent)
    if choice.agent:
        assert choice.agent.is_active and choice.agent.load < choice.agent.capacity and skills <= choice.agent.skills
        assert not is_away(choice.agent.away_from, choice.agent.away_until, at=NOW)
    else:
        assert all(one.why in {"inactive", "away", "skills", "full"} for one in choice.considered)


@given(people, st.sampled_from(["round_robin", "least_load"]), st.randoms())
def test_the_order_in_which_they_are_read_does_not_matter(candidates: list[Candidate], method: str, chance) -> None:  # type: ignore[no-untyped-def]
    mixed = list(candidates)
    chance.shuffle(mixed)
    one, other = (choose(some, method=method, skills=NONE, at=NOW).agent for some in (candidates, mixed))
    assert one == other
