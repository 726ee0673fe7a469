"""The export of a person across all rooms, and the commands."""

import io
import json
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.exporters.person_archive import write_person
from customers.models import Customer, Erasure, User
from customers.operations.ask_for_erasure import ask_for_erasure
from services.models import Queue, Ticket
from services.operations.open_ticket import open_ticket
from tests.cast import NOW
from tests.privacy.lives import EMAIL, NAME, lead_a_life

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def ticket(wang: Customer, acme: Customer, queue: Queue, ann: User) -> Ticket:
    """Zhang Wei's solved ticket, and a whole life beside it."""
    return lead_a_life(wang, acme, queue, ann)


def run(name: str, *args: Any, **options: Any) -> Any:
    out = StringIO()
    call_command(name, *(str(one) for one in args), stdout=out, **options)
    return json.loads(out.getvalue()) if options.get("json") else out.getvalue()


def test_tickets_scores_and_files_are_in_it(ticket: Ticket, wang: Customer) -> None:
    file = io.BytesIO()
    found = write_person(file, customer=wang, at=NOW)
    archive = zipfile.ZipFile(file)
    assert found["files"] == 1
    assert archive.read("files/zhang.txt") == b"leak"
    sections = json.loads(archive.read("person.json"))["sections"]
    for label in ("services.Ticket", "services.Message", "services.SatisfactionRating", "analytics.CustomerScore"):
        assert sections[label]["rows"], label
    assert sections["services.Attachment"]["rows"][0]["file"] == "files/zhang.txt"
    assert sections["services.SatisfactionRating"]["rows"][0]["comment"] == "Signed, Zhang"
    assert 'href="files/zhang.txt"' in archive.read("person.html").decode()


def test_the_command_writes_an_archive_and_never_over_another(ticket: Ticket, wang: Customer, tmp_path: Path) -> None:
    path = tmp_path / "wang.zip"
    assert "1 files" in run("export_person", wang.pk, to=path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "person.json" in zipfile.ZipFile(path).namelist()
    with pytest.raises(CommandError, match="there already"):
        run("export_person", wang.pk, to=path)


def test_the_command_prints_json(ticket: Ticket, wang: Customer) -> None:
    told = run("export_person", wang.pk, json=True)
    assert told["customer"] == wang.pk
    assert EMAIL in json.dumps(told)


def test_the_commands_refuse_who_is_not_there_merged_or_no_person(acme: Customer, wang: Customer) -> None:
    for name in ("export_person", "erase_person"):
        with pytest.raises(CommandError, match="no customer 999999"):
            run(name, 999999)
        with pytest.raises(CommandError, match="no person"):
            run(name, acme.pk)
    Customer.objects.filter(pk=wang.pk).update(merged_into=acme)
    with pytest.raises(CommandError, match=f"into customer {acme.pk}"):
        run("export_person", wang.pk)


def test_a_dry_run_of_an_erasure_changes_nothing(ticket: Ticket, wang: Customer) -> None:
    told = run("erase_person", wang.pk, dry_run=True, json=True)
    assert (told["customer"], told["dry_run"], told["hindrances"]) == (wang.pk, True, [])
    assert told["rows"]["services.Ticket"] == 1
    assert "customers.Order" in run("erase_person", wang.pk, dry_run=True)
    wang.refresh_from_db()
    assert (wang.name, Erasure.objects.count()) == (NAME, 0)


def test_the_command_erases_and_proves_it(ticket: Ticket, wang: Customer) -> None:
    told = run("erase_person", wang.pk, json=True)
    assert told["proof"]["is_clean"]
    wang.refresh_from_db()
    assert wang.erased_at is not None
    erasure = Erasure.objects.get()
    assert (erasure.pk, erasure.state, erasure.asked_by, erasure.decided_by) == (told["erasure"], "done", None, None)


def test_the_command_carries_out_the_request_that_waits(ticket: Ticket, wang: Customer, bob: User) -> None:
    asked = ask_for_erasure(customer=wang, reason="By letter", by=bob, at=NOW)
    assert "columns looked through" in run("erase_person", wang.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.asked_by) == ("done", bob)


def test_one_that_is_refused_leaves_no_request_behind(wang: Customer, queue: Queue) -> None:
    open_ticket(customer=wang, subject="Leak", queue=queue, by=None, at=NOW)
    with pytest.raises(CommandError, match="not solved"):
        run("erase_person", wang.pk)
    assert not Erasure.objects.exists()
