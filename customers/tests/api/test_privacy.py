"""Flags, the export of a person, erasures and retention by the API."""

from pathlib import Path
from typing import Any

import pytest

from customers.choices import RetentionKind
from customers.models import Customer, Erasure, Export, PrivacyFlag, RetentionRule, RetentionRun, Team, User
from customers.operations.ask_for_erasure import ask_for_erasure
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW, make_user
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def ada(north: Team) -> User:
    """Ada, administrator."""
    return make_user("ada", north, role="Administrator")


def test_a_flag_is_put_on_and_read(ann: User, wang: Customer) -> None:
    client, address = as_user(ann), url(f"customers/{wang.pk}/privacy/")
    assert client.get(address).json()["is_profiled"] is True
    answer = client.post(address, {"kind": "profiling", "is_set": True, "reason": "By phone"})
    assert answer.status_code == 201, answer.content
    assert (answer.json()["kind"], answer.json()["by"]) == ("profiling", ann.pk)
    told = client.get(address).json()
    assert (told["is_profiled"], told["restricted_at"], len(told["flags"])) == (False, None, 1)
    assert told["profiling_objected_at"] is not None
    again = client.post(address, {"kind": "profiling", "is_set": True, "reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "flag_refused")


def test_a_flag_needs_a_reason_and_the_version_that_was_read(ann: User, wang: Customer) -> None:
    client, address = as_user(ann), url(f"customers/{wang.pk}/privacy/")
    for wrong in ({"kind": "hold", "is_set": True}, {"kind": "x", "is_set": True, "reason": "x"}, {"nonsense": 1}):
        assert client.post(address, wrong).status_code == 400
    good = {"kind": "hold", "is_set": True, "reason": "x"}
    assert client.post(address, good, headers={"If-Match": '"7"'}).status_code == 412
    assert not PrivacyFlag.objects.exists()


def test_there_is_no_score_and_it_is_said_why(ann: User, wang: Customer) -> None:
    client = as_user(ann)
    client.post(url(f"customers/{wang.pk}/privacy/"), {"kind": "profiling", "is_set": True, "reason": "x"})
    for what in ("score", "preferences"):
        answer = client.get(url(f"customers/{wang.pk}/{what}/"))
        assert answer.status_code == 404
        assert "objected to profiling" in answer.json()["detail"]


def test_may_contact_says_that_they_are_restricted(ann: User, wang: Customer) -> None:
    client = as_user(ann)
    client.post(url(f"customers/{wang.pk}/privacy/"), {"kind": "restriction", "is_set": True, "reason": "x"})
    rows = client.get(url(f"customers/{wang.pk}/may-contact/")).json()["results"]
    barred = {row["purpose"]: row["barred_by"] for row in rows}
    assert (barred["marketing"], barred["service"]) == ("restricted", "")


def test_everything_known_is_exported(bob: User, root: User, wang: Customer, acme: Customer) -> None:
    client = as_user(bob)
    answer = client.post(url(f"customers/{wang.pk}/export-person/"))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["list"], told["person"], told["format"]) == ("person", wang.pk, "zip")
    address = url(f"exports/{told['id']}/")
    assert client.get(f"{address}download/").status_code == 409
    list(work_jobs(clock=lambda: NOW))
    file: Any = client.get(f"{address}download/")
    assert file["Content-Type"] == "application/zip"
    assert b"".join(file.streaming_content)[:2] == b"PK"
    assert as_user(root).get(address).status_code == 404
    refused = client.post(url(f"customers/{acme.pk}/export-person/"))
    assert (refused.status_code, refused.json()["code"]) == (409, "no_person")
    assert Export.objects.count() == 1


def test_one_asks_and_another_approves(bob: User, ada: User, wang: Customer) -> None:
    asked = as_user(bob).post(url("erasures/"), {"customer": wang.pk, "reason": "By letter"})
    assert asked.status_code == 201, asked.content
    told = asked.json()
    assert told["preview"]["rows"]["customers.Customer"] == 1
    address = url(f"erasures/{told['id']}/")
    assert as_user(bob).post(f"{address}approve/", {}).status_code == 403
    done = as_user(ada).post(f"{address}approve/", {}, headers={"If-Match": asked["ETag"]})
    assert done.status_code == 200, done.content
    assert done.json()["result"]["proof"]["is_clean"] is True
    assert Customer.objects.get(pk=wang.pk).erased_at is not None
    assert as_user(ada).post(f"{address}refuse/", {"decision": "x"}).json()["code"] == "erasure_refused"
    assert ids(as_user(bob).get(url("erasures/?state=done"))) == [told["id"]]
    assert ids(as_user(bob).get(url("erasures/?state=asked"))) == []


def test_nobody_approves_their_own(ada: User, wang: Customer) -> None:
    erasure = ask_for_erasure(customer=wang, reason="By letter", by=ada, at=NOW)
    answer = as_user(ada).post(url(f"erasures/{erasure.pk}/approve/"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "erasure_refused")


def test_it_is_refused_with_a_reason_or_withdrawn(bob: User, ada: User, wang: Customer) -> None:
    erasure = ask_for_erasure(customer=wang, reason="By letter", by=bob, at=NOW)
    address = url(f"erasures/{erasure.pk}/")
    assert as_user(ada).post(f"{address}refuse/", {"decision": ""}).status_code == 400
    assert as_user(bob).post(f"{address}withdraw/", {}).json()["state"] == "withdrawn"
    assert Erasure.objects.get().decided_by == bob


def test_an_outsider_asks_nothing(otto: User, ada: User, wang: Customer) -> None:
    otto.groups.set(ada.groups.all())
    otto.user_permissions.clear()
    otto.groups.get().permissions.remove(*otto.groups.get().permissions.filter(codename="see_all_teams"))
    answer = as_user(otto).post(url("erasures/"), {"customer": wang.pk, "reason": "x"})
    assert answer.status_code == 400
    assert as_user(otto).get(url(f"customers/{wang.pk}/privacy/")).status_code == 404


def test_a_retention_rule_is_set_and_reported(ada: User, bob: User) -> None:
    rule = RetentionRule.objects.get(kind=RetentionKind.LOG)
    address, client = url(f"retention-rules/{rule.pk}/"), as_user(ada)
    assert client.patch(address, {"days": 30}).status_code == 428
    assert client.patch(address, {"days": 0}, headers={"If-Match": "*"}).status_code == 400
    changed = client.patch(address, {"days": 30}, headers={"If-Match": f'"{rule.version}"'})
    assert (changed.status_code, changed.json()["days"]) == (200, 30)
    report = client.post(f"{address}report/")
    assert report.status_code == 201, report.content
    list(work_jobs(clock=lambda: NOW))
    told = client.get(url(f"retention-runs/{report.json()['id']}/")).json()
    assert (told["found"], told["is_dry_run"], told["job"]["state"]) == (0, True, "done")
    assert as_user(bob).post(f"{address}report/").status_code == 403
    assert RetentionRun.objects.count() == 1
