import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from analytics.models import PreferenceProfile, ScoreSnapshot
from analytics.operations.ensure_versions import ensure_versions
from analytics.sql.upsert import upsert
from analytics.tests.histories import DAY, score_everybody
from customers.models import Customer
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def profile(customer: Customer, as_of: datetime, categories: list[Any]) -> dict[str, Sequence[Any]]:
    _, version = ensure_versions(at=NOW)
    row = {
        "customer_id": customer.pk,
        "version_id": version.pk,
        "as_of": as_of,
        "computed_at": NOW,
        "activity_version": 1,
        "categories": json.dumps(categories),
        "products": "[]",
        "service": json.dumps({"channel": [{"value": "电话", "count": 2}]}),
    }
    return {name: [value] for name, value in row.items()}


def write(columns: dict[str, Sequence[Any]]) -> PreferenceProfile:
    upsert(PreferenceProfile, columns, key=["customer_id"], newest="as_of")
    return PreferenceProfile.objects.get()


def test_it_inserts_and_reads_back_what_was_given(acme: Customer) -> None:
    row = write(profile(acme, NOW, ["书"]))
    assert (row.as_of, row.categories, row.service) == (NOW, ["书"], {"channel": [{"value": "电话", "count": 2}]})


def test_a_newer_row_overwrites(acme: Customer) -> None:
    write(profile(acme, NOW, ["old"]))
    assert write(profile(acme, NOW + DAY, ["new"])).categories == ["new"]


def test_the_same_date_again_overwrites(acme: Customer) -> None:
    write(profile(acme, NOW, ["first"]))
    assert write(profile(acme, NOW, ["again"])).categories == ["again"]


def test_an_older_row_never_overwrites_a_newer_one(acme: Customer) -> None:
    write(profile(acme, NOW, ["new"]))
    row = write(profile(acme, NOW - DAY, ["old"]))
    assert (row.as_of, row.categories) == (NOW, ["new"])


def test_without_a_newest_column_what_exists_stays(acme: Customer) -> None:
    score_everybody()
    snapshot = ScoreSnapshot.objects.get()
    columns = {field.attname: [getattr(snapshot, field.attname)] for field in ScoreSnapshot._meta.concrete_fields}
    del columns["id"]
    upsert(ScoreSnapshot, {**columns, "score": [99.0]}, key=["customer_id", "as_of"])
    assert ScoreSnapshot.objects.get().score == snapshot.score


def test_no_rows_are_no_statement(acme: Customer) -> None:
    upsert(PreferenceProfile, {"customer_id": []}, key=["customer_id"])
    assert not PreferenceProfile.objects.exists()
