"""Our own lists: what we export comes back, and any list of customers is read."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from customers.cells import guard, to_xlsx
from customers.importers.inspect import inspect
from customers.models import (
    Consent,
    ContactPoint,
    CustomAttribute,
    Customer,
    ExternalId,
    Interaction,
    Relation,
    Team,
    User,
)
from tests.cast import NOW
from tests.foreign import bring, changes, refusals, written

pytestmark = pytest.mark.django_db
COLUMNS = [
    "id", "source", "source_id", "kind", "name", "given_name", "family_name", "language", "country", "industry", "team",
    "owner", "tags", "created_at", "email", "email label", "email 2", "email 2 label", "phone", "phone label",
    "address", "address label", "level",
]  # fmt: skip


def exported(customer: Customer, **values: str) -> dict[str, str]:
    """A row as our export writes it."""
    row = {
        "id": str(customer.pk), "kind": customer.kind, "name": customer.name, "given_name": customer.given_name,
        "family_name": customer.family_name, "country": customer.country, "team": customer.team.name,
        "created_at": customer.created_at.isoformat(),
    }  # fmt: skip
    return {name: guard(value) for name, value in (row | values).items()}


def write(tmp_path: Path, *rows: dict[str, str], columns: list[str] = COLUMNS) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text("\ufeff" + written(columns, *rows), encoding="utf-8")
    return path


def test_an_exported_list_comes_back_to_the_same_customers(
    tmp_path: Path, north: Team, wang: Customer, acme: Customer
) -> None:
    CustomAttribute.objects.create(code="level", name="Level")
    ContactPoint.objects.create(customer=wang, kind="email", value="f@x.cn", label="work", created_at=NOW)
    kept = exported(wang, **{"email": "f@x.cn", "email label": "work"})
    path = write(tmp_path, kept, exported(acme))
    assert changes(bring(path, "candid", north, reports=tmp_path)) == {}
    edited = exported(
        acme, name="=Acme", level="'Gold, 1st", tags="new; big, loud", **{"email 2": "a;b@x", "email 2 label": "odd"}
    )
    batch = bring(write(tmp_path, kept, edited), "candid", north, reports=tmp_path)
    assert (batch.source, changes(batch)) == ("candid", {"customers": 1})
    acme.refresh_from_db()
    assert (acme.name, acme.attributes) == ("=Acme", {"level": "'Gold, 1st"})
    assert sorted(tag.name for tag in acme.tags.all()) == ["big, loud", "new"]
    point = ContactPoint.objects.get(customer=acme)
    assert (point.value, point.label, point.is_primary) == ("a;b@x", "odd", True)
    assert not ExternalId.objects.exists()


def test_the_export_of_another_house_has_ids_of_its_own(tmp_path: Path, north: Team, acme: Customer) -> None:
    foreign = exported(acme, name="Other", created_at=datetime(2020, 1, 1, tzinfo=UTC).isoformat())
    unproven = exported(acme, name="Unproven", created_at="")
    path = write(tmp_path, foreign, unproven, exported(acme, id="", name="New"))
    assert changes(bring(path, "candid", north, reports=tmp_path)) == {"customers": 3}
    assert changes(bring(path, "candid", north, reports=tmp_path)) == {}
    acme.refresh_from_db()
    assert acme.name == "Acme Pumps"
    assert Customer.objects.count() == 4


def test_who_may_not_see_a_customer_cannot_import_over_them(
    tmp_path: Path, south: Team, acme: Customer, otto: User
) -> None:
    path = write(tmp_path, exported(acme, name="Mine now", team=""))
    batch = bring(path, "candid", south, reports=tmp_path, user=otto)
    assert refusals(batch) == ["belongs to a team whose customers you may not see"]
    assert Customer.objects.get().name == "Acme Pumps"


def test_a_customer_who_was_merged_since_is_the_one_who_was_kept(
    tmp_path: Path, north: Team, acme: Customer, wang: Customer
) -> None:
    path = write(tmp_path, exported(acme, industry="Pumps"))
    acme.merged_into = wang
    acme.save()
    assert changes(bring(path, "candid", north, reports=tmp_path)) == {"customers": 1}
    wang.refresh_from_db()
    assert (wang.industry, Customer.objects.count()) == ("Pumps", 2)


def naughty(data_dir: Path) -> list[str]:
    found: list[str] = json.loads((data_dir / "naughty_strings" / "blns.json").read_text(encoding="utf-8"))
    return [*found, "a\0b", "\u2003 ", "half \ud800"]


@pytest.mark.realdata
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_naughty_strings_come_back_equal_as_name_and_attribute_or_are_refused_with_a_reason(
    kind: str, data_dir: Path, tmp_path: Path, north: Team
) -> None:
    strings = naughty(data_dir)
    header = ["id", "source_id", "kind", "name", "created_at", "saying"]
    rows = [[str(n), "", "person", guard(text), NOW.isoformat(), guard(text)] for n, text in enumerate(strings)]
    path = tmp_path / f"naughty.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *rows[:-1]])
    else:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Sheet1")
        for row in [header, *rows]:
            sheet.append([to_xlsx(cell) for cell in row])
        book.save(path)
    batch = bring(path, "candid", north, reports=tmp_path)
    found = dict(ExternalId.objects.values_list("source_id", "customer__name"))
    sayings = dict(ExternalId.objects.values_list("source_id", "customer__attributes"))
    lost = []
    for number, text in enumerate(strings[: len(strings) - (kind == "csv")]):
        key = f"{number}@{NOW.isoformat()}"
        if key in found:
            assert found[key] == text
            assert sayings[key].get("saying", "") == text
        else:
            lost.append(text)
    assert {text for text in lost if text.strip() and len(text) <= 255} <= {"a\0b", "half \ud800"}
    assert len(lost) == len(refusals(batch))
    assert len(lost) < 8
    assert all(refusals(batch))


def test_a_list_of_ones_own_brings_persons_with_all_that_it_tells(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "newsletter people.csv"
    path.write_text(
        "No;First name;Last name;E-mail;Mobile;Company;Job title;Street;ZIP;City;Country;Newsletter;Birthday;Shoe size;"
        "Tags;Notes\n"
        "1;Jörg;Groß;joerg@x.de;0170 1;Acme;CEO;Weg 1;04109;Leipzig;Germany;yes;29.02.1980;44;vip, new;Likes tea\n"
        "2;Ann;Lee;a@x.de, b@x.de;;Acme;;;;;Atlantis;no;;38.5;;\n"
        "3;;;c@x.de;;;;;;;;;;;;\n",
        encoding="cp1252",
    )
    batch = bring(path, "candid", north, reports=tmp_path, encoding="cp1252")
    assert batch.source == "newsletter-people"
    assert changes(batch) == {"customers": 3, "relations": 2, "consents": 2, "interactions": 1}
    assert refusals(batch) == ["name: is missing"]
    joerg = Customer.objects.get(given_name="Jörg")
    assert (joerg.name, joerg.country, joerg.kind) == ("Jörg Groß", "DE", "person")
    assert joerg.attributes == {"birth_date": "1980-02-29", "shoe_size": 44, "title": "CEO"}
    points = {(p.kind, p.value) for p in ContactPoint.objects.filter(customer=joerg)}
    assert points == {("email", "joerg@x.de"), ("phone", "0170 1"), ("address", "Weg 1, Leipzig, 04109")}
    assert sorted(tag.name for tag in joerg.tags.all()) == ["new", "vip"]
    assert ContactPoint.objects.filter(customer__given_name="Ann").count() == 2
    said = Consent.objects.values_list("customer__given_name", "channel", "is_given")
    assert set(said) == {("Jörg", "email", True), ("Ann", "email", False)}
    relations = Relation.objects.values_list("from_customer__name", "to_customer__name", "role")
    assert set(relations) == {("Jörg Groß", "Acme", "CEO"), ("Ann Lee", "Acme", "")}
    assert Interaction.objects.get().subject == "Likes tea"
    assert "“Atlantis” is no country that is known here: left out" in batch.options["notes"]
    assert changes(bring(path, "candid", north, reports=tmp_path, encoding="cp1252")) == {}


def test_a_list_without_ids_knows_its_rows_by_what_is_in_them(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,电话,城市\n王芳,13800138000,上海\n李伟,,北京\n李伟,,上海\n")
    assert changes(bring(path, "candid", north, reports=tmp_path)) == {"customers": 3}
    path.write_text("姓名,电话,城市\n王芳,13800138000,广州\n李伟,,北京\n李伟,,上海\n")
    batch = bring(path, "candid", north, reports=tmp_path)
    assert changes(batch) == {"customers": 1}
    assert Customer.objects.count() == 3
    assert all(row.startswith("row:") for row in ExternalId.objects.values_list("source_id", flat=True))
    assert not any("13800138000" in row for row in ExternalId.objects.values_list("source_id", flat=True))


def test_chinese_names_are_put_together_the_chinese_way(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓,名,省,城市,地址,邮编\n王,芳,上海市,浦东新区,世纪大道1号,200120\n")
    bring(path, "candid", north, reports=tmp_path)
    wang = Customer.objects.get()
    assert (wang.name, wang.family_name, wang.given_name) == ("王芳", "王", "芳")


def test_the_same_columns_in_a_workbook_and_in_json_bring_the_same(tmp_path: Path, north: Team) -> None:
    rows = [{"Customer no": "7", "Name": "Ann", "Score": 12.5, "Since": "2026-01-31"}]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    book = Workbook()
    book.active.append(list(rows[0]))
    book.active.append(["7", "Ann", 12.5, datetime(2026, 1, 31)])
    book.save(tmp_path / "b.xlsx")
    assert changes(bring(tmp_path / "a.json", "candid", north, reports=tmp_path, source="x")) == {"customers": 1}
    assert changes(bring(tmp_path / "b.xlsx", "candid", north, reports=tmp_path, source="x")) == {}
    assert Customer.objects.get().attributes == {"score": 12.5, "since": "2026-01-31"}


def test_an_export_is_told_from_any_other_list(tmp_path: Path, acme: Customer) -> None:
    path = write(tmp_path, exported(acme))
    assert inspect([path]).tables[0].kind == "export"
    path.write_text("id,name\n1,Ann\n")
    assert inspect([path]).tables[0].kind == "list"
