"""For random definitions over a random crowd, the query finds whom plain Python finds."""

import os
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st

from customers.models import Customer, Team, User
from customers.segments.condition import clause_of, segment_condition
from customers.segments.definition import Definition, read_definition
from customers.segments.facts import Asking, Catalogue, Fact
from customers.segments.operators import FactType, Op
from services.models import Queue
from tests.cast import NOW
from tests.segments.crowd import DAYS, NAMES, WORDS, make_crowd
from tests.segments.naive import Judge

pytestmark = pytest.mark.django_db

# Definitions for each user; a long run takes a few thousand.
EXAMPLES = int(os.environ.get("CRM_SEGMENT_EXAMPLES", "80"))
PARTS = ["übergroß", "ÜBER", "uber", "lima", "pu", "%", "_", "xl", "one.example", "a@one.example", "b@two.example"]
TEXTS = sorted({*NAMES, *WORDS, *PARTS, "+442079460000"} - {""})
NUMBERS: list[Any] = [0, 1, 2, 3, 5, 7, 7.5, -3, 40, 50]
AMOUNTS: list[Any] = [0, 10.1, 20.2, 30.3, 50, 25.25]
DATES = ["2026-06-03", "2026-06-02", "2026-05-31", "2025-01-01", "2026-06-10"]
"""Values that stand in the crowd, and their neighbours."""


@st.composite
def conditions(draw: Any, fact: Fact, op: Op, catalogue: Catalogue) -> dict[str, Any]:
    """A condition of this fact and operator that is right."""
    row: dict[str, Any] = {"fact": fact.code, "op": str(op)}
    if op not in (Op.EMPTY, Op.NOT_EMPTY):
        row["value"] = draw(values(fact, op, catalogue))
    if fact.has_period and draw(st.booleans()):
        row["days"] = draw(st.sampled_from([1, 30, 90]))
    where = {}
    for narrowing in fact.narrowings:
        if narrowing.is_required or draw(st.integers(0, 3)) == 0:
            keys = [value for value, _ in narrowing.choices.options(catalogue.user)]
            most = 1 if narrowing.is_single else 2
            where[narrowing.code] = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=most, unique=True))
    return {**row, **({"where": where} if where else {})}


def values(fact: Fact, op: Op, catalogue: Catalogue) -> Any:
    """A strategy for the value of an operator."""
    if op in (Op.IN_LAST, Op.IN_NEXT, Op.MORE_THAN_AGO):
        return st.sampled_from([day for day in DAYS if day])
    pool: list[Any] = TEXTS
    if fact.type == FactType.YES_NO:
        pool = [True, False]
    elif fact.type == FactType.CHOICE and fact.choices:
        pool = [value for value, _ in fact.choices.options(catalogue.user)]
    elif fact.type == FactType.NUMBER:
        pool = [one for one in NUMBERS if not fact.is_count or (isinstance(one, int) and one >= 0)]
    elif fact.type == FactType.MONEY:
        pool = AMOUNTS
    elif fact.type in (FactType.DATE, FactType.MOMENT):
        pool = DATES
    one = st.sampled_from(pool)
    if op in (Op.ONE_OF, Op.NONE_OF):
        return st.lists(one, min_size=1, max_size=3)
    return st.tuples(one, one).map(sorted) if op == Op.BETWEEN else one


def definitions(catalogue: Catalogue) -> Any:
    """Up to three groups of up to three conditions, of whatever may be asked."""
    match = st.sampled_from(["all", "any"])
    asked = [(fact, op) for fact in catalogue.offered() for op in fact.operators()]
    one = st.sampled_from(asked).flatmap(lambda pair: conditions(*pair, catalogue))
    groups = st.fixed_dictionaries({"match": match, "conditions": st.lists(one, min_size=1, max_size=3)})
    return st.fixed_dictionaries({"match": match, "groups": st.lists(groups, min_size=1, max_size=3)})


def found(definition: Definition, user: User | None) -> set[int]:
    customers: Any = Customer.objects.living() if user is None else Customer.objects.visible_to(user)
    keys = list(customers.filter(clause_of(definition, Asking(user, NOW)).q()).values_list("pk", flat=True))
    assert len(keys) == len(set(keys)), "a row was multiplied"
    return set(keys)


def settings(examples: int) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )


@pytest.fixture(params=[3, 7], ids=["one crowd", "another"])
def crowd(request: pytest.FixtureRequest, north: Team, south: Team, ann: User, otto: User, queue: Queue) -> list[User]:
    """The crowd, in two teams."""
    make_crowd(request.param, [north, south], [ann, otto], queue)
    return [ann, otto]


@pytest.mark.parametrize("limited", [False, True], ids=["the system", "an agent of one team"])
def test_the_query_finds_whom_plain_python_finds(limited: bool, crowd: list[User]) -> None:
    user = crowd[0] if limited else None
    catalogue, judge = Catalogue(user), Judge(user)

    @settings(EXAMPLES)
    @hypothesis.given(definitions(catalogue))
    def agree(data: dict[str, Any]) -> None:
        definition = read_definition(data, catalogue=catalogue)
        assert found(definition, user) == judge.members(definition), data

    agree()


def test_every_fact_and_operator_alone(crowd: list[User]) -> None:
    catalogue, judge = Catalogue(None), Judge(None)
    found_somebody: set[str] = set()

    def check(fact: Fact, op: Op) -> None:
        @settings(4)
        @hypothesis.given(conditions(fact, op, catalogue))
        def agree(row: dict[str, Any]) -> None:
            definition = read_definition({"groups": [{"conditions": [row]}]}, catalogue=catalogue)
            keys = found(definition, None)
            assert keys == judge.members(definition), row
            if keys:
                found_somebody.add(fact.code)

        agree()

    for fact in catalogue.offered():
        for op in fact.operators():
            check(fact, op)
    assert found_somebody == set(catalogue.all)  # the crowd is no desert


def test_what_is_stored_means_the_same(crowd: list[User]) -> None:
    catalogue = Catalogue(None)

    @settings(60)
    @hypothesis.given(definitions(catalogue))
    def agree(data: dict[str, Any]) -> None:
        definition = read_definition(data, catalogue=catalogue)
        stored = definition.as_json(stored=True)
        assert "one.example" not in str([c for g in stored["groups"] for c in g["conditions"] if c["fact"] == "email"])
        again = Customer.objects.living().filter(segment_condition(definition=stored, user=None, at=NOW))
        assert set(again.values_list("pk", flat=True)) == found(definition, None)

    agree()
