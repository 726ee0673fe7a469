import pytest

from customers.matching.keys import blocking_keys, hashed, name_key
from customers.matching.profile import Profile
from customers.tests.matching.people import HOME, organisation, person


def share_a_key(one: Profile, other: Profile) -> bool:
    return not {key.first for key in blocking_keys(one)}.isdisjoint(key.first for key in blocking_keys(other))


def test_a_hash_is_the_same_on_every_machine() -> None:
    assert hashed("name", "ann", "lee") == 7157148381973891149


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("person", "Ann Lee", "LEE, Ann"),
        ("person", "Dr. José Müller", "jose muller"),
        ("person", "王芳", "王 芳"),
        ("person", "John Smith Jr.", "John Smith"),
        ("organisation", "Acme Pumps Ltd.", "ACME PUMPS"),
        ("organisation", "上海华力泵业有限公司", "上海华力泵业股份有限公司"),
    ],
)
def test_the_key_of_a_name_does_not_mind_how_it_is_written(kind: str, one: str, other: str) -> None:
    assert name_key(kind, one) == name_key(kind, other) != 0


def test_other_names_have_other_keys_and_what_is_no_name_has_none() -> None:
    assert name_key("person", "Ann Lee") != name_key("person", "Ann Leigh")
    assert name_key("person", "ann@example.com") == name_key("person", "…") == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("Ann Lee"), person("Ann Lee")),
        (person("Ann Lee", phones=["1"]), person("Tom Berg", phones=["1"])),
        (organisation("Acme Pumps"), organisation("Acme Pmups")),
    ],
)
def test_these_share_too_little_to_be_compared(one: Profile, other: Profile) -> None:
    assert not share_a_key(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("Ann Lee", address=HOME), person("Lee Ann", address="Leeds")),
        (person("Katherine Jonson", address=HOME), person("Catharine Johnson", address="Leeds")),
        (person("Ann Lee", born="1980-05-03"), person("Anne Leigh", born="1980-05-03")),
        (person("Ann Lee", born="1980-05-03"), person("Lee, Ann", born="1980-05-24")),
        (person("Ann Lee", born="1980-05-03"), person("Ann Lee", born="1980-11-03")),
        (person("Ann Lee", born="1980-05-03"), person("Ann Lee", born="1980-03-05")),
        (person("Ann Lee", born="1980-05-03"), person("Anne Lee", born="1908-05-03")),
        (person("Bob Miller", phones=["1"]), person("Robert Miller", phones=["1"])),
        (person("王芳 Wendy", phones=["1"]), person("Wendy Wang", phones=["1"])),
        (person("王芳", phones=["1"], born="1980-05-03"), person("Wang Fang", phones=["1"], born="1980-05-03")),
        (person("Ann", emails=["1"]), person("Tom", emails=["1"])),
        (person("Ann", messengers=["1"]), person("Tom", messengers=["1"])),
        (person("Ann", identifiers=[("vat", "12345")]), organisation("Acme", identifiers=[("vat", "12345")])),
        (organisation("Acme Pumps Ltd"), organisation("Acme Pumps")),
        (organisation("Acme", phones=["1"]), organisation("Ajax", phones=["1"])),
        (organisation("Acme Pumps", address=HOME), organisation("Acme Pmups", address="Leeds")),
        (organisation("Siemens", address=HOME), organisation("Siemnes", address="Leeds")),
        (organisation("上海华力泵业", address=HOME), organisation("上海华力泵", address="上海")),
    ],
)
def test_these_are_worth_comparing(one: Profile, other: Profile) -> None:
    assert share_a_key(one, other)
