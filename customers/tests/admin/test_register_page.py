"""The register of personal data as a page and as a file."""

import csv
import io
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from customers.models import User
from customers.registry import register_entries
from customers.tests.admin.conftest import LogIn

pytestmark = pytest.mark.django_db


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_it_shows_every_column_and_is_narrowed_down(log_in: LogIn, bob: User) -> None:
    client, url = log_in(bob), reverse("admin:data_register")
    assert "Contact point" in client.get(url).content.decode()
    found = client.get(url, {"pii": "direct"}).context["blocks"]
    assert {line.pii for block in found for line in block.lines} == {"direct"}
    found = client.get(url, {"q": "contactpoint", "purpose": "serve"}).context["blocks"]
    assert [block.label for block in found] == ["customers.ContactPoint"]
    assert "No column is so" in client.get(url, {"q": "nonsense"}).content.decode()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_it_is_handed_out_as_a_file(log_in: LogIn, bob: User, format: str) -> None:
    answer = log_in(bob).get(reverse("admin:data_register"), {"format": format})
    assert "data-register-" in answer["Content-Disposition"]
    body = content(answer)
    if format == "csv":
        rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
        assert len(rows) == sum(len(entry.names()) for entry in register_entries())
    else:
        assert body[:2] == b"PK"


def test_agents_do_not_see_it(log_in: LogIn, ann: User) -> None:
    assert log_in(ann).get(reverse("admin:data_register")).status_code == 403


def test_it_asks_the_database_for_the_frame_alone(
    log_in: LogIn, bob: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = log_in(bob)
    client.get(reverse("admin:data_register"))
    with django_assert_max_num_queries(8):
        client.get(reverse("admin:data_register"))
