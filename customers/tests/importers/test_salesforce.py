from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from customers.importers.salesforce import salesforce_id
from customers.models import Consent, ContactPoint, CustomAttribute, Customer, Interaction, Relation, Team
from tests.foreign import bring, changes, refusals, under

pytestmark = pytest.mark.django_db
HEADERS = "export_headers/salesforce_headers"
NOBODY = "000000000000000AAA"
ACME, PARENT, ANN, BOB = ("001Ec00000GGw3hIAD", "001Ec00000GGw3iIAD", "003Ec00000Cz30UIAR", "003Ec00000Cz30VIAR")


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("001Ec00000GGw3h", "001Ec00000GGw3hIAD"),
        ("001Ec00000GGw3hIAD", "001Ec00000GGw3hIAD"),
        (NOBODY, ""),
        ("000000000000000", ""),
        ("", ""),
        ("12", "12"),
    ],
)
def test_an_id_of_fifteen_signs_is_the_one_of_eighteen_and_noughts_are_nobody(text: str, id: str) -> None:
    assert salesforce_id(text) == id


def related() -> set[tuple[str, str, str, str]]:
    rows = Relation.objects.select_related("type", "from_customer", "to_customer")
    return {(r.type.code, r.from_customer.name, r.to_customer.name if r.to_customer else "us", r.role) for r in rows}


@pytest.mark.realdata
def test_data_loader_files_bring_accounts_contacts_and_how_they_relate(
    data_dir: Path, tmp_path: Path, north: Team
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    accounts = [
        {
            "Id": ACME, "IsDeleted": "false", "Name": "Acme “Pumps” & Co", "Type": "Customer - Direct",
            "ParentId": PARENT[:15], "BillingStreet": "1 Mill Rd\nUnit 2", "BillingCity": "Leeds",
            "BillingPostalCode": "LS1 4AP", "BillingCountry": "United Kingdom", "Phone": "0113 496 0000",
            "Website": "acme.example", "Industry": "Machinery", "AnnualRevenue": "1250000.5",
            "NumberOfEmployees": "250", "CreatedDate": "2026-01-02T22:07:23.000Z", "CustomerPriority__c": "High",
            "Active__c": "Yes", "SLAExpirationDate__c": "2027-01-31",
        },
        {"Id": PARENT, "IsDeleted": "false", "Name": "Parent plc", "Type": "Competitor"},
        {"Id": "001Ec00000GGw3jIAD", "IsDeleted": "true", "Name": "Gone Ltd", "ParentId": PARENT},
    ]  # fmt: skip
    contacts = [
        {
            "Id": ANN, "AccountId": ACME, "LastName": "Lee", "FirstName": "Ann", "Salutation": "Dr.", "Name": "Ann Lee",
            "Email": "ann@acme.example", "MobilePhone": "+44 7700 900123", "Title": "CFO", "Birthdate": "1980-02-29",
            "MailingCity": "Leeds", "MailingCountry": "UK", "Description": "Prefers mornings",
            "CreatedDate": "2026-01-03T08:00:00.000Z", "Languages__c": "English",
        },
        {"Id": BOB, "AccountId": NOBODY, "LastName": "Ray", "ReportsToId": ANN[:15], "Title": "Clerk"},
    ]  # fmt: skip
    header = data_dir / HEADERS
    (folder / "Account.csv").write_text(under(header / "dataloader.Account.header.csv", *accounts))
    (folder / "Contact.csv").write_text(under(header / "dataloader.Contact.header.csv", *contacts))
    batch = bring(folder, "salesforce", north, reports=tmp_path)
    assert changes(batch) == {"customers": 4, "relations": 4, "interactions": 1}
    assert refusals(batch) == ["was deleted in the source: left out"]
    assert related() == {
        ("parent-of", "Parent plc", "Acme “Pumps” & Co", ""),
        ("works-for", "Ann Lee", "Acme “Pumps” & Co", "CFO"),
        ("reports-to", "Ray", "Ann Lee", ""),
        ("client", "Acme “Pumps” & Co", "us", ""),
    }
    acme = Customer.objects.get(external_ids__source_id=ACME)
    assert (acme.kind, acme.country, acme.industry) == ("organisation", "GB", "Machinery")
    assert acme.created_at == datetime(2026, 1, 2, 22, 7, 23, tzinfo=UTC)
    assert acme.attributes == {
        "website": "acme.example", "annual_revenue": 1250000.5, "employees": 250, "customer_priority": "High",
        "active": True, "sla_expiration_date": "2027-01-31", "account_type": "Customer - Direct",
    }  # fmt: skip
    points = {(p.kind, p.label, p.value) for p in ContactPoint.objects.filter(customer=acme)}
    assert points == {
        ("phone", "", "0113 496 0000"),
        ("address", "billing", "1 Mill Rd\nUnit 2, Leeds, LS1 4AP, United Kingdom"),
    }
    ann = Customer.objects.get(name="Ann Lee")
    assert (ann.kind, ann.given_name, ann.family_name, ann.country) == ("person", "Ann", "Lee", "GB")
    assert ann.attributes["birth_date"] == "1980-02-29"
    assert CustomAttribute.objects.get(code="birth_date").matching == "birth_date"
    assert Customer.objects.get(name="Ray").attributes == {"title": "Clerk"}
    assert Interaction.objects.get().subject == "Prefers mornings"
    assert any("“Competitor” is no relation to us" in note for note in batch.options["notes"])
    again = bring(folder, "salesforce", north, reports=tmp_path)
    assert changes(again) == {}


@pytest.mark.realdata
def test_the_weekly_export_says_yes_with_one_and_forbids_contact(data_dir: Path, tmp_path: Path, north: Team) -> None:
    rows = [
        {
            "Id": ANN, "IsDeleted": "0", "AccountId": NOBODY, "FirstName": "André", "LastName": "Müller",
            "HasOptedOutOfEmail": "1", "DoNotCall": "0", "CreatedDate": "2026-01-03 08:00:00",
            "MailingCountryCode": "DE", "MailingCountry": "Germany", "OwnerId": "005000000000001AAA",
        },
        {"Id": BOB, "IsDeleted": "1", "LastName": "Gone", "HasOptedOutOfEmail": "1"},
    ]  # fmt: skip
    path = tmp_path / "Contact.csv"
    path.write_text(under(data_dir / HEADERS / "weekly-export.Contact.header.csv", *rows), encoding="cp1252")
    batch = bring(path, "salesforce", north, reports=tmp_path, encoding="cp1252")
    assert changes(batch) == {"customers": 1, "consents": 1}
    andre = Customer.objects.get()
    assert (andre.name, andre.country, andre.owner) == ("André Müller", "DE", None)
    assert andre.created_at == datetime(2026, 1, 3, 8, tzinfo=UTC)
    consent = Consent.objects.get()
    assert (consent.purpose, consent.channel, consent.is_given) == ("marketing", "email", False)
    assert list(batch.options["notes"]) == ["nobody here is called “005000000000001AAA”: not put down to anybody"]
    assert changes(bring(path, "salesforce", north, reports=tmp_path, encoding="cp1252")) == {}


def test_headers_in_upper_case_are_the_same(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f'"ID","NAME","BILLINGCITY","PARENTID"\n"{ACME}","Acme","Leeds",""\n')
    assert changes(bring(path, "salesforce", north, reports=tmp_path)) == {"customers": 1}
    assert ContactPoint.objects.get().value == "Leeds"


def test_a_person_works_for_several_accounts_and_a_direct_row_adds_to_the_one_of_the_contact(
    tmp_path: Path, north: Team
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "Account.csv").write_text(f"Id,Name,BillingCity\n{ACME},Acme,Leeds\n{PARENT},Parent,York\n")
    (folder / "Contact.csv").write_text(f"Id,AccountId,LastName,Title\n{ANN},{ACME},Lee,CFO\n{BOB},{ACME},Ray,\n")
    header = "Id,AccountId,ContactId,Roles,IsDirect,IsActive,StartDate,EndDate,LastModifiedDate\n"
    rows = [
        f"07k1,{ACME},{ANN},Decision Maker;Influencer,1,1,2020-01-01,,2026-01-01 00:00:00",
        f"07k2,{PARENT},{ANN},Board Member,0,1,,,2026-01-01 00:00:00",
        f"07k3,{ACME},{BOB},,1,0,,,2026-02-03 00:00:00",
    ]
    (folder / "AccountContactRelation.csv").write_text(header + "\n".join(rows))
    batch = bring(folder, "salesforce", north, reports=tmp_path)
    assert batch.counts["relations"]["created"] == 3
    assert related() == {
        ("works-for", "Lee", "Acme", "CFO"),
        ("works-for", "Lee", "Parent", "Board Member"),
        ("works-for", "Ray", "Acme", ""),
    }
    direct = Relation.objects.get(role="CFO")
    assert (direct.since, direct.note) == (date(2020, 1, 1), "Decision Maker, Influencer")
    assert Relation.objects.get(from_customer__name="Ray").until == date(2026, 2, 3)
    assert changes(bring(folder, "salesforce", north, reports=tmp_path)) == {}


def test_a_lead_is_a_prospect_of_a_company_that_is_made_once_and_a_converted_one_is_left_out(
    tmp_path: Path, north: Team
) -> None:
    path = tmp_path / "Lead.csv"
    path.write_text(
        "Id,LastName,FirstName,Company,Title,Status,IsConverted,Email\n"
        "00Q1,Kim,Bo,Globex,Buyer,New,0,bo@globex.example\n"
        "00Q2,Lim,Al, GLOBEX ,,New,0,\n"
        "00Q3,Dim,Cy,Initech,,Closed,1,\n"
    )
    batch = bring(path, "salesforce", north, reports=tmp_path)
    assert changes(batch) == {"customers": 3, "relations": 4}
    assert refusals(batch) == ["became a contact in the source, who is imported as such: left out"]
    assert related() == {
        ("prospect", "Bo Kim", "us", ""),
        ("prospect", "Al Lim", "us", ""),
        ("works-for", "Bo Kim", "Globex", "Buyer"),
        ("works-for", "Al Lim", "Globex", ""),
    }
    assert changes(bring(path, "salesforce", north, reports=tmp_path)) == {}


def test_a_task_is_an_interaction_that_keeps_what_has_no_place_of_its_own(tmp_path: Path, north: Team) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "Contact.csv").write_text(f"Id,AccountId,LastName\n{ANN},,Lee\n")
    (folder / "Task.csv").write_text(
        "Id,WhoId,WhatId,Subject,ActivityDate,Status,Description,TaskSubtype,CallType,CreatedDate\n"
        f"00T1,{ANN},,Asked for prices,2026-01-05,Completed,Wants ten,Call,Inbound,2026-01-04T10:00:00.000Z\n"
        "00T2,,,Nobody's,2026-01-05,Completed,,Task,,2026-01-04T10:00:00.000Z\n"
    )
    batch = bring(folder, "salesforce", north, reports=tmp_path)
    assert changes(batch) == {"customers": 1, "interactions": 1}
    assert refusals(batch) == ["names no customer"]
    call = Interaction.objects.get()
    assert (call.kind, call.direction, call.subject) == ("call", "inbound", "Asked for prices")
    assert call.body == "Wants ten\nStatus: Completed"
    assert call.at == datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("sample", "customers", "relations", "interactions"),
    [("salesforce_workshop", 184, 142, 75), ("salesforce_genai", 154, 63, 2)],
)
def test_the_samples_load_with_relations_and_load_again_unchanged(
    sample: str, customers: int, relations: int, interactions: int, data_dir: Path, tmp_path: Path, north: Team
) -> None:
    batch = bring(data_dir / sample, "salesforce", north, reports=tmp_path)
    got = changes(batch)
    assert (got["customers"], got["relations"], got["interactions"]) == (customers, relations, interactions)
    assert refusals(batch) == []
    assert Customer.objects.count() == customers
    assert Relation.objects.count() == relations
    before = list(Customer.objects.order_by("pk").values()), list(Relation.objects.order_by("pk").values())
    again = bring(data_dir / sample, "salesforce", north, reports=tmp_path)
    assert changes(again) == {}
    assert again.counts["customers"]["unchanged"] == customers
    assert (list(Customer.objects.order_by("pk").values()), list(Relation.objects.order_by("pk").values())) == before


@pytest.mark.realdata
def test_attributes_of_the_sample_have_types(data_dir: Path, tmp_path: Path, north: Team) -> None:
    bring(data_dir / "salesforce_workshop", "salesforce", north, reports=tmp_path)
    types = dict(CustomAttribute.objects.values_list("code", "type"))
    told = {
        "employed": "yes_no", "annual_income": "number", "education_level": "choice", "birth_date": "date",
        "last_activity_date": "date", "driving_license_number": "text", "designation": "text", "gender": "choice",
        "external_id": "text", "is_unread_by_owner": "yes_no",
    }  # fmt: skip
    assert {code: types[code] for code in told} == told
    assert "middle_name" not in types  # no row has one
    kinds = dict(CustomAttribute.objects.values_list("code", "kind"))
    assert (kinds["employees"], kinds["designation"], kinds["external_id"]) == ("organisation", "person", "")
