import gzip
import json
import zipfile
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analytics.models import Event, EventIdentity, EventSource
from customers.models import Customer, ExternalId, ImportBatch, Team

pytestmark = pytest.mark.django_db
DAY = 1705314600


@pytest.fixture(autouse=True)
def team(north: Team) -> Team:
    return north


def lines(items: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in items).encode()


def mixpanel(number: int, **more: Any) -> dict[str, Any]:
    given = {"time": DAY + number, "distinct_id": f"u{number % 3}", "$insert_id": str(number), **more}
    return {"event": "View", "properties": given}


def ga4(number: int, *, day: str = "20240115", **more: Any) -> dict[str, Any]:
    at = DAY * 1_000_000 + number
    return {"event_date": day, "event_timestamp": str(at), "event_name": "view", "user_pseudo_id": "d", **more}


def imported(format: str, path: Path, *words: str) -> dict[str, int]:
    out = StringIO()
    call_command("import_data", format, str(path), "--json", *words, stdout=out)
    found: dict[str, dict[str, int]] = json.loads(out.getvalue())
    return found["events"]


def notes() -> str:
    return " ".join(ImportBatch.objects.latest("pk").options["notes"])


def test_mixpanel_lines_packed_or_not_come_in_once(tmp_path: Path) -> None:
    (tmp_path / "export.jsonl").write_bytes(lines(mixpanel(n) for n in range(5)) + b"not json\n[1]\n")
    (tmp_path / "export.jsonl.gz").write_bytes(gzip.compress(lines(mixpanel(n) for n in range(7))))
    assert imported("mixpanel", tmp_path / "export.jsonl") == {
        "created": 5, "updated": 0, "unchanged": 0, "refused": 2,
    }  # fmt: skip
    assert imported("mixpanel", tmp_path / "export.jsonl.gz")["created"] == 2
    assert imported("mixpanel", tmp_path / "export.jsonl.gz")["unchanged"] == 7
    assert Event.objects.count() == 7


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "export.jsonl").write_bytes(lines([mixpanel(1), mixpanel(2, time=1)]))
    found = imported("mixpanel", tmp_path / "export.jsonl", "--dry-run")
    assert (found["created"], found["refused"]) == (1, 1)
    assert not Event.objects.exists()
    assert not EventIdentity.objects.exists()


def test_times_of_the_project_are_local_where_the_import_says_so(tmp_path: Path) -> None:
    (tmp_path / "export.jsonl").write_bytes(lines([mixpanel(0)]))
    imported("mixpanel", tmp_path / "export.jsonl", "--time-zone", "America/New_York")
    assert Event.objects.get().at.isoformat() == "2024-01-15T15:30:00+00:00"
    assert EventSource.objects.get().time_zone == "America/New_York"


def test_a_zip_of_amplitude_comes_in_whole(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for hour in range(3):
            base = {"event_type": "Open", "event_time": f"2024-01-15 0{hour}:00:00.1", "user_id": "u"}
            events = [{**base, "uuid": f"{hour}-{n}"} for n in range(4)]
            archive.writestr(f"123/123_2024-01-15_{hour}#0.json.gz", gzip.compress(lines(events)))
    assert imported("amplitude", path)["created"] == 12
    assert imported("amplitude", path)["unchanged"] == 12
    assert Event.objects.count() == 12


def test_a_day_of_ga4_that_is_exported_anew_takes_the_place_of_the_day(tmp_path: Path) -> None:
    path = tmp_path / "events_20240115.json"
    path.write_bytes(lines([*(ga4(n) for n in range(6)), ga4(-9, day="20240114", user_pseudo_id="x")]))
    assert imported("ga4", path)["created"] == 7
    # One came late, one is gone, one has learnt its user.
    again = [*(ga4(n) for n in range(4)), ga4(4, user_id="u"), ga4(9)]
    path.write_bytes(lines(again))
    found = imported("ga4", path)
    assert (found["created"], found["unchanged"]) == (1, 5)
    assert Event.objects.count() == 7
    assert Event.objects.filter(identity__kind="user").count() == 1
    assert "deleted" in notes()
    assert imported("ga4", path)["unchanged"] == 6
    assert Event.objects.count() == 7


def test_another_part_of_the_same_day_deletes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "part.json"
    for part in range(2):
        path.write_bytes(lines(ga4(2 * n + part) for n in range(5)))
        imported("ga4", path)
    assert Event.objects.count() == 10
    assert "part of the day" in notes()


def test_customers_who_may_not_be_profiled_are_left_out_and_told_of(tmp_path: Path, acme: Customer) -> None:
    Customer.objects.update(profiling_objected_at=acme.created_at)
    ExternalId.objects.create(customer=acme, source="mixpanel", source_id="u1")
    (tmp_path / "export.jsonl").write_bytes(lines(mixpanel(n) for n in range(6)))
    assert imported("mixpanel", tmp_path / "export.jsonl")["created"] == 4
    assert "2 events" in notes()


def test_parquet_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "events.parquet").write_bytes(b"PAR1" + b"\0" * 100)
    with pytest.raises(CommandError, match=r"Parquet.*JSON"):
        imported("ga4", tmp_path / "events.parquet")


def test_a_json_array_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text("[{}]")
    with pytest.raises(CommandError, match="JSON lines"):
        imported("mixpanel", tmp_path / "events.json")
