import json
from pathlib import Path
from typing import Any

import pytest

from customers.importers.files import json_rows
from customers.importers.files.json_rows import JsonSheet, flatten
from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped
from customers.importers.files.spool import spooled


def opened(tmp_path: Path, text: str | bytes) -> list[JsonSheet]:
    path = tmp_path / "rows.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_file(path)  # type: ignore[return-value]


def dicts(sheet: Any) -> list[dict[str, str]]:
    return [dict(zip(sheet.header, cells, strict=True)) for _line, cells, problem in sheet.rows() if not problem]


PEOPLE = [{"id": 1, "name": "王芳"}, {"name": "Bo", "vip": True}]
READ = [{"id": "1", "name": "王芳", "vip": ""}, {"id": "", "name": "Bo", "vip": "true"}]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PEOPLE),
        json.dumps(PEOPLE, indent=2, ensure_ascii=False),
        json.dumps({"count": 2, "next_page": None, "people": PEOPLE, "end": {"x": [1]}}),
        "\n".join(json.dumps(person) for person in PEOPLE),
        json.dumps(PEOPLE, ensure_ascii=False).encode("utf-16"),
    ],
)
def test_an_array_an_object_that_holds_one_and_an_object_a_line_are_the_same(text: str | bytes, tmp_path: Path) -> None:
    (sheet,) = opened(tmp_path, text)
    assert dicts(sheet) == READ
    assert dicts(spooled(sheet)) == READ


def test_each_array_of_an_object_is_a_sheet(tmp_path: Path) -> None:
    sheets = opened(tmp_path, json.dumps({"tickets": [{"id": 1}], "tags": ["a"], "users": [{"id": 2, "name": "Ann"}]}))
    assert [(sheet.name, sheet.header) for sheet in sheets] == [("tickets", ["id"]), ("users", ["id", "name"])]


def test_what_lies_inside_becomes_columns() -> None:
    item = {
        "via": {"channel": "mail", "source": {"rel": None}}, "tags": ["a", "b"], "score": 2.0,
        "big": 12345678901234567890, "n": 0.1, "no": False,
        "custom_fields": [{"id": 7, "value": "x"}, {"id": 8, "value": None}], "path": [[1, 2.5], [3]],
    }  # fmt: skip
    assert flatten(item) == {
        "via.channel": "mail", "tags": "a;b", "score": "2", "big": "12345678901234567890", "custom_fields.7": "x",
        "path": "[[1, 2.5], [3]]", "n": "0.1", "no": "false",
    }  # fmt: skip


def test_a_line_that_is_broken_is_a_problem_of_its_own(tmp_path: Path) -> None:
    (sheet,) = opened(tmp_path, '{"a": 1}\n{"a": \n[1]\n{"a": "x\\u0000"}\n\n{"a": 2}\n')
    assert [(line, bool(problem)) for line, _cells, problem in sheet.rows()] == [
        (1, False), (2, True), (3, True), (4, True), (6, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1}, {"a": ', "is no proper JSON"),
        ('{"a": [{"b": 1}], "c" 2}', "is no proper JSON"),
        ("{}", "holds no list of rows"),
        ('{"a": [1, 2], "b": {"c": []}}', "holds no list of rows"),
        ("[]", "holds no list of rows"),
        ('[{"a": ' + "[" * 100_000, "is no proper JSON"),
    ],
)
def test_what_is_no_list_says_so(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match=said):
        opened(tmp_path, text)


def test_an_array_of_any_length_in_one_line_is_read_bit_by_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "CHUNK", 7)
    (sheet,) = opened(tmp_path, json.dumps([{"id": n, "name": f"{n} “{n}”"} for n in range(300)]))
    assert dicts(sheet)[-1] == {"id": "299", "name": "299 “299”"}


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match="at most 1,000"):
        opened(tmp_path, json.dumps([{f"c{n}": n} for n in range(1001)]))


def test_columns_that_differ_in_case_only_are_told_apart(tmp_path: Path) -> None:
    (sheet,) = opened(tmp_path, json.dumps([{"Id": 1, "id": 2}]))
    assert dicts(sheet) == [{"Id": "1", "id (2)": "2"}]
