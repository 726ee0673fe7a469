import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.importers.files.delimited import DELIMITERS, DelimitedSheet
from customers.importers.files.sheet import ImportStopped, Row


def sheet(tmp_path: Path, text: str, delimiter: str = "") -> DelimitedSheet:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    return DelimitedSheet(path, file="t.csv", delimiter=delimiter)


def rows(found: DelimitedSheet) -> list[Row]:
    return list(found.rows())


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_it_finds_out_what_stands_between_cells(delimiter: str, tmp_path: Path) -> None:
    lines = [["id", "name", "at"], ["1", "Lee, Ann; Dr.", "10.30"], ["2", "Ray", "11.30"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(lines)
    found = sheet(tmp_path, out.getvalue())
    assert (found.delimiter, found.header) == (delimiter, lines[0])
    assert [cells for _line, cells, _problem in found.rows()] == lines[1:]


def test_times_and_commas_in_cells_do_not_mislead_it(tmp_path: Path) -> None:
    found = sheet(tmp_path, "id;note\n1;10:30:00, about\n2;11:30:00, too, and more\n")
    assert (found.delimiter, found.header) == (";", ["id", "note"])


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    found = sheet(tmp_path, "name\nLee: Ann\nRay\n")
    assert [cells for _line, cells, _problem in found.rows()] == [["Lee: Ann"], ["Ray"]]


def test_what_excel_says_about_its_separator_is_believed(tmp_path: Path) -> None:
    found = sheet(tmp_path, "sep=|\nid|name, given\n1|Ann\n")
    assert (found.header, rows(found)) == (["id", "name, given"], [(3, ["1", "Ann"], "")])


@pytest.mark.parametrize("said", ["tab", "\t", "\\t"])
def test_the_delimiter_may_be_stated(said: str, tmp_path: Path) -> None:
    assert sheet(tmp_path, "a,b\tc\n1\t2\n", delimiter=said).header == ["a,b", "c"]


def test_a_delimiter_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match="cannot stand between cells"):
        sheet(tmp_path, "a\n1\n", delimiter="ab")


def test_headers_without_a_name_and_with_the_same_one_are_told_apart(tmp_path: Path) -> None:
    found = sheet(tmp_path, 'Name,,name,"Two\n words ",\n1,2,3,4\n')
    assert found.header == ["Name", "Column 2", "name (2)", "Two words"]


def test_ragged_rows_are_told_of_but_for_empty_cells_at_the_end(tmp_path: Path) -> None:
    found = sheet(tmp_path, "a,b\n1,2\n1\n1,2,3\n1,2,,\n,\n\n4,5\n")
    assert rows(found) == [
        (2, ["1", "2"], ""),
        (3, [], "has 1 cells, not 2"),
        (4, [], "has 3 cells, not 2"),
        (5, ["1", "2"], ""),
        (8, ["4", "5"], ""),
    ]


def test_a_quote_that_never_ends_is_one_bad_row(tmp_path: Path) -> None:
    found = sheet(tmp_path, 'a,b\n1,2\n3,"4\n5,6\n')
    assert [(line, problem[:16]) for line, _cells, problem in found.rows()] == [(2, ""), (3, "is no proper CSV")]


def test_a_nul_is_a_problem_of_its_row_alone(tmp_path: Path) -> None:
    assert [problem for _line, _cells, problem in sheet(tmp_path, "a,b\n1,\0\n3,4\n").rows()] == [
        "holds a NUL character",
        "",
    ]


def test_it_tells_how_far_it_has_come(tmp_path: Path) -> None:
    told: list[int] = []
    found = sheet(tmp_path, "a\n" + "1\n" * 10_000)
    assert sum(1 for _row in found.rows(told.append)) == 10_000
    assert len(told) > 3
    assert told[-1] == found.size


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=20))
def test_whatever_csv_writes_is_read_back(lines: list[list[str]]) -> None:
    from tempfile import TemporaryDirectory

    out = io.StringIO()
    csv.writer(out).writerows([["one", "two"], *lines])
    with TemporaryDirectory() as folder:
        found = sheet(Path(folder), out.getvalue(), delimiter=",")
        assert [cells for _line, cells, _problem in found.rows()] == [line for line in lines if any(line)]
