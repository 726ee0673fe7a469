"""The undo of an import in the admin: asked first, refused with the reasons, done by a worker."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from customers.models import Customer, ImportBatch, Job, Team, User
from customers.operations.import_customers import import_customers
from customers.operations.records import CustomerRecord
from customers.operations.work_jobs import work_jobs
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user
from tests.imports import new_batch, work_for


@pytest.fixture
def batch(north: Team) -> ImportBatch:
    batch = new_batch(north, counts={"customers": {"created": 2, "updated": 0, "unchanged": 0, "refused": 0}})
    import_customers(records=[CustomerRecord("c1", "Ana"), CustomerRecord("c2", "Rui")], **work_for(batch))
    return batch


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def address(batch: ImportBatch, name: str = "undo") -> str:
    return reverse(f"admin:customers_importbatch_{name}", args=[batch.pk])


def test_it_is_asked_first(client: Client, batch: ImportBatch) -> None:
    assert address(batch) in client.get(address(batch, "change")).content.decode()
    text = client.get(address(batch)).content.decode()
    assert "2 rows that it created are deleted." in text
    batch.refresh_from_db()
    assert batch.state == "done"


def test_a_worker_does_it(client: Client, batch: ImportBatch) -> None:
    response = client.post(address(batch), follow=True)
    assert "The import is being undone." in response.content.decode()
    assert "Undo of an import" in response.content.decode()
    list(work_jobs(clock=lambda: NOW))
    assert not Customer.objects.exists()
    text = client.get(address(batch, "change")).content.decode()
    assert "Undone" in text
    assert address(batch) not in text


def test_touched_rows_are_named_with_links(client: Client, batch: ImportBatch) -> None:
    ana = Customer.objects.get(name="Ana")
    Customer.objects.filter(pk=ana.pk).update(version=2)
    for response in (client.get(address(batch)), client.post(address(batch))):
        text = response.content.decode()
        assert "rows were touched since" in text
        assert reverse("admin:customers_customer_change", args=[ana.pk]) in text
        assert "was edited" in text
        assert "Rui" not in text
    assert response.status_code == 409
    assert not Job.objects.exists()


def test_twice_is_once(client: Client, batch: ImportBatch) -> None:
    client.post(address(batch))
    text = client.post(address(batch), follow=True).content.decode()
    assert "only once" in text
    assert client.get(address(batch)).headers["Location"] == address(batch, "change")
    assert Job.objects.count() == 1


def test_reading_is_not_undoing(log_in: LogIn, batch: ImportBatch, north: Team) -> None:
    reader = make_user("reader", north)
    reader.user_permissions.set(Group.objects.get(name="Back office").permissions.filter(codename="view_importbatch"))
    client = log_in(reader)
    assert address(batch) not in client.get(address(batch, "change")).content.decode()
    assert client.get(address(batch)).status_code == 403
    assert client.post(address(batch)).status_code == 403
