import csv
from datetime import datetime
from pathlib import Path

import pytest

from customers.importers.run import ImportRun, Unusable, run_import
from customers.importers.tables import ImportStopped
from customers.models import Customer, ImportBatch, Team
from customers.operations.import_customers import import_customers
from customers.operations.records import CustomerRecord
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def reader(run: ImportRun, path: Path) -> None:
    """A small format: id and name."""
    rows = run.rows("customers", path, ["id", "name"])
    records = (((path.name, row.line), CustomerRecord(row["id"], row["name"])) for row in rows)
    run.feed("customers", import_customers, records)


def bring(tmp_path: Path, team: Team, text: str, *, dry_run: bool = False) -> ImportBatch:
    path = tmp_path / "people.csv"
    path.write_text(text)
    return run_import(
        format="small", reader=reader, path=path, team=team, now=now, reports=tmp_path / "reports", dry_run=dry_run
    )


def now() -> datetime:
    return NOW


def test_it_counts_and_reports_refused_rows_with_line_and_reason(tmp_path: Path, north: Team) -> None:
    batch = bring(tmp_path, north, "id,name\n1,Ana\n2,\n3,Rui,x\n1,Bea\n")
    batch.refresh_from_db()
    assert batch.state == "done"
    assert batch.counts == {"customers": {"created": 1, "updated": 0, "unchanged": 0, "refused": 3}}
    with Path(batch.report_path).open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert [(row[0], row[2]) for row in rows] == [("people.csv", ""), ("people.csv", "1"), ("people.csv", "2")]
    assert {row[2]: row[1] for row in rows} == {"": "4", "1": "2", "2": "3"}
    assert "name" in next(row[3] for row in rows if row[2] == "2")


def test_the_same_file_again_changes_nothing(tmp_path: Path, north: Team) -> None:
    bring(tmp_path, north, "id,name\n1,Ana\n2,Rui\n")
    before = list(Customer.objects.order_by("pk").values())
    counts = bring(tmp_path, north, "id,name\n1,Ana\n2,Rui\n").counts["customers"]
    assert counts == {"created": 0, "updated": 0, "unchanged": 2, "refused": 0}
    assert list(Customer.objects.order_by("pk").values()) == before


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path, north: Team) -> None:
    batch = bring(tmp_path, north, "id,name\n1,Ana\n", dry_run=True)
    batch.refresh_from_db()
    assert (batch.dry_run, batch.counts["customers"]["created"]) == (True, 1)
    assert not Customer.objects.exists()


def test_a_file_that_cannot_be_read_leaves_a_failed_batch(tmp_path: Path, north: Team) -> None:
    with pytest.raises(ImportStopped):
        bring(tmp_path, north, "id\n1\n")
    batch = ImportBatch.objects.get()
    assert batch.state == "failed"
    assert "lacks the column name" in batch.error
    assert batch.finished_at == NOW


def test_what_was_written_before_a_failure_stays_and_is_found_again(tmp_path: Path, north: Team) -> None:
    lines = [f"{n},Name {n}" for n in range(1500)]
    path = tmp_path / "people.csv"
    path.write_bytes("\n".join(["id,name", *lines, "x,caf"]).encode() + b"\xe9\n")
    with pytest.raises(ImportStopped):
        run_import(format="small", reader=reader, path=path, team=north, now=now, reports=tmp_path)
    written = Customer.objects.count()
    assert written in (1000, 0)
    counts = bring(tmp_path, north, "\n".join(["id,name", *lines])).counts["customers"]
    assert (counts["created"], counts["unchanged"]) == (1500 - written, written)


def test_a_reader_may_call_a_row_unusable_itself(tmp_path: Path, north: Team) -> None:
    def picky(run: ImportRun, path: Path) -> None:
        for row in run.rows("customers", path, ["id"]):
            try:
                raise Unusable("no such thing")
            except Unusable as error:
                run.refuse("customers", (path.name, row.line), row["id"], str(error))

    path = tmp_path / "p.csv"
    path.write_text("id\n1\n")
    batch = run_import(format="picky", reader=picky, path=path, team=north, now=now, reports=tmp_path / "reports")
    assert batch.counts["customers"]["refused"] == 1
    assert "no such thing" in Path(batch.report_path).read_text()
