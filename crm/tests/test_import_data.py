import json
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, ImportBatch, ImportMapping, Team
from services.models import Ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db
HEADER = (
    "number,incident_state,reopen_count,made_sla,caller_id,opened_at,sys_updated_at,contact_type,category,"
    "subcategory,priority,assignment_group,assigned_to"
)
ROW = "INC1,New,0,true,Caller 7,29/2/2016 01:16,29/2/2016 01:23,Phone,Category 55,?,3 - Moderate,Group 56,?"


@pytest.fixture
def log(tmp_path: Path, settings: Any) -> Path:
    settings.VAR_DIR = tmp_path
    path = tmp_path / "log.csv"
    path.write_text(f"{HEADER}\n{ROW}\n{ROW.replace('INC1', '?')}\n")
    return path


def call(*words: str) -> str:
    out = StringIO()
    call_command("import_data", *words, stdout=out)
    return out.getvalue()


def test_it_prints_counts_as_json(log: Path) -> None:
    zero = {"created": 0, "updated": 0, "unchanged": 0, "refused": 0}
    assert json.loads(call("incidents", str(log), "--json")) == {
        "customers": {**zero, "created": 1},
        "tickets": {**zero, "created": 1, "refused": 1},
    }


def test_it_prints_counts_and_the_report_for_people(log: Path) -> None:
    out = call("incidents", str(log))
    assert "tickets: 1 created, 0 updated, 0 unchanged, 1 refused" in out
    report = Path(ImportBatch.objects.get().report_path)
    assert f"refused rows: {report}" in out
    assert report.parent == log.parent / "reports"
    assert f"To take it back: undo_import {ImportBatch.objects.get().pk}" in out


def test_an_import_that_changes_nothing_cannot_be_taken_back(log: Path) -> None:
    call("incidents", str(log))
    assert "undo_import" not in call("incidents", str(log))
    with pytest.raises(CommandError, match="changed nothing"):
        call_command("undo_import", str(ImportBatch.objects.latest("pk").pk))


def test_a_dry_run_writes_nothing_and_says_so(log: Path) -> None:
    assert "nothing was written" in call("incidents", str(log), "--dry-run")
    assert not Ticket.objects.exists()


def test_new_customers_belong_to_the_named_team_else_the_first(log: Path) -> None:
    south = Team.objects.create(name="South")
    call("incidents", str(log), "--team", "South")
    assert Customer.objects.get().team == south
    Ticket.objects.all().delete()
    Customer.objects.all().delete()
    call("incidents", str(log))
    assert Customer.objects.get().team == Team.objects.order_by("pk")[0]


def test_an_unknown_format_lists_the_known_ones() -> None:
    with pytest.raises(CommandError, match=r"known are: amplitude, candid, .*olist"):
        call("nonsense", "x.csv")


def test_an_unknown_team_lists_the_known_ones(log: Path) -> None:
    with pytest.raises(CommandError, match="Everybody"):
        call("incidents", str(log), "--team", "Nobody")


def test_what_cannot_be_read_stops_with_one_sentence(log: Path) -> None:
    log.write_text("")
    with pytest.raises(CommandError, match="is empty"):
        call("incidents", str(log))
    with pytest.raises(CommandError, match="no such file"):
        call("incidents", str(log.parent / "none.csv"))
    with pytest.raises(CommandError, match="is not a folder"):
        call("olist", str(log))


@pytest.fixture
def people(tmp_path: Path, settings: Any) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    path = tmp_path / "people.csv"
    path.write_text("Ref;Who;Born\n7;René;03/04/1980\n", encoding="cp1252")
    return path


def test_a_list_is_read_as_one_says(people: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"list": {"ref": "id", "Who": "name", "Born": "attribute:birth_date=date"}}))
    words = ["--encoding", "cp1252", "--delimiter", ";", "--mapping", str(mapping), "--dates", "day"]
    call("candid", str(people), *words, "--source", "club", "--time-zone", "Europe/Paris", "--on-duplicate", "skip")
    rene = Customer.objects.get()
    assert (rene.name, rene.attributes) == ("René", {"birth_date": "1980-04-03"})
    assert rene.external_ids.values_list("source", "source_id").get() == ("club", "7")
    batch = ImportBatch.objects.get()
    assert (batch.source, batch.on_duplicate, batch.path) == ("club", "skip", str(people))
    assert batch.options == {"date_order": "day", "time_zone": "Europe/Paris", "notes": {}}
    assert batch.tables[0]["columns"] == {"Ref": "id", "Who": "name", "Born": "attribute:birth_date=date"}


def test_a_saved_mapping_is_named(people: Path) -> None:
    tables = {"list": {"Ref": "id", "Who": "name"}}
    ImportMapping.objects.create(name="Club", format="candid", tables=tables, created_at=NOW)
    call("candid", str(people), "--encoding", "cp1252", "--mapping", "Club")
    assert Customer.objects.get().attributes == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--encoding cp1252"),
        (["--encoding", "cp1252"], "--dates day or --dates month"),
        (["--encoding", "utf-8"], "is not in utf-8: line 2"),
        (["--encoding", "cp1252", "--mapping", "None such"], "no mapping “None such”"),
        (["--encoding", "cp1252", "--time-zone", "Mars"], "no time zone “Mars”"),
        (["--source", "x" * 33], "at most 32"),
    ],
)
def test_what_must_be_said_is_asked_for(words: list[str], said: str, people: Path) -> None:
    people.write_text("Ref;Name;Birthday\n7;René;03/04/1980\n", encoding="cp1252")
    with pytest.raises(CommandError, match=said):
        call("candid", str(people), *words)
    assert not Customer.objects.exists()


def test_a_mapping_that_does_not_fit_says_what_is_missing(people: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"list": {"Name": "name"}}))
    with pytest.raises(CommandError, match="lacks the column Name, which its mapping names"):
        call("candid", str(people), "--encoding", "cp1252", "--mapping", str(mapping))
    mapping.write_text("[1]")
    with pytest.raises(CommandError, match="a mapping is JSON like"):
        call("candid", str(people), "--encoding", "cp1252", "--mapping", str(mapping))


def test_what_is_not_of_the_format_is_told_with_what_would_be(people: Path) -> None:
    with pytest.raises(CommandError, match=r"holds nothing that Salesforce exports.*Accounts: id, name"):
        call("salesforce", str(people), "--encoding", "cp1252")


def test_of_a_folder_what_is_not_meant_is_passed_over_and_what_is_meant_must_be_readable(
    people: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "Account.csv").write_text("Id,Name,Phone\n001,Acme,1\n")
    (folder / "LICENSE.pdf").write_bytes(b"%PDF-1.4")
    (folder / "Campaign.csv").write_text("Id,Name,CampaignId\n701,X,\n")
    told = StringIO()
    call_command("import_data", "salesforce", str(folder), stdout=StringIO(), stderr=told)
    assert "Campaign.csv: is left out" in told.getvalue()
    assert "This is a PDF" in told.getvalue()
    (folder / "Contact.csv").write_bytes("Id,LastName,AccountId\n003,René,\n".encode("cp1252"))
    with pytest.raises(CommandError, match="--encoding cp1252"):
        call("salesforce", str(folder))


def test_notes_are_printed(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path / "var"
    path = tmp_path / "a.csv"
    path.write_text("id,name,country\n1,Ann,Narnia\n2,Bo,Narnia\n")
    assert "note: “Narnia” is no country that is known here: left out (2 times)" in call("candid", str(path))


def test_a_zip_of_one_log_is_read_like_the_log(log: Path) -> None:
    with zipfile.ZipFile(log.with_suffix(".zip"), "w") as archive:
        archive.write(log, "x/log.csv")
        archive.writestr("x/other.csv", "a,b\n1,2\n")
    call("incidents", str(log.with_suffix(".zip")))
    assert Ticket.objects.count() == 1
    assert ImportBatch.objects.get().path == str(log.with_suffix(".zip"))
    with pytest.raises(CommandError, match="holds no file of Help desk event log"):
        call("helpdesk", str(log.with_suffix(".zip")))
