import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.operations.find_habits import find_habits, local_hours
from analytics.sql.arrays import as_moment
from analytics.sql.whose import Whose
from customers.models import Customer
from services.models import Message, Queue, ServiceType, Ticket
from tests.cast import NOW

DAY = timedelta(days=1)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"])
def test_hours_are_those_on_the_wall_summer_and_winter(zone: str) -> None:
    # every 17 minutes over both changes of 2026, which Lord Howe makes by half an hour
    moments = [
        datetime(2026, month, 1, tzinfo=UTC) + n * timedelta(minutes=17) for month in (4, 10) for n in range(3000)
    ]
    hours = local_hours(np.array([as_moment(at) for at in moments]), ZoneInfo(zone))
    assert hours.tolist() == [at.astimezone(ZoneInfo(zone)).hour for at in moments]


@pytest.mark.django_db
class TestHabits:
    def found(self, *customers: Customer, most: int = 5) -> dict[int, dict[str, list[dict[str, object]]]]:
        texts = find_habits(whose=Whose.these([c.pk for c in customers]), as_of=NOW, most=most)
        return {pk: json.loads(text) for pk, text in texts.items()}

    def test_who_asked_counts_and_not_whom_it_was_about(self, acme: Customer, wang: Customer, queue: Queue) -> None:
        Customer.objects.filter(pk=wang.pk).update(language="zh-hans", created_at=NOW - 9 * DAY)
        topic = ServiceType.objects.create(code="fit", name='安装 "now"')
        tickets = [
            Ticket.objects.create(
                number=f"T-{n}",
                subject="x",
                customer=acme,
                requester=wang if n else None,
                queue=queue,
                team=queue.team,
                channel="phone" if n else "email",
                service_type=topic if n == 1 else None,
                created_at=NOW - n * DAY,
            )
            for n in range(3)
        ]
        Message.objects.create(
            ticket=tickets[1], kind="reply", direction="inbound", customer=wang, body="x", at=NOW - DAY
        )
        found = self.found(acme, wang)
        assert [(row["value"], row["count"]) for row in found[acme.pk]["channel"]] == [("email", 1)]
        assert found[wang.pk]["channel"] == [
            {"value": "phone", "count": 2, "last_seen": (NOW - DAY).isoformat()},
        ]
        assert [(row["value"], row["count"]) for row in found[wang.pk]["topic"]] == [(topic.name, 1)]
        assert [row["value"] for row in found[wang.pk]["hour"]] == [(NOW - DAY).hour]
        assert [row["value"] for row in found[wang.pk]["language"]] == ["zh-hans"]

    def test_no_more_of_a_kind_than_asked_for(self, wang: Customer, queue: Queue) -> None:
        for n, channel in enumerate(("email", "phone", "web", "chat")):
            Ticket.objects.create(
                number=f"T-{n}",
                subject="x",
                customer=wang,
                queue=queue,
                team=queue.team,
                channel=channel,
                created_at=NOW - n * DAY,
            )
        assert [row["value"] for row in self.found(wang, most=2)[wang.pk]["channel"]] == ["email", "phone"]

    def test_nobody_is_nothing(self) -> None:
        assert self.found() == {}
