from pathlib import Path

import pytest

from customers.importers.formats import format_of
from customers.importers.inspect import inspect, set_date_orders, with_kind
from customers.importers.mapping.check import mapping_problems
from customers.importers.mapping.content import content_of
from customers.models import CustomAttribute, ImportMapping
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def write(tmp_path: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


def test_a_list_is_known_by_its_columns_in_english_and_chinese(tmp_path: Path) -> None:
    header = "客户编号,姓名,手机,邮箱,公司,职务,地址,生日,会员等级"
    row = "1,王芳,13800138000,f@x.cn,上海贸易,经理,上海路1号,1990-05-06,金"
    inspection = inspect([write(tmp_path, "客户.csv", f"{header}\n{row}\n")])
    (table,) = inspection.tables
    assert (inspection.format, table.kind, table.rows, table.delimiter) == ("candid", "list", 1, ",")
    assert {column.name: column.target for column in table.columns} == {
        "客户编号": "id",
        "姓名": "name",
        "手机": "phone:mobile",
        "邮箱": "email",
        "公司": "relation:works-for:to.name",
        "职务": "relation:works-for:to.role+attribute:title=text",
        "地址": "address",
        "生日": "attribute:birth_date=date",
        "会员等级": "attribute:会员等级",
    }
    assert table.columns[1].samples == ["王芳"]
    assert mapping_problems(format_of("candid"), [table.as_mapping()]) == []


def test_a_list_with_an_id_and_a_phone_number_is_no_export_of_another_system(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id;Name;E-mail;Phone;Fav. colour\n1;Ana Lima;ana@example.com;020 7946 0000;red\n")
    inspection = inspect([path])
    assert (inspection.format, inspection.tables[0].kind) == ("candid", "list")


def test_an_id_in_the_source_is_the_id(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("source_id,name\nc1,Ana Lima\n")
    [table] = inspect([path]).tables
    assert table.as_mapping().columns == {"source_id": "id", "name": "name"}


def test_an_attribute_that_is_here_is_found_by_code_or_name(tmp_path: Path) -> None:
    CustomAttribute.objects.create(code="level", name="Kundenstufe")
    (table,) = inspect([write(tmp_path, "a.csv", "name,Kunden-Stufe,LEVEL\nAnn,1,2\n")]).tables
    targets = {column.name: column.target for column in table.columns}
    assert targets == {"name": "name", "Kunden-Stufe": "attribute:kunden_stufe", "LEVEL": "attribute:level"}
    (table,) = inspect([write(tmp_path, "b.csv", "name,Kundenstufe\nAnn,1\n")]).tables
    assert table.columns[1].target == "attribute:level"


def test_two_columns_that_mean_the_same_are_not_both_mapped_to_it(tmp_path: Path) -> None:
    (table,) = inspect(
        [write(tmp_path, "a.csv", "Name,Customer name,E-mail,Mail,A b,A-b\nAnn,Bo,a@x,b@x,1,2\n")]
    ).tables
    targets = {column.name: column.target for column in table.columns}
    assert targets == {
        "Name": "name", "Customer name": "attribute:customer_name", "E-mail": "email", "Mail": "email",
        "A b": "attribute:a_b", "A-b": "attribute:a_b_2",
    }  # fmt: skip


def test_an_encoding_that_is_guessed_is_shown_for_confirmation(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "Name;Ort\nRené;Besançon\n", "cp1252")
    (table,) = inspect([path]).tables
    assert (table.encoding, table.encoding_is_guess, table.columns[0].samples) == ("cp1252", True, ["René"])
    (table,) = inspect([path], encoding="mac_roman").tables
    assert (table.encoding_is_guess, table.columns[0].samples) == (False, ["RenÈ"])


def test_a_file_that_cannot_be_read_says_why_and_stops_no_other(tmp_path: Path) -> None:
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(b"%PDF-1.4")
    inspection = inspect({"Letter.pdf": pdf, "b.csv": write(tmp_path, "b.csv", "name\nAnn\n")})
    assert ["This is a PDF" in table.error for table in inspection.tables] == [True, False]
    assert [table.file for table in inspection.tables] == ["Letter.pdf", "b.csv"]


def test_the_files_of_a_system_are_known_and_what_is_not_of_it_is_left_out(tmp_path: Path) -> None:
    account = write(tmp_path, "a.csv", "Id,Name,BillingCity\n001,Acme,Leeds\n")
    contact = write(tmp_path, "c.csv", "Id,AccountId,LastName\n003,001,Lee\n")
    other = write(tmp_path, "o.csv", "Thing,Size\nx,1\n")
    inspection = inspect([account, contact, other])
    assert (inspection.format, [table.kind for table in inspection.tables]) == (
        "salesforce",
        ["account", "contact", ""],
    )


def test_a_fixed_format_is_known_and_has_nothing_to_map(tmp_path: Path) -> None:
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    inspection = inspect([write(tmp_path, "r.csv", f"{header}\n1,2,x,1,2010-12-01 08:26:00,1.0,3,France\n")])
    assert (inspection.format, inspection.tables[0].kind) == ("online_retail", "")
    assert mapping_problems(format_of("online_retail"), []) == []


def test_a_saved_mapping_is_proposed_where_its_columns_are_there(tmp_path: Path) -> None:
    tables = {"list": {"NAME": "name", "Ref": "attribute:reference"}}
    ImportMapping.objects.create(name="Ours", format="candid", tables=tables, created_at=NOW)
    (table,) = inspect([write(tmp_path, "a.csv", "Name,ref,Phone\nAnn,1,2\n")]).tables
    assert table.mapping == "Ours"
    assert {c.name: c.target for c in table.columns} == {
        "Name": "name", "ref": "attribute:reference", "Phone": "ignore",
    }  # fmt: skip
    (table,) = inspect([write(tmp_path, "b.csv", "Name,Phone\nAnn,2\n")]).tables
    assert (table.mapping, table.columns[1].target) == ("", "phone")


def test_dates_that_could_be_two_are_to_be_asked_about_unless_another_column_tells(tmp_path: Path) -> None:
    inspection = inspect([write(tmp_path, "a.csv", "Name,Created,Birthday\nAnn,03/04/2026,03/04/1980\n")])
    assert inspection.asks_for_date_order
    inspection = inspect([write(tmp_path, "b.csv", "Name,Created,Birthday\nAnn,03/04/2026,31/05/1980\n")])
    assert not inspection.asks_for_date_order
    assert [column.date_order for column in inspection.tables[0].columns] == ["", "day", "day"]
    inspection.tables[0].columns[2].target = "ignore"
    set_date_orders(inspection.tables)
    assert inspection.asks_for_date_order


def test_somebody_may_say_what_a_table_is(tmp_path: Path) -> None:
    (table,) = inspect([write(tmp_path, "a.csv", "Id,LastName,Mail\n1,Lee,a@x\n")]).tables
    changed = with_kind(table, "salesforce", "contact")
    assert (changed.kind, changed.constants) == ("contact", {"kind": "person"})
    assert [column.target for column in changed.columns] == ["id", "family_name", "email"]


def test_the_number_of_rows_is_an_estimate_for_large_files(tmp_path: Path) -> None:
    (table,) = inspect([write(tmp_path, "a.csv", "name\n" + "Ann\n" * 5000)]).tables
    assert table.rows == 5000


def test_every_choice_of_every_content_has_a_name_of_its_own() -> None:
    for code in ("customers", "relations", "interactions"):
        content = content_of(code)
        targets = [target for group in content.groups() for target in group.targets]
        assert len({target.code for target in targets}) == len(targets)
        for target in targets:
            assert content.describe(target.code), target.code


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"A": "email"}, "No column holds the name"),
        ({"A": "name", "B": "name"}, "2 columns are mapped to “Name”"),
        ({"A": "name", "B": "relation:works-for:to.role"}, "“works for: role” says nothing without"),
        ({"A": "name", "B": "nonsense"}, "the column “B” is mapped to “nonsense”, which does not exist"),
        ({"A": "name", "B": "relation:haunts:to.name"}, "does not exist"),
        ({"A": "name", "B": "consent:marketing:pigeon.given"}, "does not exist"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_words(columns: dict[str, str], problem: str, tmp_path: Path) -> None:
    (table,) = inspect([write(tmp_path, "a.csv", "A,B\n1,2\n")], format="candid").tables
    mapping = table.as_mapping()
    mapping.columns = columns
    (found,) = mapping_problems(format_of("candid"), [mapping])
    assert problem in found
    assert found.startswith("a.csv: ")


def test_a_format_without_any_table_to_read_has_nothing_to_do(tmp_path: Path) -> None:
    (table,) = inspect([write(tmp_path, "a.csv", "A,B\n1,2\n")], format="salesforce").tables
    assert table.kind == ""
    assert "No file is read" in mapping_problems(format_of("salesforce"), [table.as_mapping()])[0]


def test_a_column_is_not_what_its_name_promises_where_its_values_say_otherwise(tmp_path: Path) -> None:
    header = "Name,Customer type,Team,Newsletter,Created,Birthday,Relationship,Country"
    rows = ["Ann,Retail,Blue,weekly,yesterday,in May,Friend,Narnia", "Bo,Wholesale,Red,yes,2026-01-01,,,"]
    (table,) = inspect([write(tmp_path, "a.csv", "\n".join([header, *rows]))]).tables
    assert {column.name: column.target for column in table.columns} == {
        "Name": "name", "Customer type": "attribute:customer_type", "Team": "attribute:team_",
        "Newsletter": "attribute:newsletter", "Created": "attribute:created_", "Birthday": "attribute:birthday",
        "Relationship": "attribute:relationship", "Country": "country",
    }  # fmt: skip
    rows = ["Ann,person,Everybody,yes,2026-01-01,1980-02-29,Client,DE"]
    (table,) = inspect([write(tmp_path, "b.csv", "\n".join([header, *rows]))]).tables
    assert [column.target for column in table.columns] == [
        "name", "kind", "team", "consent:marketing:email.given", "created_at", "attribute:birth_date=date", "us",
        "country",
    ]  # fmt: skip
