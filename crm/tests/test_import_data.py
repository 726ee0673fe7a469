import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, ImportBatch, Team
from services.models import Ticket

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
    with pytest.raises(CommandError, match="known are: candid, .*olist"):
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
