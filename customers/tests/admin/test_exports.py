"""The pages of exports: one's own alone."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Export, Team, User
from customers.operations.start_export import start_export
from customers.operations.start_person_export import start_person_export
from customers.operations.work_jobs import work_jobs
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user

LIST = "admin:customers_export_changelist"
PIECES = ("change", "progress", "download")


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def export(bob: User, acme: Customer) -> Export:
    row = start_export(model=Customer, query="q=acme", format="csv", by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    row.refresh_from_db()
    return row


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def address(name: str, export: Export) -> str:
    return reverse(f"admin:customers_export_{name}", args=[export.pk])


def test_the_list_shows_ones_own(client: Client, log_in: LogIn, export: Export, root: User) -> None:
    assert "Customers" in client.get(reverse(LIST)).content.decode()
    assert len(client.get(reverse(LIST)).context["cl"].result_list) == 1
    assert len(log_in(root).get(reverse(LIST)).context["cl"].result_list) == 0


def test_the_page_leads_to_the_file_and_to_the_list(client: Client, export: Export) -> None:
    text = client.get(address("change", export)).content.decode()
    assert address("download", export) in text
    assert reverse("admin:customers_customer_changelist") + "?q=acme" in text


def test_an_export_is_its_owners_alone(log_in: LogIn, export: Export, root: User, ann: User) -> None:
    boss = make_user("boss", role="Administrator")
    for user in (root, ann, boss):
        for name in PIECES:
            assert log_in(user).get(address(name, export)).status_code == 404, (user, name)


def test_the_file_is_not_handed_to_one_who_may_not_see_customers_any_more(
    client: Client, export: Export, bob: User
) -> None:
    group = bob.groups.get()
    group.permissions.remove(group.permissions.get(codename="view_customer"))
    assert client.get(address("download", export)).status_code == 403


def test_the_file_of_a_person_is_not_handed_to_one_who_sees_them_no_more(
    client: Client, bob: User, wang: Customer, south: Team
) -> None:
    export = start_person_export(customer=wang, by=bob, at=NOW)
    list(work_jobs(clock=lambda: NOW))
    assert client.get(address("download", export)).status_code == 200
    Customer.objects.filter(pk=wang.pk).update(team=south)
    assert client.get(address("download", export)).status_code == 403


def test_a_file_that_is_gone_is_a_404(client: Client, export: Export, var_dir: Path) -> None:
    (var_dir / "exports" / export.file).unlink()
    assert client.get(address("download", export)).status_code == 404
    assert address("download", export) not in client.get(address("change", export)).content.decode()


def test_a_stranger_is_asked_to_log_in(export: Export) -> None:
    response = Client().get(address("download", export))
    assert response.status_code == 302
    assert "login" in response.headers["Location"]


def test_the_job_leads_to_its_export(client: Client, log_in: LogIn, export: Export, root: User) -> None:
    job = reverse("admin:customers_job_change", args=[export.job_id])
    assert address("change", export) in client.get(job).content.decode()
    assert address("change", export) not in log_in(root).get(job).content.decode()
