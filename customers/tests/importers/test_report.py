import csv
from pathlib import Path

import pytest

from customers.importers.report import RefusedRows, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_starts_a_formula(text: str) -> None:
    assert safe_cell(text).startswith("'")


def test_control_characters_become_spaces_and_the_rest_stays() -> None:
    assert safe_cell("a\0b\nc\x1b王") == "a b c 王"


def test_the_report_appears_with_the_first_refused_row_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    report = RefusedRows(tmp_path / "reports" / "r.csv")
    assert report.close() == ""
    assert not report.path.exists()
    report = RefusedRows(report.path)
    report.add(file="t.csv", line=7, source_id="=cmd", reason="bad")
    assert report.close() == str(report.path)
    assert report.path.stat().st_mode & 0o777 == 0o600
    with report.path.open(newline="") as file:
        assert list(csv.reader(file)) == [["file", "line", "source id", "reason"], ["t.csv", "7", "'=cmd", "bad"]]
