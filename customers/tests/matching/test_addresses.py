import pytest

from customers.matching.addresses import address, address_similarity

HOME = "12 High Street, Leeds LS1 4AB"


def alike(one: str, other: str) -> float:
    return address_similarity(address(one), address(other))


@pytest.mark.parametrize(
    "other",
    [
        "12 HIGH STREET, LEEDS, LS1 4AB",
        "Leeds LS1 4AB, 12 High St.",
        "12 Hihg Street, Leeds LS1 4AB",
        "12 Highstreet, Leeds LS1 4AB",
        "12 High Street, Leeds LS1 4AB, United Kingdom",
    ],
)
def test_other_writing_is_the_same_place(other: str) -> None:
    assert alike(HOME, other) > 0.85


@pytest.mark.parametrize(
    ("other", "at_most"),
    [
        ("14 High Street, Leeds LS1 4AB", 0.9),  # next door
        ("Leeds", 0.6),
        ("9 Dock Road, Leeds LS9 1AA", 0.5),
        ("9 Dock Road, Hull HU1 2AA", 0.3),
    ],
)
def test_another_place_is_less_alike(other: str, at_most: float) -> None:
    assert alike(HOME, other) < at_most


def test_a_slip_in_a_postcode_counts_little_and_another_house_much() -> None:
    home = "20 Hyatt Place, Bendigo 5039"
    assert alike(home, "20 Hyatt Place, Bendigo 5093") > alike(home, "22 Hyatt Place, Bendigo 5039")


def test_chinese_addresses_are_compared_sign_by_sign() -> None:
    home = "上海市浦东新区世纪大道100号"
    assert alike(home, "浦东新区世纪大道100号") > 0.9
    assert alike(home, "上海市浦东新区世纪大道8号") < 0.7
    assert alike(home, "北京市朝阳区建国路1号") < 0.4


def test_nothing_is_like_nothing() -> None:
    assert alike("", HOME) == 0.0
