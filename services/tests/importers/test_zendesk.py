import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from customers.choices import Factor
from customers.models import Customer, Observation, Relation, Team
from services.models import SatisfactionRating, Ticket, TicketEvent
from tests.foreign import bring, changes, refusals, under, written

pytestmark = pytest.mark.django_db
HEADERS = "export_headers/zendesk"
TICKETS = [
    {
        "Summation column": "1", "Id": "41", "Requester": "Ann Lee", "Requester id": "9001",
        "Requester email": "ann@acme.example", "Requester domain": "acme.example", "Submitter": "Ann Lee",
        "Assignee": "-", "Group": "Pumps", "Subject": "Pump leaks", "Tags": "pump leak", "Status": "Solved",
        "Priority": "High", "Via": "Mail", "Ticket type": "Problem", "Created at": "2026-02-02 09:00",
        "Updated at": "2026-02-04 09:00", "Organization": "Acme", "Solved at": "2026-02-03 09:00",
        "Satisfaction Score": "Good", "Reopens": "0", "Replies": "2", "First reply time in minutes": "90",
    },
    {
        "Id": "42", "Requester": "Bo", "Requester id": "9002", "Status": "Hold", "Priority": "-", "Via": "Web form",
        "Group": "-", "Subject": "Price?", "Created at": "2026-02-02 09:00", "Updated at": "2026-02-04 09:00",
        "Organization": "-", "Satisfaction Score": "Unoffered",
    },
]  # fmt: skip


@pytest.mark.realdata
def test_the_csv_brings_tickets_with_who_asked_and_for_whom_they_work(
    data_dir: Path, tmp_path: Path, north: Team
) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(under(data_dir / HEADERS / "tickets.legacy-csv-export.header.csv", *TICKETS))
    batch = bring(path, "zendesk", north, reports=tmp_path)
    assert changes(batch) == {"customers": 3, "relations": 1, "tickets": 2, "ratings": 1}
    solved, held = Ticket.objects.order_by("number")
    assert (solved.customer.name, solved.requester and solved.requester.name) == ("Acme", "Ann Lee")
    assert (solved.queue.name, solved.channel, solved.status, solved.priority) == ("Pumps", "email", "solved", 3)
    assert solved.first_replied_at == datetime(2026, 2, 2, 10, 30, tzinfo=UTC)
    assert solved.solved_at == datetime(2026, 2, 3, 9, tzinfo=UTC)
    assert solved.attributes["tags"] == "pump leak"
    assert (held.customer.name, held.requester, held.status, held.queue.name) == ("Bo", None, "on_hold", "Zendesk")
    rating = SatisfactionRating.objects.get()
    assert (rating.value, rating.customer.name, rating.ticket) == (5, "Ann Lee", solved)
    works = Relation.objects.get()
    assert (works.from_customer.name, works.to_customer and works.to_customer.name) == ("Ann Lee", "Acme")
    assert changes(bring(path, "zendesk", north, reports=tmp_path)) == {}


@pytest.mark.realdata
def test_the_time_to_reply_counts_for_both_customers(data_dir: Path, tmp_path: Path, north: Team) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(under(data_dir / HEADERS / "tickets.legacy-csv-export.header.csv", TICKETS[0]))
    bring(path, "zendesk", north, reports=tmp_path)
    replies = Observation.objects.filter(factor=Factor.RESPONSIVENESS).values_list("value", flat=True)
    assert list(replies) == [90 * 60.0, 90 * 60.0]  # a Monday, within office hours
    kinds = TicketEvent.objects.order_by("at", "pk").values_list("kind", "status_after")
    assert list(kinds) == [("opened", "new"), ("agent_reply", "open"), ("status", "solved"), ("rated", "solved")]


def test_fields_of_a_company_have_the_type_that_stands_behind_their_name(tmp_path: Path, north: Team) -> None:
    columns = ["Id", "Requester", "Requester id", "Created at", "Via", "Model [list]", "Weight [dec]", "VIP [flag]"]
    row = dict(zip(columns, ["1", "Ann", "9", "2026-02-02 09:00", "API", "P-7", "2.50", "1"], strict=True))
    path = tmp_path / "t.csv"
    path.write_text(written(columns, row))
    bring(path, "zendesk", north, reports=tmp_path)
    assert Ticket.objects.get().attributes == {"model": "P-7", "weight": 2.5, "vip": True}


@pytest.mark.realdata
def test_json_brings_tickets_whose_people_stand_in_another_file(data_dir: Path, tmp_path: Path, north: Team) -> None:
    keys = (data_dir / HEADERS / "ticket.json-keys.txt").read_text().splitlines()
    names = {line.split(" ")[0] for line in keys if line and not line.startswith("also seen")}
    ticket = {
        "id": 41, "subject": "Pump leaks", "description": "It drips.", "status": "closed", "priority": "urgent",
        "type": "incident", "requester_id": 9001, "assignee_id": 5, "tags": ["pump", "leak"],
        "raw_subject": "Pump leaks",
        "created_at": "2026-02-02T09:00:00Z", "updated_at": "2026-02-04T09:00:00Z", "via": {"channel": "voice"},
        "satisfaction_rating": {"id": 3, "score": "bad", "comment": "Too slow"}, "organization_id": 77,
        "custom_fields": [{"id": 360001, "value": "P-7"}, {"id": 360002, "value": None}],
    }  # fmt: skip
    assert ticket.keys() <= names
    unknown = {**ticket, "id": 42, "requester_id": 9009, "satisfaction_rating": {"score": "unoffered"}}
    users = [
        {"id": 9001, "name": "Ann Lee", "email": "ann@acme.example", "role": "end-user", "locale": "en-GB"},
        {"id": 5, "name": "Agnes", "email": "agnes@candid.example", "role": "agent"},
    ]
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "tickets.jsonl").write_text("\n".join(json.dumps(row) for row in (ticket, unknown)))
    (folder / "users.json").write_text(json.dumps({"users": users, "count": 2}))
    batch = bring(folder, "zendesk", north, reports=tmp_path)
    assert changes(batch) == {"customers": 2, "tickets": 2, "ratings": 1}
    assert refusals(batch) == ["is one of the staff of the source, no customer: left out"]
    told, untold = Ticket.objects.order_by("number")
    assert (told.customer.name, told.customer.language) == ("Ann Lee", "en-GB")
    assert untold.customer.name == "Zendesk 9009"
    assert (told.status, told.channel, told.priority) == ("closed", "phone", 4)
    assert told.attributes == {"tags": "pump;leak", "organization_id": "77", "custom_fields_360001": "P-7"}
    assert (SatisfactionRating.objects.get().value, SatisfactionRating.objects.get().comment) == (1, "Too slow")
    assert Customer.objects.reached_at("email", "ann@acme.example").get() == told.customer
    assert changes(bring(folder, "zendesk", north, reports=tmp_path)) == {}
