"""Every file of others that broke an importer somewhere: it gives rows, or one message that says what to do."""

import json
from pathlib import Path

import pytest

from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped

pytestmark = pytest.mark.realdata

XLS = "This is an old Excel file (.xls): save it as .xlsx or CSV."
NOT_UTF8 = "is not in UTF-8, as line 2 shows. It is probably in {0}: say so with --encoding {0}, or save it in UTF-8."
EMPTY = "is empty"
NO_LIST = "holds no list of rows: a JSON file is to be an array of objects, or an object a line."
# Of each sheet: how many columns and rows, and how many of the rows cannot be used. Or what is said.
EXPECTED: dict[str, list[tuple[int, int, int]] | str] = {
    "csv__1030_columns.csv": ("has 1,030 columns, and at most 1,000 can be read: leave out those that are not needed."),
    "csv__all-schema-types.csv": [(13, 2, 0)],
    "csv__encodings__big-western-macos-roman.csv": NOT_UTF8.format("mac_roman"),
    "csv__encodings__iso8859.csv": NOT_UTF8.format("cp1252"),
    "csv__encodings__utf8.csv": [(4, 5, 0)],
    "csv__encodings__western-macos-roman.csv": NOT_UTF8.format("mac_roman"),
    "csv__inconsistent-column-number.csv": [(3, 2, 1)],
    "csv__missing-values.csv": [(3, 2, 0)],
    "csv__separators__carets.csv": [(3, 2, 0)],
    "csv__separators__colon.csv": [(3, 2, 0)],
    "csv__separators__comma.csv": [(3, 2, 0)],
    "csv__separators__pipes.csv": [(3, 2, 0)],
    "csv__separators__semicolon.csv": [(3, 2, 0)],
    "csv__separators__tab.csv": [(3, 2, 0)],
    "csv__separators__tab.tsv": [(3, 2, 0)],
    "csv__various-characters.csv": [(3, 5, 0)],
    "empty-files__empty": EMPTY,
    "empty-files__empty.csv": EMPTY,
    "empty-files__empty.html": "This is a web page: open it in a spreadsheet, and save it as .xlsx or CSV.",
    "empty-files__empty.json": NO_LIST,
    "empty-files__empty.txt": EMPTY,
    "empty-files__empty.xls": XLS,
    "excel__sample-1-sheet.xls": XLS,
    "excel__sample-1-sheet.xlsx": [(3, 2, 0)],
    "excel__sample-2-sheets.xls": XLS,
    "excel__sample-2-sheets.xlsx": [(3, 2, 0), (3, 2, 0)],
    "geo__map.geojson": [(3, 1, 0)],
    "geo__map.topojson": NO_LIST,
    "other__sample.json": [(3, 2, 0)],
    "other__sample.ods": "This is an OpenDocument file (.ods): save it as .xlsx or CSV.",
    "other__sample.pdf": "This is a PDF, which holds a picture of a table: export the table as .xlsx or CSV.",
    "other__sample.txt": [(3, 2, 0)],
    "wrong-extension-files__comma.txt": [(3, 2, 0)],
    "wrong-extension-files__sample-1-sheet.pdf": [(3, 2, 0)],
    "wrong-extension-files__sample-1-sheet.txt": XLS,
    "zero-files__zero": EMPTY,
    "zero-files__zero.csv": EMPTY,
    "zero-files__zero.html": EMPTY,
    "zero-files__zero.json": EMPTY,
    "zero-files__zero.txt": EMPTY,
    "zero-files__zero.xls": EMPTY,
}


def test_no_bad_file_is_forgotten(data_dir: Path) -> None:
    assert {path.name for path in (data_dir / "bad_files").iterdir()} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_it_gives_rows_or_one_message(name: str, data_dir: Path) -> None:
    path, expected = data_dir / "bad_files" / name, EXPECTED[name]
    if isinstance(expected, str):
        with pytest.raises(ImportStopped) as stopped:
            open_file(path)
        assert str(stopped.value) == f"{path}: {expected}"
        return
    found = []
    for sheet in open_file(path):
        rows = list(sheet.rows())
        assert all(len(cells) == len(sheet.header) for _line, cells, problem in rows if not problem)
        found.append((len(sheet.header), len(rows), sum(bool(problem) for _line, _cells, problem in rows)))
    assert found == expected


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_the_encoding_that_is_named_reads_the_file(encoding: str, data_dir: Path) -> None:
    name = "iso8859" if encoding == "cp1252" else "western-macos-roman"
    sheet = open_file(data_dir / "bad_files" / f"csv__encodings__{name}.csv", encoding=encoding)[0]
    assert next(sheet.rows())[1][0] == "Réunion"


def spectrum(data_dir: Path) -> list[Path]:
    return sorted((data_dir / "csv_spectrum").glob("csvs__*.csv"))


def test_csv_spectrum_equals_its_json_twins(data_dir: Path) -> None:
    paths = spectrum(data_dir)
    assert len(paths) > 10
    for path in paths:
        twin = path.with_name(path.name.replace("csvs__", "json__").replace(".csv", ".json"))
        sheet = open_file(path)[0]
        rows = [dict(zip(sheet.header, cells, strict=True)) for _line, cells, _problem in sheet.rows()]
        expected = twin.read_text(encoding="utf-8")
        as_json = open_file(twin)[0]
        again = [dict(zip(as_json.header, cells, strict=True)) for _line, cells, _problem in as_json.rows()]
        assert again == json.loads(expected), twin.name
        if "\r" not in path.read_bytes().decode():  # the copy that we have was given other line ends than its twin
            expected = expected.replace("\\r\\n", "\\n")
        assert rows == json.loads(expected), path.name
