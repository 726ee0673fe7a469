"""What is exported comes back by the import: equal, and known again."""

import json
from pathlib import Path
from typing import Any

import pytest

from customers.exporters.customers import CustomerSheet
from customers.exporters.write_export import write_rows
from customers.importers.draft_import import draft_import
from customers.importers.jobs import start_import
from customers.models import ContactPoint, CustomAttribute, Customer, ImportBatch, Tag, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.uploads import new_upload
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def again(user: User, team: Team, format: str) -> ImportBatch:
    """Export everybody, and import the file."""
    folder = new_upload()
    with (folder / f"customers.{format}").open("w+b") as file:
        rows = Customer.objects.visible_to(user).order_by("pk")
        write_rows(file, format=format, sheet=CustomerSheet(), rows=rows, user=user, query="")
    batch = draft_import(folder=folder, by=user, team=team, at=NOW)
    start_import(batch=batch, by=user, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    batch.refresh_from_db()
    assert batch.state == "done", batch.error
    return batch


def standing() -> Any:
    rows = Customer.objects.order_by("pk")
    points = ContactPoint.objects.order_by("pk")
    return (
        [(row.name, row.attributes, row.version, sorted(tag.name for tag in row.tags.all())) for row in rows],
        [(point.customer_id, point.kind, point.value, point.label, point.is_primary) for point in points],
    )


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_same_file_again_changes_nothing(
    format: str, bob: User, north: Team, acme: Customer, wang: Customer
) -> None:
    for code, type in ("size", "number"), ("founded", "date"), ("vip", "yes_no"), ("motto", "text"):
        CustomAttribute.objects.create(code=code, name=code, type=type)
    values = {"size": 40.5, "founded": "1999-05-01", "vip": False, "motto": "=1+1 'or' -\tit\r\n_x0041_"}
    Customer.objects.filter(pk=acme.pk).update(attributes=values, owner=bob, language="en", industry="@pumps")
    acme.tags.add(Tag.objects.create(name="VIP"), Tag.objects.create(name="Fair 2026"))
    for number, kind in enumerate(("email", "email", "phone", "messenger", "address")):
        value = {"email": f"a{number}@acme.example", "phone": "+44 20 7946 0000"}.get(kind, f"{kind}, {number}; x")
        add_contact_point(customer=acme, kind=kind, value=value, label="work", is_primary=number == 1, at=NOW)
    before = standing()
    batch = again(bob, north, format)
    assert batch.counts["customers"] == {"created": 0, "updated": 0, "unchanged": 2, "refused": 0}
    assert standing() == before


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_in_another_installation_they_are_new_and_the_same(format: str, bob: User, north: Team, acme: Customer) -> None:
    CustomAttribute.objects.create(code="size", name="size", type="number")
    Customer.objects.update(attributes={"size": 7})
    folder = new_upload()
    with (folder / f"customers.{format}").open("w+b") as file:
        rows = Customer.objects.order_by("pk")
        write_rows(file, format=format, sheet=CustomerSheet(), rows=rows, user=bob, query="")
    acme.delete()
    batch = draft_import(folder=folder, by=bob, team=north, at=NOW)
    start_import(batch=batch, by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    found = Customer.objects.get()
    assert (found.name, found.kind, found.country, found.attributes) == (
        "Acme Pumps",
        "organisation",
        "GB",
        {"size": 7},
    )


@pytest.mark.realdata
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_naughty_strings_are_known_again(format: str, data_dir: Path, bob: User, north: Team) -> None:
    strings = json.loads((data_dir / "naughty_strings" / "blns.json").read_text())
    naughty = [text for text in strings if text.strip() and "\0" not in text and len(text) <= 255]
    CustomAttribute.objects.create(code="said", name="Said")
    for text in naughty:
        Customer.objects.create(name=text, team=north, attributes={"said": text})
    batch = again(bob, north, format)
    counts = batch.counts["customers"]
    told = list(batch.rows.filter(outcome="updated").values_list("detail", flat=True))
    assert (counts["created"], counts["refused"], told) == (0, 0, [])
    assert counts["unchanged"] == len(naughty)
