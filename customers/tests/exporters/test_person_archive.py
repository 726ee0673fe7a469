"""Everything known of one person, in one archive that its owner alone may fetch."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from customers.exporters.person_archive import write_person
from customers.models import AuditEntry, Customer, Export, Job, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.forget_exports import export_file, open_export
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import merge_customers
from customers.operations.record_consent import record_consent
from customers.operations.start_person_export import NoPerson, start_person_export
from customers.operations.tick import tick
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def known(wang: Customer, bob: User) -> Customer:
    """Wang Fang, with a few things on record."""
    add_contact_point(customer=wang, kind="email", value="wang@example.cn", at=NOW)
    record_consent(customer=wang, purpose="marketing", is_given=True, at=NOW)
    log_interaction(customer=wang, kind="call", direction="inbound", subject="<b>Calls</b>", author=bob, at=NOW)
    return wang


def archive_of(customer: Customer) -> zipfile.ZipFile:
    file = io.BytesIO()
    write_person(file, customer=customer, at=NOW)
    return zipfile.ZipFile(file)


def told_of(customer: Customer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive_of(customer).read("person.json"))
    return found


def test_it_tells_everything_by_the_register(known: Customer) -> None:
    told = told_of(known)
    assert (told["customer"], told["made_at"]) == (known.pk, NOW.isoformat())
    sections = told["sections"]
    assert sections["customers.Customer"]["rows"][0]["name"] == "王芳"
    assert sections["customers.ContactPoint"]["rows"][0]["value"] == "wang@example.cn"
    assert "contract" in sections["customers.ContactPoint"]["purpose"]
    assert sections["customers.Interaction"]["rows"][0]["subject"] == "<b>Calls</b>"
    assert sections["customers.Consent"]["rows"][0]["is_given"] is True


def test_it_tells_nothing_of_staff_nor_what_is_made_for_searching(known: Customer) -> None:
    text = archive_of(known).read("person.json").decode()
    for word in ("bob", "author", "recorded_by", "blind_index", "search_name", "name_key", "password"):
        assert word not in text, word


def test_the_page_is_safe_to_open(known: Customer) -> None:
    page = archive_of(known).read("person.html").decode()
    assert "&lt;b&gt;Calls&lt;/b&gt;" in page
    assert "<script" not in page
    assert "GDPR art. 15" in page


def test_whoever_was_merged_into_them_is_told_of_too(known: Customer, north: Team) -> None:
    twin = Customer.objects.create(kind="person", name="Fang Wang", team=north, created_at=NOW)
    merge_customers(kept=known, gone=twin, by=None, at=NOW)
    names = [row["name"] for row in told_of(known)["sections"]["customers.Customer"]["rows"]]
    assert names == ["王芳", "Fang Wang"]


def test_nothing_of_anybody_else_is_in_it(known: Customer, acme: Customer) -> None:
    log_interaction(customer=acme, kind="call", direction="inbound", subject="Secret", author=None, at=NOW)
    assert "Secret" not in archive_of(known).read("person.json").decode()


def test_a_worker_writes_it_and_it_is_logged(known: Customer, bob: User) -> None:
    export = start_person_export(customer=known, by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    export.refresh_from_db()
    path = export_file(export)
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert (export.person, export.owner) == (known, bob)
    with open_export(export) as file:
        content = file.read()
    assert export.size == len(content)
    assert not path.read_bytes().startswith(b"PK") and zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert Job.objects.get().state == "done"
    entry = AuditEntry.objects.get(verb="export_person")
    assert (entry.kind, entry.actor, entry.object_id, entry.customer_id) == ("exported", bob, str(known.pk), known.pk)


def test_it_is_gone_after_three_days(known: Customer, bob: User) -> None:
    start_person_export(customer=known, by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    tick(at=NOW + timedelta(days=3))
    assert not Export.objects.exists()


def test_whoever_may_not_any_more_gets_nothing(known: Customer, bob: User) -> None:
    start_person_export(customer=known, by=bob, at=NOW)
    bob.groups.clear()
    list(work_jobs(clock=lambda: NOW))
    assert Job.objects.get().error == "You may not see this customer."
    assert export_file(Export.objects.get()) is None


def test_whoever_sees_them_no_more_gets_nothing(known: Customer, bob: User, south: Team) -> None:
    start_person_export(customer=known, by=bob, at=NOW)
    Customer.objects.filter(pk=known.pk).update(team=south)
    list(work_jobs(clock=lambda: NOW))
    assert Job.objects.get().error == "You may not see this customer."
    assert export_file(Export.objects.get()) is None


def test_of_an_organisation_and_of_a_tombstone_there_is_none(acme: Customer, wang: Customer, bob: User) -> None:
    with pytest.raises(NoPerson, match="no person"):
        start_person_export(customer=acme, by=bob, at=NOW)
    wang.erased_at = NOW
    with pytest.raises(NoPerson, match="erased"):
        start_person_export(customer=wang, by=bob, at=NOW)
    assert not Job.objects.exists()
