"""The page of one import: counts, rows, the report, and who sees them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as of_django
from django.test import Client
from django.urls import reverse

from customers.choices import ImportState
from customers.models import Customer, ImportBatch, ImportRow, Team, User
from customers.operations.start_job import start_job
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW
from tests.imports import new_batch


@pytest.fixture
def batch(north: Team, settings: Any, tmp_path: Path) -> ImportBatch:
    settings.VAR_DIR = tmp_path
    counts = {"customers": {"created": 60, "updated": 1, "unchanged": 2, "refused": 1}}
    batch = new_batch(north, counts=counts, duplicates=1)
    for number in range(60):
        row_of(batch, "created", label=f"Customer {number:02}")
    row_of(batch, "updated", label="Ana", detail="name: Ana → Ana Lima")
    row_of(batch, "refused", label="<b>Rui</b>", detail="email: is no address")
    return batch


def row_of(batch: ImportBatch, outcome: str, **values: object) -> ImportRow:
    return ImportRow.objects.create(batch=batch, kind="customers", file="a.csv", line=2, outcome=outcome, **values)


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def page(client: Client, batch: ImportBatch, query: str = "") -> str:
    response = client.get(reverse("admin:customers_importbatch_change", args=[batch.pk]) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_what_a_person_must_look_at_comes_first(client: Client, batch: ImportBatch) -> None:
    text = page(client, batch)
    assert "email: is no address" in text
    assert "&lt;b&gt;Rui&lt;/b&gt;" in text
    assert "Ana → Ana Lima" not in text


def test_the_rows_of_an_outcome_are_turned_page_by_page(client: Client, batch: ImportBatch) -> None:
    first = page(client, batch, "?rows=created")
    assert "Customer 49" in first
    assert "Customer 50" not in first
    after = ImportRow.objects.get(label="Customer 49").pk
    assert f"after={after}" in first
    second = page(client, batch, f"?rows=created&after={after}")
    assert "Customer 50" in second
    assert "Customer 49" not in second
    assert "Next rows" not in second


@pytest.mark.parametrize(
    "query", ["?rows=nonsense", "?after=nonsense", "?after=99999999999999999999", "?rows=refused&after=-1"]
)
def test_nonsense_in_the_address_does_no_harm(client: Client, batch: ImportBatch, query: str) -> None:
    page(client, batch, query)


def test_rows_that_were_here_before_are_shown_to_whoever_began_it(
    client: Client, batch: ImportBatch, bob: User
) -> None:
    text = page(client, batch, "?rows=updated")
    assert "Ana Lima" not in text
    assert "shown to whoever began the import" in text
    ImportBatch.objects.update(started_by=bob)
    assert "Ana → Ana Lima" in page(client, batch, "?rows=updated")


def test_a_row_leads_to_whom_it_looks_like_where_they_are_in_sight(
    client: Client, batch: ImportBatch, acme: Customer, south: Team
) -> None:
    row_of(batch, "duplicate", label="ACME", detail=f"99% like customer #{acme.pk} (name)")
    link = f'<a href="{reverse("admin:customers_customer_page", args=[acme.pk])}">Acme Pumps</a>'
    assert link in page(client, batch, "?rows=duplicate")
    Customer.objects.filter(pk=acme.pk).update(team=south)
    text = page(client, batch, "?rows=duplicate")
    assert "Acme Pumps" not in text
    assert f"like customer #{acme.pk}" in text


def test_the_report_is_a_file_to_be_saved(client: Client, batch: ImportBatch, tmp_path: Path) -> None:
    address = reverse("admin:customers_importbatch_report", args=[batch.pk])
    assert client.get(address).status_code == 404
    assert address not in page(client, batch)
    (tmp_path / "report.csv").write_text("file,line,source id,reason\n")
    ImportBatch.objects.update(report_path=str(tmp_path / "report.csv"))
    response = client.get(address)
    assert response.headers["Content-Disposition"] == f'attachment; filename="import-{batch.pk}-refused.csv"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"reason" in b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert address in page(client, batch)


def test_nothing_outside_our_folder_is_handed_out(client: Client, batch: ImportBatch) -> None:
    ImportBatch.objects.update(report_path=__file__)
    assert client.get(reverse("admin:customers_importbatch_report", args=[batch.pk])).status_code == 404


def test_the_team_sees_how_far_it_is_whoever_started_it(client: Client, batch: ImportBatch, ann: User) -> None:
    job = start_job(kind="undo-import", by=ann, at=NOW)
    ImportBatch.objects.update(job=job, state="undoing")
    progress = reverse("admin:customers_importbatch_progress", args=[batch.pk])
    text = page(client, batch)
    assert progress in text
    assert "Stop</button>" not in text
    assert "Waits for a worker" in client.get(progress).content.decode()


def test_other_teams_see_nothing(log_in: LogIn, batch: ImportBatch, otto: User, south: Team) -> None:
    from django.contrib.auth.models import Group

    otto.groups.set([Group.objects.get(name="Back office")])
    client = log_in(otto)
    for name in ("change", "progress", "report", "undo"):
        assert client.get(reverse(f"admin:customers_importbatch_{name}", args=[batch.pk])).status_code == 404, name


def test_whoever_may_see_no_import_is_refused(log_in: LogIn, batch: ImportBatch, ann: User) -> None:
    for name in ("change", "progress", "report", "undo"):
        response = log_in(ann).get(reverse(f"admin:customers_importbatch_{name}", args=[batch.pk]))
        assert response.status_code == 403, name


@pytest.mark.parametrize("state", ImportState)
def test_the_list_says_every_state_in_words(client: Client, batch: ImportBatch, state: ImportState) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(state=state)
    text = client.get(reverse("admin:customers_importbatch_changelist")).content.decode()
    assert re.search(rf">\s*{state.label}\s*</span>", text)


def test_kinds_of_rows_are_in_the_language_of_the_reader(client: Client, batch: ImportBatch) -> None:
    client.cookies[of_django.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert "<td>客户</td>" in page(client, batch)


def test_a_format_is_called_by_its_name(client: Client, batch: ImportBatch) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(format="salesforce")
    text = page(client, batch)
    assert "Salesforce" in text and "salesforce test.csv" not in text
