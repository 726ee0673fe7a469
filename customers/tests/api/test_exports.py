from pathlib import Path
from typing import Any

import pytest

from customers.exporters.sheet import sheets
from customers.models import Customer, Export, Segment, User
from customers.operations.work_jobs import work_jobs
from customers.tests.exporters.reading import read_csv
from tests.cast import NOW, make_user
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def ask(user: User, **values: Any) -> Any:
    return as_user(user).post(url("exports/"), {"list": "customers", "format": "csv", **values})


def work() -> None:
    list(work_jobs(clock=lambda: NOW))


def test_a_list_is_asked_for_written_and_fetched(bob: User, acme: Customer, wang: Customer, otto: User) -> None:
    response = ask(bob, query="kind__exact=organisation")
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["list"], body["rows"], body["job"]["state"]) == ("customers", None, "todo")
    path = f"exports/{body['id']}/"
    response = as_user(bob).get(url(f"{path}download/"))
    assert (response.status_code, response.json()["code"]) == (409, "not_ready")
    work()
    body = as_user(bob).get(url(path)).json()
    assert (body["rows"], body["job"]["state"], body["job"]["share"]) == (1, "done", 100)
    response = as_user(bob).get(url(f"{path}download/"))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    [row] = read_csv(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    assert row["name"] == "Acme Pumps"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("list", "users"),
        ("list", ""),
        ("format", "pdf"),
        ("query", "kind__nonsense=1"),
        ("query", "x" * 2001),
        ("query", 7),
        ("model", "customers.Customer"),
    ],
)
def test_what_is_not_right_is_refused(bob: User, acme: Customer, field: str, value: Any) -> None:
    response = ask(bob, **{field: value})
    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert not Export.objects.exists()


def test_it_takes_the_permission_to_see_the_list_too(acme: Customer, bob: User) -> None:
    group = bob.groups.get()
    group.permissions.remove(group.permissions.get(codename="view_ticket"))
    assert ask(bob, list="tickets").status_code == 403


def test_every_list_can_be_exported(root: User, acme: Customer) -> None:
    for sheet in sheets():
        assert ask(root, list=sheet.name, format="xlsx").status_code == 201, sheet.name
    work()
    assert not Export.objects.filter(rows=None).exists()


def test_ones_own_alone(bob: User, acme: Customer) -> None:
    pk = ask(bob).json()["id"]
    boss = make_user("boss", role="Administrator")
    assert ids(as_user(bob).get(url("exports/"))) == [pk]
    assert ids(as_user(boss).get(url("exports/"))) == []
    for path in ("", "download/"):
        assert as_user(boss).get(url(f"exports/{pk}/{path}")).status_code == 404


def test_whoever_may_not_export_is_refused(ann: User, acme: Customer) -> None:
    assert ask(ann).status_code == 403


def test_whoever_may_not_see_customers_any_more_does_not_get_the_file(bob: User, acme: Customer) -> None:
    pk = ask(bob).json()["id"]
    work()
    group = bob.groups.get()
    group.permissions.remove(group.permissions.get(codename="view_customer"))
    assert as_user(bob).get(url(f"exports/{pk}/download/")).status_code == 403


def test_a_segment_is_one_more_filter_of_customers(bob: User, acme: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("customers.api.exports.rows_of_list", lambda model, query, user: asked.append(query))
    segment = Segment.objects.create(name="Good", is_shared=True)
    assert ask(bob, query="kind__exact=person", segment=segment.pk).status_code == 201
    assert asked == [f"kind__exact=person&segment={segment.pk}"] == [Export.objects.get().query]
    assert ask(bob, list="orders", segment=segment.pk).status_code == 400
    hidden = Segment.objects.create(name="Mine", is_shared=False)
    assert ask(bob, segment=hidden.pk).status_code == 400
