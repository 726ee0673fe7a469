import io
from pathlib import Path
from typing import Any

import pytest

from analytics.models import CustomerScore, ScoreModelVersion
from analytics.operations.ensure_versions import ensure_versions
from customers.exporters.customers import CustomerSheet
from customers.exporters.write_export import write_rows
from customers.importers.draft_import import draft_import
from customers.importers.jobs import start_import
from customers.models import CustomAttribute, Customer, Team, User
from customers.operations.uploads import new_upload
from customers.operations.work_jobs import work_jobs
from customers.tests.exporters.reading import read_csv
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db

FACTORS = ("quality", "reliability", "responsiveness", "price")


@pytest.fixture
def scored(acme: Customer) -> Customer:
    ensure_versions(at=NOW)
    figures = {f"{factor}{suffix}": 0.5 for factor in FACTORS for suffix in ("", "_n", "_contribution", "_points")}
    CustomerScore.objects.create(
        customer=acme,
        version=ScoreModelVersion.objects.order_by("pk")[0],
        as_of=NOW,
        computed_at=NOW,
        activity_version=1,
        score=61.26,
        raw=61.26,
        low_evidence=False,
        refresh_at=NOW,
        **figures,
    )
    return acme


def export(user: User) -> bytes:
    file = io.BytesIO()
    write_rows(file, format="csv", sheet=CustomerSheet(), rows=Customer.objects.visible_to(user), user=user, query="")
    return file.getvalue()


def test_an_export_tells_of_scores(scored: Customer, wang: Customer, bob: User) -> None:
    rows = {row["name"]: row for row in read_csv(export(bob))}
    assert rows["Acme Pumps"]["satisfaction"] == "61.3"
    assert rows["Acme Pumps"]["satisfaction quality"] == "0.5"
    assert rows["王芳"]["satisfaction"] == ""


def test_whoever_may_not_see_scores_gets_no_column_of_them(scored: Customer, north: Team) -> None:
    [row] = read_csv(export(make_user("reader", north)))
    assert not [name for name in row if name.startswith("satisfaction")]


def test_scores_do_not_come_back_as_attributes(
    scored: Customer, bob: User, north: Team, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    folder = new_upload()
    (folder / "customers.csv").write_bytes(export(bob))
    batch = draft_import(folder=folder, by=bob, team=north, at=NOW)
    start_import(batch=batch, by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    batch.refresh_from_db()
    assert (batch.state, batch.counts["customers"]["unchanged"]) == ("done", 1), batch.error
    assert not CustomAttribute.objects.exists()
