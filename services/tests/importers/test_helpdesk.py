from datetime import UTC, datetime
from pathlib import Path

import pytest

from customers.models import Customer, Observation, Team
from services.models import Ticket, TicketEvent
from tests.foreign import bring, changes, refusals

pytestmark = pytest.mark.django_db
ROWS = """\
Case ID,Activity,Resource,Complete Timestamp,Variant,customer,product
Case 1,Assign seriousness,Value 1,2012/07/09 14:50:17.000,Variant 12,Value 7,Value 3
Case 1,Take in charge ticket,Value 2,2012/07/09 14:51:01.000,Variant 12,Value 7,Value 3
Case 1,Wait,Value 2,2012/07/10 09:00:00.000,Variant 12,Value 7,Value 3
Case 1,Resolve ticket,Value 2,2012/07/11 09:00:00.000,Variant 12,Value 7,Value 3
Case 1,Take in charge ticket,Value 9,2012/07/12 09:00:00.000,Variant 12,Value 7,Value 3
Case 1,Closed,Value 9,2012/07/13 09:00:00.000,Variant 12,Value 7,Value 3
Case 2,Closed,Value 9,soon,Variant 12,Value 8,Value 3
Case 1,Wait,Value 2,2012/07/14 09:00:00.000,Variant 12,Value 7,Value 3
"""


def test_activities_are_the_history_of_a_ticket(tmp_path: Path, north: Team) -> None:
    path = tmp_path / "log.csv"
    path.write_text(ROWS)
    batch = bring(path, "helpdesk", north, reports=tmp_path)
    assert changes(batch) == {"tickets": 1, "customers": 2}
    assert sorted(refusals(batch)) == [
        "its rows are not together: sort the file by case",
        "“soon” is no date that can be read",
    ]
    ticket = Ticket.objects.get()
    assert (ticket.customer.name, ticket.status, ticket.reopen_count) == ("Customer 7", "closed", 1)
    assert ticket.created_at == datetime(2012, 7, 9, 12, 50, 17, tzinfo=UTC)  # summer time in Rome
    assert ticket.attributes == {"product": "Value 3"}
    events = TicketEvent.objects.order_by("at", "pk").values_list("kind", "status_after")
    assert list(events) == [
        ("opened", "new"), ("note", "new"), ("assigned", "new"), ("status", "open"), ("status", "pending"),
        ("status", "solved"), ("assigned", "solved"), ("reopened", "open"), ("status", "closed"),
    ]  # fmt: skip


@pytest.mark.realdata
def test_the_real_log_loads_and_loads_again_unchanged(data_dir: Path, tmp_path: Path, north: Team) -> None:
    path = data_dir / "helpdesk" / "finale.csv.xz"
    batch = bring(path, "helpdesk", north, reports=tmp_path)
    assert (changes(batch), refusals(batch)) == ({"tickets": 4580, "customers": 395}, [])
    # of 4,557 closing is the last activity; one was verified after it
    assert Ticket.objects.filter(status="closed").count() == 4558
    assert Customer.objects.count() == 395
    facts = Observation.objects.count()
    again = bring(path, "helpdesk", north, reports=tmp_path)
    assert changes(again) == {}
    assert Observation.objects.count() == facts
