import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from customers.importers.files.sheet import ImportStopped
from customers.models import Consent, ContactPoint, Customer, Relation, Team
from services.models import SatisfactionRating, Ticket
from tests.foreign import bring, changes, under

pytestmark = pytest.mark.django_db
HEADERS = "export_headers/dynamics365"
ACME, ANN, CASE = (
    "{A16B3F4B-1BE7-E611-8101-E0071B6AF231}",
    "465b158c-541c-e511-80d3-3863bb347ba8",
    "f1c5d1f2-0000-4000-8000-000000000001",
)
ACCOUNTS = [
    {
        "(Do Not Modify) Account": ACME, "(Do Not Modify) Row Checksum": "tUx==",
        "(Do Not Modify) Modified On": "1/31/2026 3:05 PM", "Account Name": "Acme", "Main Phone": "555-0100",
        "Primary Contact": "Ann Lee", "Email (Primary Contact) (Contact)": "ann@acme.example",
    }
]  # fmt: skip
CONTACTS = [
    {
        "(Do Not Modify) Contact": ANN, "(Do Not Modify) Modified On": "1/31/2026 3:05 PM", "Full Name": "Ann Lee",
        "First Name": "Ann", "Last Name": "Lee", "Company Name": "Acme", "Job Title": "CFO",
        "Email": "ann@acme.example", "Business Phone": "555-0101", "Mobile Phone": "555-0102",
    },
    {
        "(Do Not Modify) Contact": ANN.replace("8", "9"), "Full Name": "Bo Ray", "Company Name": "Globex",
    },
]  # fmt: skip
CASES = [
    {
        "(Do Not Modify) Case": CASE, "(Do Not Modify) Modified On": "2/3/2026 9:00 AM", "Case Title": "Pump leaks",
        "Case Number": "CAS-01001-X1", "Customer": "Acme", "Owner": "Somebody Else", "Priority": "Normal",
        "Status": "Resolved", "Status Reason": "Problem Solved", "Case Type": "Problem",
        "Created On": "1/31/2026 3:05 PM", "Resolution Date": "2/2/2026 10:00 AM",
    },
    {
        "(Do Not Modify) Case": CASE[:-1] + "2", "(Do Not Modify) Modified On": "2/3/2026 9:00 AM",
        "Case Title": "Price?", "Case Number": "CAS-01002-X1", "Customer": "Ann Lee", "Status": "Active",
        "Status Reason": "Waiting for Details", "Created On": "1/31/2026 3:05 PM",
    },
]  # fmt: skip


@pytest.fixture
def folder(data_dir: Path, tmp_path: Path) -> Path:
    """Three views, exported with their real headers."""
    folder = tmp_path / "export"
    folder.mkdir()
    for name, rows in ("account", ACCOUNTS), ("contact", CONTACTS), ("case", CASES):
        (folder / f"{name}.csv").write_text(under(data_dir / HEADERS / f"{name}.view-export.header.csv", *rows))
    return folder


@pytest.mark.realdata
def test_views_bring_accounts_contacts_who_work_for_them_and_cases(folder: Path, tmp_path: Path, north: Team) -> None:
    batch = bring(folder, "dynamics", north, reports=tmp_path)
    assert changes(batch) == {"customers": 4, "relations": 2, "tickets": 2}
    acme = Customer.objects.get(name="Acme")
    assert acme.external_ids.get().source_id == ACME.strip("{}").lower()
    assert acme.attributes == {"primary_contact": "Ann Lee"}
    reached = ContactPoint.objects.filter(customer=acme)
    assert {(p.kind, p.label, p.value) for p in reached} == {
        ("phone", "", "555-0100"),
        ("email", "contact", "ann@acme.example"),
    }
    works = Relation.objects.filter(type__code="works-for").values_list(
        "from_customer__name", "to_customer__name", "role"
    )
    assert set(works) == {("Ann Lee", "Acme", "CFO"), ("Bo Ray", "Globex", "")}
    assert Customer.objects.get(name="Globex").kind == "organisation"


@pytest.mark.realdata
def test_a_case_is_of_the_account_or_contact_that_it_names_and_its_reason_says_how_it_stands(
    folder: Path, tmp_path: Path, north: Team
) -> None:
    batch = bring(folder, "dynamics", north, reports=tmp_path)
    solved, waiting = Ticket.objects.order_by("number")
    assert (solved.customer.name, solved.status, solved.priority) == ("Acme", "solved", 2)
    assert solved.created_at == datetime(2026, 1, 31, 15, 5, tzinfo=UTC)  # the files show the month first
    assert solved.solved_at == datetime(2026, 2, 2, 10, tzinfo=UTC)
    assert (waiting.customer.name, waiting.status) == ("Ann Lee", "pending")
    assert waiting.attributes == {"status": "Waiting for Details"}
    assert "no agent here is called “Somebody Else”: not assigned to anybody" in batch.options["notes"]
    assert changes(bring(folder, "dynamics", north, reports=tmp_path)) == {}


@pytest.mark.realdata
def test_dates_that_could_be_two_must_be_told(folder: Path, tmp_path: Path, north: Team) -> None:
    path = folder / "case.csv"
    path.write_text(path.read_text().replace("1/31/2026", "1/2/2026"))
    with pytest.raises(ImportStopped, match=r"like 2/3/2026 9:00 AM, could be day-first or .* --dates month"):
        bring(folder, "dynamics", north, reports=tmp_path)
    bring(folder, "dynamics", north, reports=tmp_path, options={"date_order": "day", "time_zone": "Europe/Berlin"})
    assert Ticket.objects.get(number="CAS-01001-X1").created_at == datetime(2026, 2, 1, 14, 5, tzinfo=UTC)


@pytest.mark.realdata
def test_logical_names_and_codes_are_read_as_the_web_api_gives_them(
    data_dir: Path, tmp_path: Path, north: Team
) -> None:
    names = (data_dir / HEADERS / "incident.logical-names.txt").read_text().splitlines()
    case = dict.fromkeys((name.split(" ")[0] for name in names), None) | {
        "incidentid": CASE, "title": "Pump leaks", "ticketnumber": "CAS-01001-X1", "description": "It drips.",
        "statecode": 0, "statuscode": 2, "prioritycode": 1, "caseorigincode": 2, "casetypecode": 2,
        "customersatisfactioncode": 4, "customerid": ACME, "contactid": ANN, "productserialnumber": "SN-7",
        "createdon": "2026-01-31T15:05:00Z", "modifiedon": "2026-02-01T15:05:00Z",
    }  # fmt: skip
    account = {
        "accountid": ACME, "name": "Acme", "telephone1": "555-0100", "websiteurl": "acme.example", "industrycode": 33,
        "address1_line1": "1 Mill Rd", "address1_city": "Leeds", "address1_country": "United Kingdom",
    }  # fmt: skip
    contact = {
        "contactid": ANN, "firstname": "Ann", "lastname": "Lee", "emailaddress1": "ann@acme.example",
        "telephone1": "555-0101", "mobilephone": "555-0102", "jobtitle": "CFO", "_parentcustomerid_value": ACME,
        "donotemail": True,
    }  # fmt: skip
    folder = tmp_path / "api"
    folder.mkdir()
    for name, row in ("accounts", account), ("contacts", contact), ("incidents", case):
        (folder / f"{name}.json").write_text(json.dumps({"@odata.context": "https://x.example", "value": [row]}))
    batch = bring(folder, "dynamics", north, reports=tmp_path)
    counts = {"customers": 2, "relations": 1, "consents": 1, "tickets": 1, "ratings": 1}
    assert changes(batch) == counts
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.priority, ticket.channel) == ("on_hold", 3, "email")
    assert (ticket.customer.name, ticket.requester and ticket.requester.name) == ("Acme", "Ann Lee")
    assert ticket.attributes == {"productserialnumber": "SN-7"}
    assert ticket.service_type and ticket.service_type.code == "problem"
    rating = SatisfactionRating.objects.get()
    assert (rating.value, rating.customer.name) == (4, "Ann Lee")
    assert Consent.objects.get().is_given is False
    assert Relation.objects.get().role == "CFO"
    acme = Customer.objects.get(name="Acme")
    assert (acme.country, acme.attributes) == ("GB", {"website": "acme.example", "industry_code": "33"})
    assert changes(bring(folder, "dynamics", north, reports=tmp_path)) == {}


def test_somebody_whom_a_case_only_names_is_the_contact_of_that_name_or_made_once(tmp_path: Path, north: Team) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "contacts.csv").write_text(f"contactid,lastname\n{ANN},Lee\n")
    (folder / "cases.csv").write_text(
        "incidentid,title,createdon,contact\n"
        "i1,One,2026-01-01,LEE\ni2,Two,2026-01-01,Zoe\ni3,Three,2026-01-01,zoe\ni4,Four,2026-01-01,\n"
    )
    batch = bring(folder, "dynamics", north, reports=tmp_path)
    assert changes(batch) == {"customers": 3, "tickets": 4}
    of = dict(Ticket.objects.values_list("source_id", "customer__name"))
    assert of == {"i1": "Lee", "i2": "Zoe", "i3": "Zoe", "i4": "Unknown customer"}
    assert changes(bring(folder, "dynamics", north, reports=tmp_path)) == {}
