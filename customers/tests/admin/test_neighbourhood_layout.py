from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.admin.neighbourhood_layout import NARROW, WIDE, Geometry, Layout, lay_out, shortened, width_of

BOTH = pytest.mark.parametrize("by", [WIDE, NARROW], ids=["wide", "narrow"])


def made(sizes: list[int], by: Geometry) -> Layout:
    """A neighbourhood in which each neighbour has so many others behind it."""
    first = list(range(1, len(sizes) + 1))
    behind = {key: [100 * key + n for n in range(size)] for key, size in zip(first, sizes, strict=True)}
    return lay_out(0, first, behind, by)


def overlapping(layout: Layout) -> list[tuple[int, int]]:
    return [(a.key, b.key) for a, b in combinations(layout.spots.values(), 2) if a.overlaps(b)]


@BOTH
@pytest.mark.parametrize("sizes", [[], [0], [0, 0], [3], [24], [2] * 12, [1] * 14, [24] + [0] * 13, [0, 9, 0, 4, 2, 9]])
def test_nothing_overlaps_and_all_is_inside_the_frame(sizes: list[int], by: Geometry) -> None:
    layout = made(sizes, by)
    assert len(layout.spots) == 1 + len(sizes) + sum(sizes)
    assert overlapping(layout) == []
    left, top, width, height = layout.frame
    for spot in layout.spots.values():
        assert left <= spot.x - spot.width / 2 and spot.x + spot.width / 2 <= left + width, spot
        assert top <= spot.y - spot.height / 2 and spot.y + spot.height / 2 <= top + height, spot


@BOTH
@given(sizes=st.lists(st.integers(0, 12), max_size=14).filter(lambda sizes: sum(sizes) <= 24))
@settings(max_examples=60, deadline=None)
def test_nothing_overlaps_however_uneven_it_is(by: Geometry, sizes: list[int]) -> None:
    assert overlapping(made(sizes, by)) == []


@BOTH
def test_the_customer_is_in_the_middle_and_the_picture_is_centred(by: Geometry) -> None:
    layout = made([2, 1, 0, 3, 1], by)
    assert (layout.spots[0].x, layout.spots[0].y) == (0, 0)
    left, top, width, height = layout.frame
    assert (left + width / 2, top + height / 2) == pytest.approx((0, 0))


@BOTH
def test_both_sides_carry_alike(by: Geometry) -> None:
    layout = made([1] * 10, by)
    sides = [spot.side for spot in layout.spots.values() if spot.ring == 1]
    assert sides.count(1) == sides.count(-1) == 5


@BOTH
def test_whoever_stands_behind_a_neighbour_is_on_its_side_and_farther_out(by: Geometry) -> None:
    layout = made([3, 2], by)
    for key, spot in layout.spots.items():
        if spot.ring == 2:
            neighbour = layout.spots[key // 100]
            assert spot.side == neighbour.side
            assert abs(spot.x) > abs(neighbour.x) if by.beside else spot.y > neighbour.y


@BOTH
def test_the_same_gives_the_same(by: Geometry) -> None:
    assert made([3, 0, 2, 5], by) == made([3, 0, 2, 5], by)


def test_a_phone_shows_the_narrow_one_unscaled() -> None:
    assert made([1] * 14, NARROW).frame[2] <= 346


def test_a_name_that_fits_stays_and_a_long_one_ends_in_an_ellipsis() -> None:
    assert shortened("王芳", 12, 30) == "王芳"
    for text in ("Vereinigte Maschinenwerke Niedersachsen GmbH", "华东机械设备进出口有限责任公司", "🙂" * 30):
        short = shortened(text, 12, 100)
        assert short.endswith("…")
        assert text.startswith(short[:-1].rstrip())
        assert width_of(short, 12) <= 100
