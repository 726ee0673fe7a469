from datetime import UTC, datetime
from pathlib import Path

import pytest

from customers.models import Consent, ContactPoint, Customer, Interaction, Relation, Team
from services.models import Message, Ticket
from tests.foreign import bring, changes, refusals, under

pytestmark = pytest.mark.django_db
HEADERS = "export_headers/suitecrm"
ACCOUNTS = [
    {
        "Name": "Acme", "ID": "a1", "Website": "acme.example", "Email Address": "info@acme.example",
        "Non Primary E-mails": "sales@acme.example;help@acme.example", "Office Phone": "0341 1",
        "Alternate Phone": "0341 2",
        "Billing Street": "Hauptstraße 1", "Billing City": "Leipzig", "Billing Postal Code": "04109",
        "Billing Country": "Germany", "Type": "Customer", "Industry": "Energy", "Annual Revenue": "1200000",
        "Employees": "40", "Parent Account ID": "a2", "Date Created": "31.01.2026 15:05", "Deleted": "0",
    },
    {"Name": "Parent AG", "ID": "a2", "Date Created": "31.01.2026 15:05", "Deleted": "0"},
    {"Name": "Gone", "ID": "a3", "Date Created": "31.01.2026 15:05", "Deleted": "1"},
]  # fmt: skip
CONTACTS = [
    {
        "First Name": "Jörg", "Last Name": "Groß", "ID": "c1", "Job Title": "Leiter", "Account Name": "Acme",
        "Email Address": "joerg@acme.example", "Mobile": "0170 1", "Office Phone": "0341 3", "Home": "0341 4",
        "Primary Address Street": "Weg 2", "Primary Address City": "Halle", "Birthdate": "29.02.1980",
        "Do Not Call": "1", "Reports to ID": "c2", "Description": "Spricht\nSächsisch", "Lawful Basis": "consent",
        "Date Created": "31.01.2026 15:05", "Deleted": "0",
    },
    {"Last Name": "Alt", "ID": "c2", "Account Name": "Neue GmbH", "Date Created": "31.01.2026 15:05", "Deleted": "0"},
]  # fmt: skip
CASES = [
    {
        "Number": "7", "ID": "k1", "Subject": "Pumpe tropft", "Description": "Seit gestern.", "Status": "Closed_Closed",
        "Type": "Product", "Priority": "P1", "Resolution": "Dichtung neu", "Work Log": "Zwei Stunden",
        "Account Name": "Acme", "Account ID": "a1", "Date Created": "31.01.2026 15:05",
        "Date Modified": "02.02.2026 10:00", "Deleted": "0", "State": "Closed",
    },
    {
        "Number": "8", "ID": "k2", "Subject": "Preis?", "Status": "Open_Assigned", "Account Name": "Fremd AG",
        "Account ID": "a9", "Date Created": "31.01.2026 15:05", "Date Modified": "02.02.2026 10:00", "State": "Open",
    },
]  # fmt: skip


@pytest.fixture
def folder(data_dir: Path, tmp_path: Path) -> Path:
    """Three modules, exported with their real headers by a user who writes dates in the German way."""
    folder = tmp_path / "export"
    folder.mkdir()
    for name, rows in ("Accounts", ACCOUNTS), ("Contacts", CONTACTS), ("Cases", CASES):
        text = under(data_dir / HEADERS / f"{name}.header.csv", *rows)
        (folder / f"{name}.csv").write_text(text, encoding="cp1252")
    return folder


@pytest.mark.realdata
def test_modules_bring_accounts_contacts_and_cases(folder: Path, tmp_path: Path, north: Team) -> None:
    batch = bring(folder, "sugar", north, reports=tmp_path, encoding="cp1252")
    assert changes(batch) == {
        "customers": 6, "relations": 5, "consents": 1, "interactions": 1, "tickets": 2,
    }  # fmt: skip
    assert refusals(batch) == ["was deleted in the source: left out"]
    acme = Customer.objects.get(name="Acme")
    assert (acme.country, acme.created_at) == ("DE", datetime(2026, 1, 31, 15, 5, tzinfo=UTC))
    emails = ContactPoint.objects.filter(customer=acme, kind="email")
    assert {(p.value, p.label, p.is_primary) for p in emails} == {
        ("info@acme.example", "", True),
        ("sales@acme.example", "other", False),
        ("help@acme.example", "other", False),
    }
    joerg = Customer.objects.get(name="Jörg Groß")
    assert joerg.attributes == {"title": "Leiter", "birth_date": "1980-02-29", "lawful_basis": "consent"}
    told = Relation.objects.values_list("type__code", "from_customer__name", "to_customer__name", "role")
    assert set(told) == {
        ("client", "Acme", None, ""),
        ("parent-of", "Parent AG", "Acme", ""),
        ("works-for", "Jörg Groß", "Acme", "Leiter"),
        ("works-for", "Alt", "Neue GmbH", ""),
        ("reports-to", "Jörg Groß", "Alt", ""),
    }
    assert Consent.objects.get().channel == "phone"
    assert Interaction.objects.get().body == "Spricht\nSächsisch"


@pytest.mark.realdata
def test_a_case_is_of_its_account_which_is_made_where_it_did_not_come_along(
    folder: Path, tmp_path: Path, north: Team
) -> None:
    bring(folder, "sugar", north, reports=tmp_path, encoding="cp1252")
    closed, open_ = Ticket.objects.order_by("number")
    assert (closed.customer.name, closed.status, closed.priority) == ("Acme", "closed", 3)
    assert closed.solved_at == datetime(2026, 2, 2, 10, tzinfo=UTC)
    assert list(Message.objects.filter(ticket=closed).values_list("kind", "body")) == [
        ("reply", "Seit gestern."),
        ("note", "Resolution: Dichtung neu"),
        ("note", "Work Log: Zwei Stunden"),
    ]
    assert (open_.customer.name, open_.customer.kind, open_.status) == ("Fremd AG", "organisation", "open")
    assert open_.customer.external_ids.get().source_id == "a9"
    assert changes(bring(folder, "sugar", north, reports=tmp_path, encoding="cp1252")) == {}


def test_the_number_may_be_called_case_number(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "Cases.csv"
    path.write_text("Case Number;ID;Subject;Account Name;Date Created\n9;k9;Hum;Acme;2026-01-31 15:05:00\n")
    assert changes(bring(path, "sugar", north, reports=tmp_path)) == {"customers": 1, "tickets": 1}
    assert Ticket.objects.get().number == "9"
