import lzma
from pathlib import Path

import pytest

from customers.importers.tables import ImportStopped, TableRow, find_table, read_table


def write(tmp_path: Path, content: bytes, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(lzma.compress(content) if name.endswith(".xz") else content)
    return path


def read(path: Path, *columns: str) -> list[TableRow]:
    return list(read_table(path, columns=columns))


@pytest.mark.parametrize("name", ["t.csv", "t.csv.xz"])
def test_it_reads_plain_and_packed_files_alike(tmp_path: Path, name: str) -> None:
    rows = read(write(tmp_path, "a,b\n1,王芳\n".encode(), name), "a", "b")
    assert rows == [TableRow(2, {"a": "1", "b": "王芳"})]


def test_it_takes_headers_in_any_case_and_order_with_a_byte_order_mark(tmp_path: Path) -> None:
    rows = read(write(tmp_path, b"\xef\xbb\xbfB, A ,extra\r\n1,2,3\r\n"), "a", "b")
    assert rows[0].values == {"b": "1", "a": "2", "extra": "3"}


def test_a_line_break_inside_quotes_belongs_to_the_cell_and_lines_are_counted_in_the_file(tmp_path: Path) -> None:
    rows = read(write(tmp_path, b'a,b\n"one\r\ntwo",2\n\n3,"say ""hi"""\n'), "a")
    assert [(row.line, row["a"], row["b"]) for row in rows] == [(2, "one\r\ntwo", "2"), (5, "3", 'say "hi"')]


def test_a_broken_row_comes_with_its_problem_and_stops_no_other(tmp_path: Path) -> None:
    rows = read(write(tmp_path, b'a,b\n1,2,3\nx\0,2\n"q"x,2\n4,5\n'), "a")
    assert [(row.line, row.problem) for row in rows[:2]] == [(2, "has 3 cells, not 2"), (3, "holds a NUL character")]
    assert "no proper CSV" in rows[2].problem
    assert (rows[3].line, rows[3]["b"]) == (5, "5")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,c\n1,2\n", "lacks the column b; it has a, c"),
        (b"c;d\n1;2\n", "lacks the column a, b; it has c, d"),
        (b"a,b,A\n", "two columns named a"),
        ("a,b\ncafé,1\n".encode("latin-1"), "is not in UTF-8, as line 2 shows. It is probably in cp1252"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_clear_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ImportStopped) as stopped:
        read(path, "a", "b")
    assert said in str(stopped.value)
    assert str(path) in str(stopped.value)


def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, b"a\n" + b"1\n" * 10_000, "t.csv.xz")
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ImportStopped, match="damaged or incomplete"):
        read(path, "a")
    path.write_bytes(b"no archive at all")
    with pytest.raises(ImportStopped, match="damaged or incomplete"):
        read(path, "a")


def test_what_is_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match="no such file"):
        read(tmp_path / "none.csv", "a")
    with pytest.raises(ImportStopped, match="cannot be read"):
        read(tmp_path, "a")


def test_a_table_is_found_plain_or_packed(tmp_path: Path) -> None:
    packed = write(tmp_path, b"a\n", "t.csv.xz")
    assert find_table(tmp_path, "t.csv") == packed
    plain = write(tmp_path, b"a\n")
    assert find_table(tmp_path, "t.csv") == plain
    with pytest.raises(ImportStopped, match=r"no u\.csv and no u\.csv\.xz"):
        find_table(tmp_path, "u.csv")
    with pytest.raises(ImportStopped, match="not a folder"):
        find_table(plain, "u.csv")


@pytest.mark.realdata
def test_bad_files_of_others_are_read_or_stopped_never_a_crash(data_dir: Path) -> None:
    files = [*(data_dir / "bad_files").iterdir(), *(data_dir / "csv_spectrum").iterdir()]
    outcomes = set()
    for path in files:
        try:
            outcomes.add("problem" if any(row.problem for row in read(path)) else "read")
        except ImportStopped:
            outcomes.add("stopped")
    assert len(files) > 50
    assert outcomes == {"problem", "read", "stopped"}
