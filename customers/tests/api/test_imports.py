import pytest
from django.contrib.auth.models import Group

from customers.models import Customer, ImportBatch, ImportRow, Job, Team, User
from customers.operations.import_customers import import_customers
from customers.operations.records import CustomerRecord
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW
from tests.client import as_user, ids, url
from tests.imports import new_batch, work_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(north: Team) -> ImportBatch:
    """An import of two customers."""
    batch = new_batch(north, counts={"customers": {"created": 2, "updated": 0, "unchanged": 0, "refused": 1}})
    import_customers(records=[CustomerRecord("c1", "Ana"), CustomerRecord("c2", "Rui")], **work_for(batch))
    for line, outcome in enumerate(("created", "created", "refused"), 2):
        ImportRow.objects.create(batch=batch, kind="customers", file="a.csv", line=line, outcome=outcome)
    return batch


def test_it_tells_what_became_of_an_import(bob: User, batch: ImportBatch) -> None:
    body = as_user(bob).get(url(f"imports/{batch.pk}/")).json()
    assert (body["state"], body["counts"]["customers"]["created"], body["job"]) == ("done", 2, None)


def test_imports_are_found_by_state(bob: User, batch: ImportBatch) -> None:
    assert ids(as_user(bob).get(url("imports/?state=done"))) == [batch.pk]
    assert ids(as_user(bob).get(url("imports/?state=failed"))) == []
    assert as_user(bob).get(url("imports/?state=nonsense")).status_code == 400


def test_rows_are_found_by_outcome(bob: User, batch: ImportBatch) -> None:
    rows = as_user(bob).get(url(f"imports/{batch.pk}/rows/?ordering=id")).json()["results"]
    assert [(row["line"], row["outcome"]) for row in rows] == [(2, "created"), (3, "created"), (4, "refused")]
    assert len(ids(as_user(bob).get(url(f"imports/{batch.pk}/rows/?outcome=refused")))) == 1
    assert as_user(bob).get(url(f"imports/{batch.pk}/rows/?outcome=nonsense")).status_code == 400


def test_it_has_an_import_undone(bob: User, batch: ImportBatch) -> None:
    response = as_user(bob).post(url(f"imports/{batch.pk}/undo/"))
    assert response.status_code == 202
    assert response.json()["state"] == "undoing"
    assert response.json()["job"]["state"] == "todo"
    list(work_jobs(clock=lambda: NOW))
    assert as_user(bob).get(url(f"imports/{batch.pk}/")).json()["state"] == "undone"
    assert not Customer.objects.exists()


def test_touched_rows_are_named_and_are_a_conflict(bob: User, batch: ImportBatch) -> None:
    assert as_user(bob).get(url(f"imports/{batch.pk}/touched/")).json() == {"rows": []}
    ana = Customer.objects.get(name="Ana")
    Customer.objects.filter(pk=ana.pk).update(version=2)
    assert as_user(bob).get(url(f"imports/{batch.pk}/touched/")).json() == {
        "rows": [{"model": "customers.Customer", "id": str(ana.pk), "reason": "was edited"}]
    }
    response = as_user(bob).post(url(f"imports/{batch.pk}/undo/"))
    assert (response.status_code, response.json()["code"]) == (409, "rows_touched")
    assert "was edited" in response.json()["detail"]
    assert not Job.objects.exists()


def test_twice_is_once(bob: User, batch: ImportBatch) -> None:
    key = {"Idempotency-Key": "mine"}
    first = as_user(bob).post(url(f"imports/{batch.pk}/undo/"), headers=key)
    assert as_user(bob).post(url(f"imports/{batch.pk}/undo/"), headers=key).json() == first.json()
    response = as_user(bob).post(url(f"imports/{batch.pk}/undo/"))
    assert (response.status_code, response.json()["code"]) == (409, "cannot_undo")
    assert Job.objects.count() == 1


def test_an_import_has_no_version(bob: User, batch: ImportBatch) -> None:
    response = as_user(bob).post(url(f"imports/{batch.pk}/undo/"), headers={"If-Match": '"1"'})
    assert response.status_code == 412


def test_an_outsider_sees_nothing_of_it(otto: User, batch: ImportBatch) -> None:
    otto.groups.set([Group.objects.get(name="Back office")])
    for path in ("", "rows/", "touched/"):
        assert as_user(otto).get(url(f"imports/{batch.pk}/{path}")).status_code == 404
    assert as_user(otto).post(url(f"imports/{batch.pk}/undo/")).status_code == 404


def test_a_large_import_is_looked_at_by_the_undo_alone(bob: User, batch: ImportBatch) -> None:
    ImportBatch.objects.update(counts={"customers": {"created": 20_001}})
    response = as_user(bob).get(url(f"imports/{batch.pk}/touched/"))
    assert (response.status_code, response.json()["code"]) == (409, "too_many_rows")
