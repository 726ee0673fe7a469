"""The Export button of a list: exactly what is shown, for whoever may."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from customers.admin import export_list as module
from customers.admin.filters import CountryFilter
from customers.audit.record import values_of
from customers.exporters.sheet import sheet_of, sheets
from customers.models import AuditEntry, Customer, Export, Team, User
from customers.operations.work_jobs import work_jobs
from customers.tests.admin.conftest import LogIn
from customers.tests.exporters.reading import read_csv, read_xlsx
from tests.cast import NOW, make_user

LIST = "admin:customers_customer_changelist"


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def client(log_in: LogIn, bob: User, acme: Customer, wang: Customer, stranger: Customer) -> Client:
    """Bob's browser; there are two customers of North and one of South."""
    return log_in(bob)


def export(client: Client, query: str = "", format: str = "csv", model: str = "customer") -> Any:
    return client.post(reverse(f"admin:customers_{model}_export") + query, {"format": format})


def names(response: Any) -> list[str]:
    assert response.status_code == 200, response.headers
    return [row["name"] for row in read_csv(b"".join(response.streaming_content))]


def test_a_short_list_is_answered_at_once(client: Client) -> None:
    response = export(client)
    assert names(response) == ["王芳", "Acme Pumps"]
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="customers-2')
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind__exact=person", ["王芳"]),
        ("?q=acme", ["Acme Pumps"]),
        ("?o=1", ["Acme Pumps", "王芳"]),
        ("?o=-1", ["王芳", "Acme Pumps"]),
        ("?country=GB&p=7&all=&e=1", ["Acme Pumps"]),
        ("?q=stranger", []),
    ],
)
def test_it_is_what_the_list_shows(client: Client, query: str, found: list[str]) -> None:
    assert names(export(client, query)) == found


def test_excel_too(client: Client) -> None:
    response = export(client, format="xlsx")
    assert [row["name"] for row in read_xlsx(b"".join(response.streaming_content))] == ["王芳", "Acme Pumps"]


def test_it_is_logged(client: Client, bob: User) -> None:
    export(client, "?q=acme")
    entry = AuditEntry.objects.get(kind="exported")
    facts = (values_of(entry) or {})["facts"]
    assert (entry.actor, entry.model, facts["rows"], facts["filter"]) == (bob, "customers.customer", 1, "q=acme")
    assert "name" in facts["columns"] and facts["format"] == "csv"


def test_a_long_list_is_left_to_a_worker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 1)
    response = export(client, "?kind__exact=person&kind__exact=person")
    assert response.status_code == 200  # one person
    response = export(client, "?o=1&p=2")
    row = Export.objects.get()
    page = reverse("admin:customers_export_change", args=[row.pk])
    assert (response.status_code, response.headers["Location"]) == (302, page)
    assert (row.model, row.query, row.format) == ("customers.Customer", "o=1", "csv")
    text = client.get(page).content.decode()
    assert "Waits for a worker" in text
    download = reverse("admin:customers_export_download", args=[row.pk])
    assert client.get(download).status_code == 404
    list(work_jobs(clock=lambda: NOW))
    assert download in client.get(page).content.decode()
    response = client.get(download)
    assert names(response) == ["Acme Pumps", "王芳"]
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_button_is_there_for_whoever_may_export(client: Client, log_in: LogIn, ann: User) -> None:
    link = reverse("admin:customers_customer_export")
    assert f"{link}?q=a&amp;o=1" in client.get(reverse(LIST), {"q": "a", "o": "1", "p": "1"}).content.decode()
    assert link not in log_in(ann).get(reverse(LIST)).content.decode()
    assert export(log_in(ann)).status_code == 403


def test_it_is_a_post(client: Client) -> None:
    assert client.get(reverse("admin:customers_customer_export")).status_code == 405


def test_nonsense_is_refused_in_words(client: Client) -> None:
    response = client.post(
        reverse("admin:customers_customer_export") + "?kind__nonsense=1", {"format": "csv"}, follow=True
    )
    assert "filters that this list does not have" in response.content.decode()
    response = client.post(reverse("admin:customers_customer_export"), {"format": "pdf"}, follow=True)
    assert "Choose CSV or XLSX" in response.content.decode()


def test_whoever_sees_no_customer_exports_none(log_in: LogIn, north: Team, acme: Customer) -> None:
    user = make_user("exporter", north)
    user.user_permissions.add(Permission.objects.get(codename="add_export"))
    assert export(log_in(user)).status_code == 403


def test_every_sheet_has_a_list_with_a_button(log_in: LogIn, root: User) -> None:
    for sheet in sheets():
        options = sheet.model._meta
        name = f"admin:{options.app_label}_{options.model_name}"
        page = log_in(root).get(reverse(f"{name}_changelist")).content.decode()
        assert reverse(f"{name}_export") in page, sheet.name
        response = log_in(root).post(reverse(f"{name}_export"), {"format": "csv"})
        assert response.status_code == 200, sheet.name


def test_users_are_not_exported(log_in: LogIn, root: User) -> None:
    assert sheet_of(User) is None
    assert "user/export/" not in log_in(root).get(reverse("admin:customers_user_changelist")).content.decode()


def test_what_a_filter_says_of_itself_is_the_reason_why_not(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def complain(self: Any, request: Any, queryset: Any) -> Any:
        messages.error(request, "This segment asks for what is gone.")
        return queryset.none()

    monkeypatch.setattr(CountryFilter, "queryset", complain)
    response = client.post(reverse("admin:customers_customer_export") + "?country=GB", {"format": "csv"}, follow=True)
    assert "This segment asks for what is gone." in response.content.decode()


def test_a_list_that_shows_less_on_its_bare_address_is_exported_as_it_is_shown(log_in: LogIn, root: User) -> None:
    link = reverse("admin:services_ticket_export")
    page = log_in(root).get(reverse("admin:services_ticket_changelist"))
    assert f'action="{link}?"' in page.content.decode()
    page = log_in(root).get(reverse("admin:services_ticket_changelist"), {"p": "2"})
    assert f'action="{link}?p=1"' in page.content.decode()
