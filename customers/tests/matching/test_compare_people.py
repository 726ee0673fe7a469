"""Cases of people that everybody knows who keeps customers."""

from typing import Any

import pytest

from customers.matching.profile import Profile
from customers.tests.matching.people import ELSEWHERE, HOME, findings, look_alike, person

PHONE: dict[str, Any] = {"phones": ["+44 113 1"]}
EMAIL: dict[str, Any] = {"emails": ["a@example.com"]}
EVERYTHING: dict[str, Any] = {**PHONE, **EMAIL, "address": HOME}
PUDONG = "上海市浦东新区世纪大道100号"

ALIKE = {
    "name and e-mail": (person("John Smith", **EMAIL), person("John Smith", **EMAIL)),
    "name and phone": (person("John Smith", **PHONE), person("JOHN  SMITH", **PHONE)),
    "name and address, written otherwise": (
        person("John Smith", address=HOME),
        person("John Smith", address="12 High St., LS1 4AB Leeds, United Kingdom"),
    ),
    "name and birthday, written otherwise": (
        person("John Smith", born="1980-05-03"),
        person("John Smith", born="03.05.1980"),
    ),
    "day and month swapped": (
        person("John Smith", born="1980-05-03", **PHONE),
        person("John Smith", born="1980-03-05", **PHONE),
    ),
    "accents and case": (person("José Müller", **PHONE), person("JOSE MULLER", **PHONE)),
    "given and family name swapped": (
        person("Fang Wang", given="Fang", family="Wang", **PHONE),
        person("Fang Wang", given="Wang", family="Fang", **PHONE),
    ),
    "family name first, with a comma": (person("Smith, John", **PHONE), person("John Smith", **PHONE)),
    "an initial": (person("J. Smith", **PHONE), person("John Smith", **PHONE)),
    "a short form": (person("Bob Miller", **PHONE), person("Robert Miller", **PHONE)),
    "a title": (person("Dr. Ann Lee", **PHONE), person("Ann Lee", **PHONE)),
    "a middle name": (person("John Michael Smith", **PHONE), person("John Smith", **PHONE)),
    "two slips of the keyboard": (person("Katherine Jonson", **PHONE), person("Katharine Johnson", **PHONE)),
    "only the family name is known": (
        person("Waller", given="", family="Waller", address=HOME),
        person("Lachlan Waller", given="Lachlan", family="Waller", address=HOME),
    ),
    "married, the same mailbox": (person("Anna Schmidt", **EMAIL), person("Anna Müller", **EMAIL)),
    "married, the same birthday and home": (
        person("Anna Schmidt", born="1980-05-03", address=HOME),
        person("Anna Müller", born="1980-05-03", address=HOME),
    ),
    "married, with a hyphen": (person("Anna Schmidt", **PHONE), person("Anna Schmidt-Müller", **PHONE)),
    "in several companies, with one mobile": (
        person("Ann Lee", phones=["mobile", "office a"], emails=["ann@a.example"], address=HOME),
        person("Ann Lee", phones=["mobile", "office b"], emails=["ann@b.example"], address=ELSEWHERE),
    ),
    "a Chinese name with a space": (person("王芳", **PHONE), person("王 芳", **PHONE)),
    "a Chinese name in two columns": (
        person("王芳", given="芳", family="王", born="1980年5月3日"),
        person("王芳", born="1980-05-03"),
    ),
    "a double family name, the city left out": (
        person("欧阳小芳", address=PUDONG),
        person("欧阳 小芳", address=PUDONG.removeprefix("上海市")),
    ),
    "a Chinese name and how it is written in Latin": (person("王芳", **EMAIL), person("Wang Fang", **EMAIL)),
    "a mail address where the name should be": (person("fang@example.com", **EMAIL), person("王芳", **EMAIL)),
    "the same tax number, whatever the names": (
        person("Ann Lee", identifiers=[("vat", "12345")]),
        person("Tom Berg", identifiers=[("vat", "12345")]),
    ),
    "the same messenger": (person("John Smith", messengers=["wx1"]), person("John Smith", messengers=["wx1"])),
}

NOT_ALIKE = {
    "a name alone": (person("John Smith"), person("John Smith")),
    "a name and a country": (person("John Smith", country="GB"), person("John Smith", country="GB")),
    "a name and a town": (person("John Smith", address="London"), person("John Smith", address="London, UK")),
    "a Chinese name alone": (person("王芳"), person("王 芳")),
    "father and son at one address": (person("John Smith", **EVERYTHING), person("Peter Smith", **EVERYTHING)),
    "father and son of the same name": (
        person("John Smith", born="1950-05-03", **EVERYTHING),
        person("John Smith", born="1980-11-23", **EVERYTHING),
    ),
    "senior and junior": (
        person("John Smith Sr.", address=HOME, **PHONE),
        person("John Smith Jr.", address=HOME, **PHONE),
    ),
    "junior, and one who is not": (
        person("John Smith", address=HOME, **PHONE),
        person("John Smith, Jr.", address=HOME, **PHONE),
    ),
    "husband and wife": (person("Paul Berg", **EVERYTHING), person("Paula Berg", **EVERYTHING)),
    "twins": (
        person("John Smith", born="1980-05-03", **EVERYTHING),
        person("Peter Smith", born="1980-05-03", **EVERYTHING),
    ),
    "colleagues, with the company's phone and mailbox": (
        person("Anna Lee", weak=EMAIL["emails"], **EVERYTHING),
        person("Tom Berg", weak=EMAIL["emails"], **EVERYTHING),
    ),
    "colleagues with the same given name": (
        person("Anna Schmidt", weak=EMAIL["emails"], **EVERYTHING),
        person("Anna Müller", weak=EMAIL["emails"], **EVERYTHING),
    ),
    "colleagues whose mailbox does not look shared": (
        person("Anna Lee", **EVERYTHING),
        person("Tom Berg", **EVERYTHING),
    ),
    "one other sign in a Chinese name": (
        person("王芳", **EVERYTHING),
        person("王方", **EVERYTHING),
    ),
    "one other sign of three": (
        person("王小芳", address=PUDONG, **PHONE),
        person("王小红", address=PUDONG, **PHONE),
    ),
    "Mr Wang, and one of the Wangs": (person("王先生", **PHONE), person("王芳", **PHONE)),
    "another tax number": (
        person("Ann Lee", identifiers=[("vat", "GB12345")], **PHONE),
        person("Ann Lee", identifiers=[("vat", "GB99345")], **PHONE),
    ),
    "numbers instead of names": (
        person("Customer 9ef432eb", address="01151, sao paulo, SP"),
        person("Customer 1234abcd", address="01151, sao paulo, SP"),
    ),
    "a phone number that is none": (person("王芳", weak=["0000"], phones=["0000"]), person("王芳", phones=["0000"])),
    "a common name and the first of January": (person("王芳", born="1980-01-01"), person("王芳", born="1980-01-01")),
}


@pytest.mark.parametrize("case", ALIKE)
def test_these_look_alike(case: str) -> None:
    one, other = ALIKE[case]
    assert look_alike(one, other), findings(one, other)


@pytest.mark.parametrize("case", NOT_ALIKE)
def test_these_do_not(case: str) -> None:
    one, other = NOT_ALIKE[case]
    assert not look_alike(one, other), findings(one, other)


def test_what_is_missing_says_nothing() -> None:
    known: Profile = person("Ann Lee", born="1980-05-03", country="GB", identifiers=[("vat", "12345")], **EVERYTHING)
    assert findings(known, person("Ann Lee")).keys() == {"given_name", "family_name"}


def test_what_disagrees_counts_against() -> None:
    one = person("Ann Lee", born="1980-05-03", country="GB", emails=["a"], phones=["1"], address=HOME)
    other = person("Tom Berg", born="1971-12-24", country="FR", emails=["b"], phones=["2"], address=ELSEWHERE)
    against = findings(one, other)
    assert against.keys() == {"given_name", "family_name", "birth_date", "email", "phone", "address", "country"}
    assert all(points < 0 for points in against.values())


def test_a_second_contact_says_less_than_the_first() -> None:
    one = person("Ann Lee", **EVERYTHING)
    points = findings(one, one)
    assert points["email"] > 2 * points["phone"] > 0
    alone = findings(person("Ann Lee", **PHONE), person("Ann Lee", **PHONE))
    assert alone["phone"] > points["phone"]
