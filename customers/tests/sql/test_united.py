from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from customers.models import Consent, Customer, Interaction, Tag
from customers.operations.log_interaction import log_interaction
from customers.operations.record_consent import record_consent
from customers.sql.united import Part, columns, moment, united
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_lists_of_different_columns_come_in_one_query(
    acme: Customer, wang: Customer, django_assert_num_queries: Any
) -> None:
    for hour in range(5):
        log_interaction(
            customer=acme,
            kind="call",
            direction="inbound",
            subject=f"“{hour}” 100 % 王",
            author=None,
            happened_at=NOW - timedelta(hours=hour, microseconds=hour),
            at=NOW,
        )
    Tag.objects.create(name="VIP", colour="good")
    assert connection.features.supports_json_field  # asked of the database once a process
    with django_assert_num_queries(1):
        found = united(
            {
                "calls": Part(
                    Interaction.objects.filter(customer=acme).order_by("-at"),
                    2,
                    columns("at", "subject", who="customer__name"),
                ),
                "tags": Part(Tag.objects.order_by("name"), 9, columns("id", "name", "colour")),
                "nobody": Part(Customer.objects.filter(name="x").order_by("id"), 9, columns("id")),
            }
        )
    assert [(moment(row["at"]), row["subject"], row["who"]) for row in found["calls"]] == [
        (NOW, "“0” 100 % 王", "Acme Pumps"),
        (NOW - timedelta(hours=1, microseconds=1), "“1” 100 % 王", "Acme Pumps"),
    ]
    assert [(row["name"], row["colour"]) for row in found["tags"]] == [("VIP", "good")]
    assert found["nobody"] == []


def test_a_part_that_can_have_no_rows_is_empty(acme: Customer) -> None:
    parts = {
        "none": Part(Customer.objects.none(), 3, columns("id")),
        "some": Part(Customer.objects.order_by("id"), 3, columns("id")),
    }
    assert united(parts) == {"none": [], "some": [{"id": acme.pk}]}
    assert united({"none": parts["none"]}) == {"none": []}
    assert united({}) == {}


def test_values_come_as_json_has_them(acme: Customer) -> None:
    record_consent(customer=acme, purpose="survey", is_given=False, at=NOW)
    (row,) = united({"said": Part(Consent.objects.order_by("id"), 1, columns("is_given", "recorded_by", "at"))})["said"]
    assert (bool(row["is_given"]), row["recorded_by"], moment(row["at"])) == (False, None, NOW)


def test_a_moment_without_an_offset_is_in_utc() -> None:
    wanted = datetime(2026, 6, 3, 10, 0, 0, 5, tzinfo=UTC)
    for text in ("2026-06-03 10:00:00.000005", "2026-06-03T12:00:00.000005+02:00"):
        assert moment(text) == wanted
    assert moment(None) is None
