"""The first step of an import: files come in, or it is said why not."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import ImportBatch, Team, User
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.wizard import address, file, folders, upload, uploaded
from tests.cast import make_user

ADD = "admin:customers_importbatch_add"


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def test_the_list_leads_to_it_for_whoever_may(client: Client, log_in: LogIn, north: Team) -> None:
    link = reverse(ADD)
    assert link in client.get(reverse("admin:customers_importbatch_changelist")).content.decode()
    assert client.get(link).status_code == 200
    assert log_in(make_user("reader", north, role="Analyst")).get(link).status_code == 403


def test_files_are_kept_for_their_owner_alone_and_looked_at(
    client: Client, north: Team, bob: User, var_dir: Path
) -> None:
    batch = uploaded(client, north, file(), file("name\nRui\n", "more.csv"), source="crm")
    assert (batch.state, batch.format, batch.source, batch.path) == (
        "uploaded",
        "candid",
        "crm",
        "more.csv, people.csv",
    )
    assert (batch.started_by, batch.team) == (bob, north)
    assert [table["file"] for table in batch.tables] == ["more.csv", "people.csv"]
    folder = var_dir / "imports" / batch.folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_what_people_say_is_not_found_out(client: Client, north: Team) -> None:
    batch = uploaded(client, north, format="salesforce", on_duplicate="skip")
    assert (batch.format, batch.on_duplicate) == ("salesforce", "skip")


def test_a_zip_is_unpacked(client: Client, north: Team, var_dir: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("export/people.csv", "name\nAna\n")
        archive.writestr("__MACOSX/people.csv", "rubbish")
    batch = uploaded(client, north, file(packed.getvalue(), "all.zip"))
    assert batch.path == "all.zip"
    assert [table["file"] for table in batch.tables] == ["people.csv"]


def test_one_bad_file_among_good_ones_is_told_of_on_the_next_page(client: Client, north: Team) -> None:
    batch = uploaded(client, north, file(), file(b"%PDF-1.7", "a.pdf"))
    text = client.get(address("change", batch)).content.decode()
    assert "a.pdf: This is a PDF" in text
    assert "Shoe size" in text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7", "a.pdf", "a.pdf: This is a PDF"),
        (b"", "a.csv", "a.csv: is empty"),
        (b"PK\x03\x04broken", "a.zip", "a.zip: the file is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "a.xls: This is an old Excel file"),
    ],
)
def test_what_cannot_be_read_is_told_right_here_and_the_answers_stay(
    client: Client, north: Team, var_dir: Path, content: bytes, name: str, said: str
) -> None:
    response = upload(client, north, file(content, name), source="crm", on_duplicate="update")
    text = response.content.decode()
    assert response.status_code == 422
    assert said in text
    assert str(var_dir) not in text
    assert 'value="crm"' in text
    assert response.context["form"]["on_duplicate"].value() == "update"
    assert folders(var_dir) == []
    assert not ImportBatch.objects.exists()


def test_no_file_is_no_upload(client: Client, north: Team) -> None:
    response = client.post(reverse(ADD), {"team": north.pk, "on_duplicate": "create"})
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()


def test_what_is_too_large_is_stopped_before_it_fills_the_disk(
    client: Client, north: Team, settings: Any, var_dir: Path
) -> None:
    settings.IMPORT_MOST_BYTES = 1000
    response = upload(client, north, file("name\n" + "x" * 5000))
    assert response.status_code == 422
    assert "larger than 1000\xa0bytes" in response.content.decode()
    assert folders(var_dir) == []


def test_a_forged_form_is_refused(bob: User, north: Team) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    assert upload(client, north).status_code == 403
    assert not ImportBatch.objects.exists()


def test_ones_own_teams_are_offered_and_no_other_is_taken(client: Client, north: Team, south: Team) -> None:
    text = client.get(reverse(ADD)).content.decode()
    assert f'<option value="{north.pk}"' in text
    assert f'<option value="{south.pk}"' not in text
    assert upload(client, south).status_code == 422
    assert not ImportBatch.objects.exists()


def test_names_of_files_lead_nowhere(client: Client, north: Team, var_dir: Path) -> None:
    batch = uploaded(client, north, file("name\nAna\n", "../../../tmp/a<b>.csv"))
    assert batch.tables[0]["file"] == "a_b_.csv"


def test_a_stranger_is_asked_to_log_in() -> None:
    response = Client().post(reverse(ADD))
    assert response.status_code == 302
    assert "login" in response.headers["Location"]
