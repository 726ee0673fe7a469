"""A made-up company of any size for benchmarks: the same rows on every run."""

import csv
import random
from pathlib import Path

from mimesis import Person
from mimesis.locales import Locale

HEADER = ("source_id", "kind", "name", "given_name", "family_name", "country", "language", "email", "phone")
PLACES = (
    (Locale.EN_GB, "GB", "en", "020 7%07d"),
    (Locale.DE, "DE", "de", "030 9%07d"),
    (Locale.ES, "ES", "es", "91 %07d"),
    (Locale.FR, "FR", "fr", "01 4%07d"),
)
SURNAMES_ZH = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN_ZH = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰文华建国红玉珍婷欣怡子涵浩宇轩梓萱雨泽"
NAMES = 4000


def write_customers(path: Path, number: int) -> None:
    """Write a CSV file in Candid's own layout: a fifth Chinese persons, a twentieth organisations, the rest persons
    of four countries; one e-mail address and one phone number each, that nobody shares."""
    rng = random.Random(20261126)
    people = [Person(locale, seed=place) for place, (locale, *_) in enumerate(PLACES)]
    given = [[person.first_name() for _ in range(NAMES)] for person in people]
    family = [[person.surname() for _ in range(NAMES)] for person in people]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for i in range(number):
            if i % 5 == 0:
                rows.writerow(_chinese(rng, i))
                continue
            place = i % len(PLACES)
            _, country, language, phone = PLACES[place]
            first, last = rng.choice(given[place]), rng.choice(family[place])
            number_there = phone % (i * 7 % 10**7)
            if i % 20 == 1:
                row = (f"c{i}", "organisation", f"{last} Industries {i}", "", "", country, language)
                rows.writerow((*row, f"office@company{i}.example", number_there))
            else:
                row = (f"c{i}", "person", f"{first} {last}", first, last, country, language)
                rows.writerow((*row, f"user.{i}@example.com", number_there))


def _chinese(rng: random.Random, i: int) -> tuple[str, ...]:
    family = rng.choice(SURNAMES_ZH)
    given = "".join(rng.choice(GIVEN_ZH) for _ in range(rng.choice((1, 2, 2))))
    phone = f"1{rng.choice((38, 39, 50, 86))}{i * 7 % 10**8:08}"
    return f"c{i}", "person", family + given, given, family, "CN", "zh-hans", f"user.{i}@example.cn", phone
