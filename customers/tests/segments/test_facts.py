"""The registry of facts."""

from collections.abc import Iterator

import pytest

from customers.choices import OrderStatus
from customers.models import User
from customers.segments import facts as registry
from customers.segments.choices import Fixed
from customers.segments.facts import Catalogue, Fact, register_facts
from customers.segments.measures import Column
from customers.segments.operators import FactType

pytestmark = pytest.mark.django_db


@pytest.fixture
def added() -> Iterator[Fact]:
    """A fact of a room that this one knows nothing of."""
    measure = Column("industry")
    fact = Fact(code="shoe", group="Feet", label="shoe", type=FactType.TEXT, measure=measure, needs="x.see_feet")
    source = register_facts(lambda: [fact])
    yield fact
    registry._sources.remove(source)


def test_higher_rooms_add_facts(added: Fact, root: User, ann: User) -> None:
    assert Catalogue(None).all["shoe"] is added
    assert added in Catalogue(root).offered()
    assert added not in Catalogue(ann).offered()


def test_a_source_is_registered_once(added: Fact) -> None:
    source = registry._sources[-1]
    register_facts(source)
    assert registry._sources.count(source) == 1


def test_codes_are_unique_and_all_rooms_have_theirs() -> None:
    codes = [fact.code for source in registry._sources for fact in source()]
    assert len(codes) == len(set(codes))
    assert {"kind", "tag", "orders", "tickets", "average_rating", "score", "top_category"} <= set(codes)


def test_names_are_looked_up_once() -> None:
    asked: list[int] = []

    def pairs() -> list[tuple[str, str]]:
        asked.append(1)
        return [(str(value), str(name)) for value, name in OrderStatus.choices]

    choices, catalogue = Fixed(pairs), Catalogue(None)
    assert catalogue.labels(choices, ["placed", "lost"]) == {"placed": "Placed"}
    assert catalogue.labels(choices, ["lost", "placed"]) == {"placed": "Placed"}
    assert len(asked) == 1
