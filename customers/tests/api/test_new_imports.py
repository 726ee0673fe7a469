"""Programs import as the wizard does: send, map, check, start."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import CustomAttribute, Customer, ImportBatch, Team, User
from customers.operations.uploads import uploads_folder
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW
from tests.client import as_user, url

pytestmark = pytest.mark.django_db
CSV = "id,Name,Shoe size\n17,Ana Lima,42\n18,王芳,38\n"


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def file(content: str | bytes = CSV, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def send(user: User, team: Team, /, *files: SimpleUploadedFile, **values: Any) -> Any:
    data = {"file": [*(files or [file()])], "team": team.pk, **values}
    return as_user(user).post(url("imports/"), data, format="multipart")


def work() -> None:
    list(work_jobs(clock=lambda: NOW))


def verb(user: User, pk: int, name: str, data: Any = None) -> Any:
    return as_user(user).post(url(f"imports/{pk}/{name}/"), data or {}, format="json")


def test_files_are_looked_at_checked_and_imported(bob: User, north: Team, var_dir: Path) -> None:
    response = send(bob, north)
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["state"], body["format"], body["source"]) == ("uploaded", "candid", "people")
    columns = {"id": "id", "Name": "name", "Shoe size": "attribute:shoe_size"}
    assert body["tables"] == [{"file": "people.csv", "sheet": "", "kind": "list", "columns": columns}]
    response = verb(bob, body["id"], "check")
    assert (response.status_code, response.json()["state"]) == (202, "checking")
    work()
    assert not Customer.objects.exists()
    body = as_user(bob).get(url(f"imports/{body['id']}/")).json()
    assert (body["state"], body["counts"]["customers"]["created"]) == ("checked", 2)
    rows = as_user(bob).get(url(f"imports/{body['id']}/rows/?outcome=created&ordering=id")).json()["results"]
    assert [row["label"] for row in rows] == ["Ana Lima", "王芳"]
    assert verb(bob, body["id"], "start").json()["state"] == "running"
    work()
    body = as_user(bob).get(url(f"imports/{body['id']}/")).json()
    assert (body["state"], body["job"]["state"]) == ("done", "done")
    ana = Customer.objects.get(name="Ana Lima")
    assert (ana.team, ana.attributes) == (north, {"shoe_size": 42})
    assert list(uploads_folder().iterdir()) == []


def test_the_mapping_is_sent_with_the_files_or_later(bob: User, north: Team) -> None:
    said = {"tables": [{"file": "people.csv", "columns": {"Shoe size": "attribute:size=text"}}]}
    body = send(bob, north, mapping=json.dumps(said)).json()
    assert body["tables"][0]["columns"]["Shoe size"] == "attribute:size=text"
    said = {"tables": [{"file": "people.csv", "columns": {"Shoe size": "ignore"}}]}
    body = verb(bob, body["id"], "map", said).json()
    assert body["tables"][0]["columns"] == {"id": "id", "Name": "name", "Shoe size": "ignore"}
    verb(bob, body["id"], "start")
    work()
    assert not CustomAttribute.objects.exists()
    assert Customer.objects.count() == 2


def test_a_dry_run_is_begun_with_the_upload(bob: User, north: Team) -> None:
    body = send(bob, north, dry_run=True).json()
    assert (body["state"], body["job"]["kind"]) == ("checking", "check-import")


def test_a_zip_is_unpacked(bob: User, north: Team) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/people.csv", CSV)
        archive.writestr("b/people.csv", CSV)
    body = send(bob, north, file(packed.getvalue(), "all.zip")).json()
    assert [table["file"] for table in body["tables"]] == ["2-people.csv", "people.csv"]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7", "a.pdf", "a.pdf: This is a PDF"),
        (b"", "a.csv", "empty"),
        (b"PK\x03\x04broken", "a.zip", "a.zip: the file is damaged"),
        (b"\x89PNG\r\n", "../../a.png", "a.png: This is a picture"),
    ],
)
def test_what_cannot_be_read_is_told_and_leaves_nothing(
    bob: User, north: Team, content: bytes, name: str, said: str
) -> None:
    response = send(bob, north, file(content, name))
    assert response.status_code == 400
    assert said in json.dumps(response.json()["errors"]["file"])
    assert str(uploads_folder()) not in response.content.decode()
    assert list(uploads_folder().iterdir()) == []
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("team", 999),
        ("format", "nonsense"),
        ("source", "x" * 33),
        ("on_duplicate", "merge"),
        ("mapping", "{"),
        ("mapping", "[]"),
        ("mapping", '{"tables": [{"columns": {}}]}'),
        ("encoding", "nonsense"),
        ("colour", "red"),
    ],
)
def test_what_is_not_right_is_refused(bob: User, north: Team, field: str, value: Any) -> None:
    response = send(bob, north, **{field: value})
    assert response.status_code == 400, response.content
    assert not ImportBatch.objects.exists()
    assert list(uploads_folder().iterdir()) == []


@pytest.mark.parametrize(
    "said",
    [
        {"file": "other.csv"},
        {"file": "people.csv", "kind": "nonsense"},
        {"file": "people.csv", "columns": {"nonsense": "name"}},
        {"file": "people.csv", "columns": {"Name": "nonsense"}},
        {"file": "people.csv", "columns": {"Name": "#"}},
    ],
)
def test_a_mapping_that_does_not_fit_is_told(bob: User, north: Team, said: dict[str, Any]) -> None:
    response = send(bob, north, mapping=json.dumps({"tables": [said]}))
    assert (response.status_code, list(response.json()["errors"])) == (400, ["tables"])
    pk = send(bob, north).json()["id"]
    before = ImportBatch.objects.get(pk=pk).tables
    assert verb(bob, pk, "map", {"tables": [said]}).status_code == 400
    assert ImportBatch.objects.get(pk=pk).tables == before


def test_a_mapping_without_a_name_is_not_begun(bob: User, north: Team) -> None:
    pk = send(bob, north).json()["id"]
    verb(bob, pk, "map", {"tables": [{"file": "people.csv", "columns": {"Name": "ignore"}}]})
    response = verb(bob, pk, "start")
    assert response.status_code == 400
    assert "No column holds the name" in response.json()["errors"]["tables"][0]


def test_the_order_of_dates_is_asked_for(bob: User, north: Team) -> None:
    pk = send(bob, north, file("name,created at\nAna,03/04/2024\n")).json()["id"]
    response = verb(bob, pk, "check")
    assert "03/04/2024" in response.json()["errors"]["tables"][0]
    assert verb(bob, pk, "map", {"date_order": "day"}).status_code == 200
    verb(bob, pk, "start")
    work()
    assert Customer.objects.get().created_at.month == 4


def test_other_teams_than_ones_own_are_refused(bob: User, south: Team) -> None:
    response = send(bob, south)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["team"])


def test_rows_of_other_teams_stay_untouched_and_unseen(bob: User, root: User, north: Team, south: Team) -> None:
    pk = send(root, south).json()["id"]
    verb(root, pk, "start")
    work()
    pk = send(bob, north, file("id,Name\n17,Mine now\n")).json()["id"]
    verb(bob, pk, "start")
    work()
    body = as_user(bob).get(url(f"imports/{pk}/")).json()
    assert body["counts"]["customers"] == {"created": 0, "updated": 0, "unchanged": 0, "refused": 1}
    [row] = as_user(bob).get(url(f"imports/{pk}/rows/")).json()["results"]
    assert "Ana" not in json.dumps(row)
    assert Customer.objects.filter(name="Ana Lima", team=south).exists()


def test_what_stands_in_rows_of_other_teams_is_told_to_whoever_began_it(
    bob: User, root: User, north: Team, south: Team
) -> None:
    pk = send(root, south).json()["id"]
    verb(root, pk, "start")
    work()
    pk = send(root, north, file("id,Name\n17,Ana\n20,New\n")).json()["id"]
    verb(root, pk, "check")
    work()
    rows = {user: as_user(user).get(url(f"imports/{pk}/rows/?ordering=id")).json()["results"] for user in (root, bob)}
    assert [(row["label"], row["detail"]) for row in rows[root]] == [("Ana", "name: Ana Lima → Ana"), ("New", "")]
    assert [row["label"] for row in rows[bob]] == ["New"]


def test_a_colleague_looks_on_but_does_not_go_on(bob: User, north: Team, root: User) -> None:
    pk = send(root, north).json()["id"]
    assert as_user(bob).get(url(f"imports/{pk}/")).status_code == 200
    for name in ("map", "check", "start"):
        assert verb(bob, pk, name).status_code == 403, name
    assert ImportBatch.objects.get(pk=pk).state == "uploaded"


def test_it_is_begun_once(bob: User, north: Team) -> None:
    pk = send(bob, north).json()["id"]
    verb(bob, pk, "start")
    response = verb(bob, pk, "start")
    assert (response.status_code, response.json()["code"]) == (409, "at_work")
    assert verb(bob, pk, "map").json()["code"] == "at_work"
    work()
    response = verb(bob, pk, "start")
    assert (response.status_code, response.json()["code"]) == (409, "files_gone")


def test_whoever_may_not_import_is_refused(ann: User, north: Team) -> None:
    assert send(ann, north).status_code == 403
    ann.groups.set([Group.objects.get(name="Lead")])
    assert send(ann, north).status_code == 403


def test_what_is_too_large_is_refused_before_it_is_read(bob: User, north: Team, settings: Any) -> None:
    settings.IMPORT_MOST_BYTES = 100
    response = send(bob, north)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
