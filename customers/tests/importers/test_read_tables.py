import tracemalloc
import zipfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from customers.importers import formats as registry
from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped
from customers.importers.formats import Format, TableKind, format_of, formats, register_format, register_table
from customers.importers.mapping.content import content_of
from customers.importers.mapping.learn import learn
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.mapping.table import TableMapping
from customers.importers.read_tables import read_tables
from customers.importers.report import RefusedRows
from customers.importers.run import ImportRun, run_import, work_through
from customers.models import ContactPoint, CustomAttribute, Customer, ImportBatch, Relation, Team
from customers.operations.source import Source
from tests.foreign import bring, changes, now, refusals

pytestmark = pytest.mark.django_db


def entry(file: str, kind: str, columns: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"file": file, "kind": kind, "columns": columns, **more}


def read(path: Path, north: Team, *tables: dict[str, Any], format: str = "candid", **said: Any) -> ImportBatch:
    return run_import(
        format=format, reader=read_tables, path=path, team=north, now=now, reports=path.parent, tables=tables, **said
    )


def test_it_runs_from_the_mapping_that_the_batch_keeps(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "a.csv"
    path.write_text("nr|who|what\n1|Acme|x\n2|Beta|y\n", encoding="utf-16")
    table = entry("a.csv", "list", {"nr": "id", "who": "name"}, constants={"kind": "organisation"}, delimiter="|")
    batch = read(path, north, table, source="old")
    assert changes(batch) == {"customers": 2}
    assert set(Customer.objects.values_list("name", "kind")) == {("Acme", "organisation"), ("Beta", "organisation")}
    assert not CustomAttribute.objects.exists()


def test_a_rehearsal_counts_what_the_import_then_does_and_writes_nothing(tmp_path: Path, north: Team) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "Account.csv").write_text("Id,Name,BillingCity,ParentId\na1,Acme,Leeds,a2\na2,Parent,York,\n")
    (folder / "Contact.csv").write_text(
        "Id,LastName,AccountId,HasOptedOutOfEmail,Description,Level__c\nc1,Lee,a1,1,Hm,5\nc2,Ray,a9,0,,6\n"
    )
    (folder / "Lead.csv").write_text("Id,LastName,Company,Status\nl1,Kim,Acme,New\nl2,Lim,Globex,New\n")
    (folder / "Rel.csv").write_text("AccountId,ContactId,Roles,IsDirect\na1,c1,,1\na2,c1,Owner,0\n")
    rehearsed = bring(folder, "salesforce", north, reports=tmp_path, dry_run=True)
    assert not Customer.objects.exists()
    assert not CustomAttribute.objects.exists()
    done = bring(folder, "salesforce", north, reports=tmp_path)
    assert rehearsed.counts == done.counts
    assert changes(done) == {"customers": 7, "relations": 7, "consents": 1, "interactions": 1}
    assert refusals(rehearsed) == refusals(done) == ["there is no customer “a9”: import it first"]


def test_the_order_of_files_and_rows_does_not_matter(tmp_path: Path, north: Team) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "1.csv").write_text("AccountId,ContactId,Roles\na1,c1,Boss\n")
    (folder / "2.csv").write_text("Id,LastName,ReportsToId,AccountId\nc2,Ray,c1,\nc1,Lee,,a1\n")
    (folder / "3.csv").write_text("Id,Name,ParentId,Phone\na1,Child,a2,1\na2,Parent,,2\n")
    batch = bring(folder, "salesforce", north, reports=tmp_path)
    assert (changes(batch), refusals(batch)) == ({"customers": 4, "relations": 4}, [])


def test_files_of_a_zip_are_read_like_those_of_a_folder(tmp_path: Path, north: Team, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("x/Account.csv", "Id,Name,Phone\na1,Acme,1\n")
        archive.writestr("x/Contact.csv", "Id,LastName,AccountId\nc1,Lee,a1\n")
    call_command("import_data", "salesforce", str(tmp_path / "export.zip"))
    assert Relation.objects.count() == 1


def test_rows_that_cannot_be_used_are_told_of_with_their_line_and_stop_no_other(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "a.csv"
    lines = ["1,Ann,2026-01-31,person,1", "2,,2026-01-31,,2", "3,Bo,soon,,3", "4,Cy,,robot,4", "5"]
    path.write_text("\n".join(["id,name,created,kind,score", *lines]))
    columns = {"id": "id", "name": "name", "created": "created_at", "kind": "kind", "score": "attribute:score"}
    batch = read(path, north, entry("a.csv", "list", columns))
    rows = batch.rows.filter(outcome="refused").order_by("line").values_list("file", "line", "detail")
    assert list(rows) == [
        ("a.csv", 3, "name: is missing"),
        ("a.csv", 4, "“soon” is no date that can be read"),
        ("a.csv", 5, "kind: “robot” is neither a person nor an organisation"),
        ("a.csv", 6, "has 1 cells, not 5"),
    ]
    assert Customer.objects.get().attributes == {"score": 1}


def test_a_value_that_an_attribute_of_ours_does_not_take_refuses_the_row(tmp_path: Path, north: Team) -> None:
    CustomAttribute.objects.create(code="level", name="Level", type="choice", choices=["Gold"])
    CustomAttribute.objects.create(code="score", name="Score", type="number")
    path = tmp_path / "a.csv"
    path.write_text("id,name,level,score\n1,Ann,Gold,1\n2,Bo,Tin,2\n3,Cy,,many\n")
    batch = bring(path, "candid", north, reports=tmp_path)
    assert changes(batch) == {"customers": 1}
    assert refusals(batch) == ["score: This is not a number.", "level: “Tin” is not one of: Gold."]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (entry("a.csv", "list", {"gone": "name"}), "a.csv: lacks the column gone, which its mapping names"),
        (entry("b.csv", "list", {"name": "name"}), "there is no such file"),
        (entry("a.csv", "list", {"name": "name"}, sheet="Two"), "there is no sheet “Two”"),
    ],
)
def test_a_mapping_that_does_not_fit_its_file_stops(
    table: dict[str, Any], said: str, tmp_path: Path, north: Team
) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,Ann\n2,Bo\n")
    with pytest.raises(ImportStopped, match=said):
        read(tmp_path, north, table)
    assert not Customer.objects.exists()


def test_a_time_zone_that_nobody_knows_stops(tmp_path: Path, north: Team) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,Ann\n")
    with pytest.raises(ImportStopped, match="no time zone “Mars/Olympus”"):
        read(tmp_path, north, entry("a.csv", "list", {"name": "name"}), options={"time_zone": "Mars/Olympus"})


def test_a_job_is_told_how_far_it_is(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,name\n" + "".join(f"{n},Ann\n" for n in range(3000)))
    batch = ImportBatch.objects.create(
        format="candid", source="x", path="a.csv", team=north, started_at=now(),
        tables=[entry("a.csv", "list", {"id": "id", "name": "name"})],
    )  # fmt: skip
    told: list[tuple[int, int, str]] = []
    work_through(
        batch=batch, reader=read_tables, path=path, now=now, reports=tmp_path, rehearsal=True,
        tell=lambda *how_far: told.append(how_far),
    )  # fmt: skip
    assert told[-1] == (path.stat().st_size, path.stat().st_size, "a.csv")
    assert len(told) > 1


def test_notes_are_told_once_and_counted(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,name,owner,country\n1,Ann,zoe,Narnia\n2,Bo,zoe,Narnia\n")
    batch = bring(path, "candid", north, reports=tmp_path)
    assert batch.options["notes"] == {
        "nobody here is called “zoe”: not put down to anybody": 2,
        "“Narnia” is no country that is known here: left out": 2,
    }


def test_what_is_no_e_mail_address_is_kept_and_told(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,name,email\n1,Ann,n/a\n2,Bo,bo@example.com\n3,Cy,n/a\n")
    batch = bring(path, "candid", north, reports=tmp_path)
    assert batch.options["notes"] == {"email: is no e-mail address, kept as it is": 2}
    assert [point.value for point in ContactPoint.objects.order_by("customer")] == ["n/a", "bo@example.com", "n/a"]
    assert batch.duplicates == 0


def test_memory_does_not_grow_with_the_file(tmp_path: Path, north: Team) -> None:
    """Reading, learning and mapping alone: what the database driver holds is not ours."""

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        path.write_text("id,name,email,points\n" + "".join(f"{n},Ann {n},a{n}@x.example,{n}\n" for n in range(rows)))
        mapping = TableMapping(
            path.name, "list", {"id": "id", "name": "name", "email": "email", "points": "attribute:points"}
        )
        batch = ImportBatch(format="candid", source="x", path="x", started_at=now())
        source = Source("x", rehearsal=True)
        run = ImportRun(batch, source, north, now(), RefusedRows(tmp_path / "r.csv"))
        kind = format_of("candid").table("list")
        tracemalloc.start()
        plan = SheetPlan(open_file(path)[0], kind, mapping, run, ZoneInfo("UTC"))
        learn([plan], source)
        run.source.rehearsal = False
        make = content_of("customers").makers(plan)["customers"]
        assert sum(1 for _line, cells, _problem in plan.sheet.rows() for _record in make(cells + plan.extra)) == rows
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(5_000), peak(50_000)
    assert large < small + 4_000_000, (small, large)


def test_a_room_may_add_a_format_and_a_table_to_one() -> None:
    kind = TableKind("t", "Things", "customers", needs=(frozenset({"thing"}),))
    try:
        made = register_format(Format("test", "Test", [kind]))
        register_table("test", TableKind("u", "More", "customers", needs=(frozenset({"thing"}), frozenset({"more"}))))
        assert made in list(formats())
        assert [made.kind_of(header).code for header in (["Thing"], ["More", "THING"])] == ["t", "u"]  # type: ignore[union-attr]
        assert made.kind_of(["other"]) is None
        with pytest.raises(KeyError):
            made.table("x")
    finally:
        del registry._formats["test"]
    with pytest.raises(KeyError):
        format_of("test")


def test_what_is_wrong_with_a_row_is_told_once_however_often_it_is_read(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "Contact.csv"
    path.write_text("Id,LastName,ReportsToId,Description,DoNotCall\nc1,Lee,,Hm,1\n,Ray,c1,Hm,1\nc3,Kim\n")
    batch = bring(path, "salesforce", north, reports=tmp_path)
    assert changes(batch) == {"customers": 1, "consents": 1, "interactions": 1}
    assert sorted(refusals(batch)) == ["Id: is missing", "has 2 cells, not 5"]
