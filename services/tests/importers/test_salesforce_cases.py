from datetime import UTC, datetime
from pathlib import Path

import pytest

from customers.choices import Factor
from customers.models import Customer, Observation, Team
from services.models import Agent, Message, Ticket, TicketEvent
from tests.cast import make_user
from tests.foreign import bring, changes, refusals, under

pytestmark = pytest.mark.django_db
HEADERS = "export_headers/salesforce_headers"
ACME, ANN = "001Ec00000GGw3hIAD", "003Ec00000Cz30UIAR"
PEOPLE = {
    "Account.csv": f"Id,Name,BillingCity\n{ACME},Acme,Leeds\n",
    "Contact.csv": f"Id,AccountId,LastName\n{ANN},{ACME},Lee\n",
}
CASES = [
    {
        "Id": "500Ec000009YUY8", "IsDeleted": "0", "CaseNumber": "00001014", "ContactId": ANN, "AccountId": ACME,
        "Type": "Mechanical", "Status": "Closed", "Reason": "Installation", "Origin": "Phone", "Subject": "Pump leaks",
        "Priority": "High", "Description": "It drips.", "IsClosed": "1", "ClosedDate": "2026-02-02 10:00:00",
        "OwnerId": "ann@candid.example", "CreatedDate": "2026-02-01 09:00:00",
        "LastModifiedDate": "2026-02-03 09:00:00",
    },
    {
        "Id": "500Ec000009YUY9", "CaseNumber": "00001015", "SuppliedName": "Zoe", "SuppliedEmail": "zoe@else.example",
        "Status": "Escalated", "Origin": "Fax", "Subject": "", "Priority": "Medium", "Description": "No answer yet",
        "IsClosed": "0", "CreatedDate": "2026-02-01 09:00:00", "LastModifiedDate": "2026-02-03 09:00:00",
    },
    {"Id": "500Ec000009YUYA", "CaseNumber": "00001016", "ContactId": "003Ec00000GGw3hIAD", "CreatedDate": "2026-02-01"},
    {"Id": "500Ec000009YUYB", "IsDeleted": "1", "CaseNumber": "00001017", "CreatedDate": "2026-02-01"},
    {"Id": "500Ec000009YUYC", "CaseNumber": "00001018", "Subject": "Nobody's", "CreatedDate": "2026-02-01"},
]  # fmt: skip
COMMENTS = [
    {
        "Id": "00a1", "ParentId": "500Ec000009YUY8IAO", "IsPublished": "1", "CommentBody": "We come tomorrow.",
        "CreatedDate": "2026-02-01 11:00:00", "IsDeleted": "0",
    },
    {
        "Id": "00a2", "ParentId": "500Ec000009YUY8", "IsPublished": "0", "CommentBody": "Seal is worn.",
        "CreatedDate": "2026-02-01 12:00:00", "IsDeleted": "0",
    },
    {"Id": "00a3", "ParentId": "500Ec000009YUYZ", "CommentBody": "Lost", "CreatedDate": "2026-02-01 12:00:00"},
]  # fmt: skip


@pytest.fixture
def folder(data_dir: Path, tmp_path: Path, north: Team) -> Path:
    """A weekly export with its real headers."""
    Agent.objects.create(user=make_user("agnes", north, email="ann@candid.example"), name="Agnes")
    folder = tmp_path / "export"
    folder.mkdir()
    for name, text in PEOPLE.items():
        (folder / name).write_text(text)
    headers = data_dir / HEADERS
    (folder / "Case.csv").write_text(under(headers / "weekly-export.Case.header.csv", *CASES))
    (folder / "CaseComment.csv").write_text(under(headers / "weekly-export.CaseComment.header.csv", *COMMENTS))
    return folder


@pytest.mark.realdata
def test_a_case_is_a_ticket_with_its_history_and_comments(folder: Path, tmp_path: Path, north: Team) -> None:
    batch = bring(folder, "salesforce", north, reports=tmp_path)
    assert changes(batch) == {"customers": 4, "relations": 1, "tickets": 3, "messages": 2}
    assert refusals(batch) == [
        "was deleted in the source: left out",
        "there is no customer “003Ec00000GGw3hIAD”: import it first",
        "there is no ticket “500Ec000009YUYZIA4”: import it first",
    ]
    ticket = Ticket.objects.get(number="00001014")
    assert (ticket.customer.name, ticket.requester and ticket.requester.name) == ("Acme", "Lee")
    assert (ticket.status, ticket.channel, ticket.priority, ticket.policy) == ("closed", "phone", 3, None)
    assert ticket.service_type and ticket.service_type.code == "mechanical"
    assert ticket.assignee and ticket.assignee.name == "Agnes"
    assert ticket.attributes == {"reason": "Installation"}
    assert ticket.solved_at == datetime(2026, 2, 2, 10, tzinfo=UTC)
    assert ticket.first_replied_at == datetime(2026, 2, 1, 11, tzinfo=UTC)
    events = TicketEvent.objects.filter(ticket=ticket).order_by("at").values_list("kind", "status_after")
    assert list(events) == [("opened", "new"), ("agent_reply", "new"), ("note", "new"), ("status", "closed")]
    said = Message.objects.filter(ticket=ticket).values_list("direction", "kind", "body")
    assert list(said) == [
        ("inbound", "reply", "It drips."),
        ("outbound", "reply", "We come tomorrow."),
        ("internal", "note", "Seal is worn."),
    ]


@pytest.mark.realdata
def test_who_filled_in_the_form_is_the_customer_where_there_is_no_other(
    folder: Path, tmp_path: Path, north: Team
) -> None:
    bring(folder, "salesforce", north, reports=tmp_path)
    zoe = Ticket.objects.get(number="00001015")
    assert (zoe.customer.name, zoe.requester, zoe.customer.kind) == ("Zoe", None, "person")
    assert (zoe.status, zoe.channel, zoe.subject) == ("open", "api", "No answer yet")
    assert zoe.attributes == {"status": "Escalated", "channel": "Fax"}
    assert zoe.customer == Customer.objects.reached_at("email", "Zoe@else.example").get()
    assert Ticket.objects.get(number="00001018").customer.name == "Unknown customer"


@pytest.mark.realdata
def test_nobody_is_said_to_have_waited_and_a_solved_case_is_a_promise_kept(
    folder: Path, tmp_path: Path, north: Team
) -> None:
    bring(folder, "salesforce", north, reports=tmp_path)
    facts = Observation.objects.filter(subject_type="ticket").values_list("factor", "value", "reference")
    assert set(facts) == {(Factor.RELIABILITY, 1.0, 1.0)}


@pytest.mark.realdata
def test_the_same_again_changes_nothing_and_an_export_of_later_adds_what_happened(
    folder: Path, tmp_path: Path, north: Team
) -> None:
    bring(folder, "salesforce", north, reports=tmp_path)
    before = list(TicketEvent.objects.order_by("pk").values())
    assert changes(bring(folder, "salesforce", north, reports=tmp_path)) == {}
    assert list(TicketEvent.objects.order_by("pk").values()) == before
    later = (folder / "Case.csv").read_text()
    later = later.replace('"Escalated"', '"Closed"').replace("2026-02-03 09:00:00", "2026-03-01 09:00:00")
    (folder / "Case.csv").write_text(later.replace('"IsClosed":"0"', '"IsClosed":"1"'))
    assert changes(bring(folder, "salesforce", north, reports=tmp_path)) == {"tickets": 1}
    zoe = Ticket.objects.get(number="00001015")
    assert (zoe.status, zoe.solved_at) == ("closed", datetime(2026, 3, 1, 9, tzinfo=UTC))
    kinds = TicketEvent.objects.filter(ticket=zoe).order_by("at", "pk").values_list("kind", "status_after")
    assert list(kinds) == [("opened", "new"), ("status", "open"), ("status", "closed")]


@pytest.mark.realdata
@pytest.mark.parametrize("sample", ["salesforce_workshop", "salesforce_genai"])
def test_the_cases_of_the_samples_load_and_load_again_unchanged(
    sample: str, data_dir: Path, tmp_path: Path, north: Team
) -> None:
    batch = bring(data_dir / sample, "salesforce", north, reports=tmp_path)
    assert (changes(batch)["tickets"], refusals(batch)) == (40, [])
    closed = 14 if sample == "salesforce_workshop" else 32
    assert Ticket.objects.filter(status="closed").count() == closed
    again = bring(data_dir / sample, "salesforce", north, reports=tmp_path)
    assert changes(again) == {}
    assert again.counts["tickets"]["unchanged"] == 40


@pytest.mark.realdata
def test_the_numbers_of_two_companies_keep_apart(data_dir: Path, tmp_path: Path, north: Team) -> None:
    for sample in ("salesforce_workshop", "salesforce_genai", "salesforce_workshop", "salesforce_genai"):
        batch = bring(data_dir / sample, "salesforce", north, reports=tmp_path, source=sample)
    assert changes(batch) == {}
    assert Ticket.objects.count() == 80
    assert Ticket.objects.filter(number__startswith="salesforce_genai-0000").count() == 8
