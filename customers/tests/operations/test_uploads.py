from pathlib import Path
from typing import Any

import pytest

from customers.operations.uploads import free_name, keep_file, new_upload, open_upload, uploads_folder


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("people.csv", "people.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\people.csv", "people.csv"),
        ('a<b>:"c|d?*.csv', "a_b___c_d__.csv"),
        (".seen.json", "seen.json"),
        ("..", "file"),
        ("", "file"),
        ("客户.xlsx", "客户.xlsx"),
        ("x" * 300 + ".csv", "x" * 146 + ".csv"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert free_name(name, []) == safe


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free_name("People.csv", ["people.csv", "2-people.csv"]) == "3-People.csv"


@pytest.mark.django_db
def test_files_are_kept_encrypted_where_only_their_owner_reads_them() -> None:
    folder = new_upload()
    path = keep_file(folder, "a.csv", [b"id\n", b"1\n"])
    assert open_upload(path).read() == b"id\n1\n"
    assert b"id\n" not in path.read_bytes()
    assert [one.stat().st_mode & 0o777 for one in (uploads_folder(), folder, path)] == [0o700, 0o700, 0o600]
