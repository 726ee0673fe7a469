"""How long a sweep for duplicates takes over 10,000 and over 100,000 customers, what it finds, and the memory it needs.

Customers are invented: people and organisations, a third of them Chinese, with shared switchboards, mailboxes and
families; one in twenty is entered twice, with slips and with some of the contact points."""

import os
import random
import resource
import string
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

SIZES = (10_000, 100_000)
TWICE = 0.05
AT_ONCE = 2000
CHINESE_FAMILIES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程"
CHINESE_GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂文辉玲建华红志宇浩然子轩梓涵欣怡佳晨思雨雪婷倩博俊鹏飞瑞"
TRADES = ("Pumps", "Tooling", "Castings", "Packaging", "Bearings", "Foods", "Stores", "Grocers", "Books", "Insurance")
CHINESE_TRADES = ("泵业", "机械", "食品", "包装", "轴承", "商贸", "超市", "图书", "保险", "电子")
FORMS = ("Ltd", "Limited", "GmbH", "Inc.", "LLC", "")


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from customers.operations.ensure_attributes import NewAttribute, ensure_attributes

    ensure_attributes(wanted=[NewAttribute("born", "Date of birth", "date", "person", matching="birth_date")])
    company, each = _Company(), {}
    for size in SIZES:
        company.grow(size)
        sweep, seconds = _sweep()
        each[size] = seconds / sweep.customers
        name = f"duplicates_{size // 1000}k"
        print(f"{name}_customers {sweep.customers} customers")
        print(f"{name}_sweep {seconds:.1f} s")
        print(f"{name}_candidates {sweep.candidates} pairs")
        print(f"{name}_pairs {sweep.pairs} pairs")
        print(f"{name}_skipped {sweep.skipped_customers} customers")
        print(f"{name}_found {100 * company.share_found():.1f} %")
        print(f"{name}_again {_sweep()[1]:.1f} s")
    print(f"duplicates_growth_ratio {each[SIZES[-1]] / each[SIZES[0]]:.2f} times")
    print(f"duplicates_memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


def _sweep() -> tuple[Any, float]:
    from django.utils import timezone

    from customers.operations.sweep_duplicates import sweep_duplicates

    started = time.perf_counter()
    sweep = sweep_duplicates(at=timezone.now())
    return sweep, time.perf_counter() - started


class _Company:
    """The invented customers, the same ones each time."""

    def __init__(self) -> None:
        from mimesis import Person
        from mimesis.locales import Locale

        from customers.models import Team

        self.rng = random.Random(7)
        names = Person(Locale.EN)._dataset
        self.given = [*names["names"]["female"], *names["names"]["male"]]
        self.families = names["surnames"]
        self.team = Team.objects.order_by("pk")[0]
        self.firms: list[tuple[str, str]] = []
        self.twins: list[tuple[int, int]] = []
        self.size = 0

    def grow(self, size: int) -> None:
        """Write customers until there are so many."""
        from customers.models import ContactPoint, Customer
        from customers.sql.refresh_statistics import refresh_statistics

        while self.size < size:
            rows = [row for _ in range(AT_ONCE // 2) for row in self._rows()][: size - self.size]
            customers = Customer.objects.bulk_create([customer for customer, _, _ in rows])
            points = []
            for customer, contacts, original in rows:
                for kind, value in contacts:
                    point = ContactPoint(customer=customer, kind=kind, value=value)
                    point.index_value(region=customer.country)
                    points.append(point)
                if original is not None:
                    self.twins.append((original.pk, customer.pk))
            ContactPoint.objects.bulk_create(points, batch_size=AT_ONCE)
            self.size += len(customers)
        refresh_statistics()

    def share_found(self) -> float:
        """Of those who were entered twice, the share that stands in the queue."""
        from customers.models import DuplicatePair

        found = set(DuplicatePair.objects.values_list("first_id", "second_id"))
        return sum(twin in found for twin in self.twins) / len(self.twins)

    def _rows(self) -> Iterator[tuple[Any, list[tuple[str, str]], Any]]:
        customer, contacts = self._firm() if self.rng.random() < 0.3 else self._person()
        yield customer, contacts, None
        if self.rng.random() < TWICE:
            again = self._again(customer)
            kept = [contact for contact in contacts if self.rng.random() < 0.7] or contacts[:1]
            yield again, kept, customer

    def _person(self) -> tuple[Any, list[tuple[str, str]]]:
        from customers.models import Customer

        rng, country = self.rng, "CN" if self.rng.random() < 0.33 else "GB"
        if country == "CN":
            family = CHINESE_FAMILIES[min(int(rng.expovariate(0.08)), len(CHINESE_FAMILIES) - 1)]
            given = "".join(rng.choices(CHINESE_GIVEN, k=1 if rng.random() < 0.15 else 2))
            name = family + given
        else:
            family, given = rng.choice(self.families), rng.choice(self.given)
            name = f"{given} {family}"
        born = f"{rng.randint(1940, 2005)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        attributes = {"born": born} if rng.random() < 0.3 else {}
        customer = Customer(
            name=name, given_name=given, family_name=family, country=country, team=self.team, attributes=attributes
        )
        contacts = [("email", f"{self._letters(10)}@example.com")] if rng.random() < 0.8 else []
        if self.firms and rng.random() < 0.4:  # works there: the switchboard, perhaps the common mailbox
            phone, domain = rng.choice(self.firms[-3000:])
            contacts.append(("phone", phone))
            if rng.random() < 0.2:
                contacts.append(("email", f"info@{domain}"))
        else:
            contacts.append(("phone", self._phone()))
        if rng.random() < 0.6:
            contacts.append(("address", self._address(country)))
        return customer, contacts

    def _firm(self) -> tuple[Any, list[tuple[str, str]]]:
        from customers.models import Customer

        rng, country = self.rng, "CN" if self.rng.random() < 0.33 else "GB"
        if country == "CN":
            name = "上海" + "".join(rng.choices(CHINESE_GIVEN, k=2)) + rng.choice(CHINESE_TRADES) + "有限公司"
        else:
            name = f"{rng.choice(self.families)} {rng.choice(self.families)} {rng.choice(TRADES)} {rng.choice(FORMS)}"
        phone, domain = self._phone(), f"{self._letters(9)}.example"
        self.firms.append((phone, domain))
        customer = Customer(kind="organisation", name=name.strip(), country=country, team=self.team)
        return customer, [("phone", phone), ("email", f"info@{domain}"), ("address", self._address(country))]

    def _again(self, customer: Any) -> Any:
        """The same, typed by somebody else."""
        from customers.models import Customer

        name, given, family = customer.name, customer.given_name, customer.family_name
        if customer.kind == "person" and customer.country == "GB" and self.rng.random() < 0.5:
            family = self._slip(family)
            name = f"{given} {family}"
        elif customer.kind == "organisation" and self.rng.random() < 0.5:
            name = name.replace("Limited", "Ltd").replace("有限公司", "有限责任公司").upper()
        return Customer(
            kind=customer.kind,
            name=name,
            given_name=given,
            family_name=family,
            country=customer.country,
            team=self.team,
            attributes=customer.attributes if self.rng.random() < 0.7 else {},
        )

    def _slip(self, word: str) -> str:
        at = self.rng.randrange(1, len(word))
        return word[:at] + self.rng.choice(string.ascii_lowercase) + word[at + self.rng.randrange(2) :]

    def _letters(self, length: int) -> str:
        return "".join(self.rng.choices(string.ascii_lowercase, k=length))

    def _phone(self) -> str:
        return f"+4420{self.rng.randrange(10**8):08}"

    def _address(self, country: str) -> str:
        rng = self.rng
        if country == "CN":
            street = "".join(rng.choices(CHINESE_GIVEN, k=2))
            return f"上海市浦东新区{street}路{rng.randint(1, 900)}号{rng.randint(1, 30)}室"
        postcode = f"LS{rng.randint(1, 29)} {rng.randint(1, 9)}AB"
        return f"{rng.randint(1, 200)} {rng.choice(self.families)} Street, Leeds {postcode}"


if __name__ == "__main__":
    sys.exit(main())
