import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

HEADER = (
    "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, date_of_birth, "
    "soc_sec_id"
)
ROWS = """rec-1-org, ann, lee, 12, high street, , leeds, 4011, wa, 19800503, 6988048
rec-1-dup-0, lee, ann, 12, hihg street, , leeds, 4011, wa, 19800530, 6988048
rec-2-org, tom, berg, 9, dock road, , hull, 2214, qld, , 1234567
rec-2-dup-0, , , 9, dock road, , hull, 2214, qld, , 1234567
rec-3-org, kim, park, 1, low lane, , york, 3000, vic, 19700101, 7654321"""


def said(path: Path, *words: str) -> str:
    out = StringIO()
    call_command("measure_duplicates", str(path), *words, stdout=out)
    return out.getvalue()


def test_it_prints_how_well_duplicates_are_found_without_a_database(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"{HEADER}\n{ROWS}\n")
    figures = json.loads(said(path, "--json"))
    figures.pop("seconds")
    # The record without a name is none that an import takes, so its pair is not found.
    assert figures == {
        "records": 5, "candidates": 1, "pairs": 1, "wanted": 2, "precision": 1.0, "recall": 0.5, "f1": 0.6667,
    }  # fmt: skip
    assert "f1          0.6667" in said(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    with pytest.raises(CommandError, match="there is no such file"):
        said(path)
    path.write_text(f"{HEADER}\nrec-1-org, ann\n")
    with pytest.raises(CommandError, match="line 2 has 2 cells"):
        said(path)


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "at_least"), [("dataset1", 0.95), ("dataset2", 0.90)])
def test_on_febrl_it_reaches_what_it_must(data_dir: Path, name: str, at_least: float) -> None:
    figures = json.loads(said(data_dir / "febrl" / f"{name}.csv.xz", "--json"))
    assert figures["f1"] >= at_least
    assert figures["precision"] >= 0.98
    assert figures["candidates"] < 2 * figures["records"]
