from datetime import timedelta

import pytest

from customers.admin.neighbourhood_picture import NARROW_BEHIND, Picture, picture_of
from customers.models import Customer, Team, User
from customers.operations.neighbourhood import neighbourhood
from customers.tests.operations.relations import firms, persons, relate
from tests.cast import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def picture(customer: Customer, user: User) -> Picture:
    made = picture_of(neighbourhood(customer=customer, user=user, on=TODAY))
    assert made is not None
    return made


def test_nobody_around_makes_no_picture(acme: Customer, ann: User) -> None:
    relate("client", acme)
    assert picture_of(neighbourhood(customer=acme, user=ann, on=TODAY)) is None


def test_every_node_is_a_link_that_says_how_it_is_related(north: Team, acme: Customer, ann: User) -> None:
    (boss, clerk), (other,) = persons(north, "BC"), firms(north, "O")
    relate("works-for", boss, acme, strength=5)
    relate("works-for", clerk, acme, strength=1, until=TODAY - timedelta(days=1))
    relate("works-for", boss, other, strength=2)
    drawn = picture(acme, ann)
    for drawing in drawn.wide, drawn.narrow:
        assert {(node.link.rstrip("/").rpartition("/")[2], node.title) for node in drawing.nodes} == {
            (str(acme.pk), "Acme Pumps"),
            (str(boss.pk), "Acme Pumps employs B · strength 5 of 5"),
            (str(clerk.pk), "Acme Pumps employs C · strength 1 of 5 · ended"),
            (str(other.pk), "B works for O · strength 2 of 5"),
        }
        assert sorted((float(line.width), line.is_past) for line in drawing.lines) == [
            (1.0, True),
            (1.5, False),
            (4.25, False),
        ]
    assert [line.label for line in drawn.wide.lines if line.label] == ["employs", "employs"]
    assert [node.verb for node in drawn.narrow.nodes if node.verb] == ["employs", "employs"]


def test_what_crosses_the_picture_is_left_out_on_a_phone(north: Team, acme: Customer, ann: User) -> None:
    boss, clerk = persons(north, "BC")
    relate("works-for", boss, acme)
    relate("works-for", clerk, acme)
    relate("reports-to", clerk, boss)
    drawn = picture(acme, ann)
    assert [line.is_across for line in drawn.wide.lines] == [True, False, False]  # the quiet one below the others
    assert [line.is_across for line in drawn.narrow.lines] == [False, False]


def test_it_says_how_many_it_leaves_out(north: Team, acme: Customer, ann: User) -> None:
    (hub,) = firms(north, "H")
    relate("supplies", acme, hub)
    for person in persons(north, "abcdefghij"):
        relate("works-for", person, hub)
    drawn = picture(acme, ann)
    assert (drawn.wide.more, drawn.narrow.more) == ("", f"+{10 - NARROW_BEHIND} more")
    assert len(drawn.wide.nodes) == 12 and len(drawn.narrow.nodes) == 2 + NARROW_BEHIND


def test_numbers_are_those_of_svg_in_every_language(acme: Customer, wang: Customer, ann: User) -> None:
    relate("works-for", wang, acme)
    drawn = picture(acme, ann)
    for node in drawn.wide.nodes:
        assert all(float(value) is not None for value in (node.left, node.top, node.width, node.height, node.name_x))
    for line in drawn.wide.lines:
        assert set(line.path) <= set("MCHV0123456789.- ")
