"""Bodies that are no JSON that can be stored are refused with a problem to read."""

import json

import pytest
from django.conf import settings

from customers.models import User
from tests.client import as_user, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("body", ['{"name": "half \\ud800 of a sign"}', '{"team": "\\uDFFF"}', '{"\\ud800": 1}'])
def test_half_of_a_sign_is_refused_wherever_it_stands(ann: User, body: str) -> None:
    response = as_user(ann).post(url("customers/"), body, content_type="application/json")
    assert response.status_code == 400
    assert "surrogates" in response.json()["detail"]


def test_a_whole_sign_may_be_written_in_halves(ann: User) -> None:
    body = json.dumps({"name": "👍", "team": ann.teams.get().pk})
    assert "\\ud83d" in body
    response = as_user(ann).post(url("customers/"), body, content_type="application/json")
    assert (response.status_code, response.json()["name"]) == (201, "👍")


def test_what_is_too_large_is_a_problem_to_read(root: User) -> None:
    body = json.dumps({"label": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    for path in ("preference-versions/", "customers/"):
        response = as_user(root).post(url(path), body, content_type="application/json")
        assert (response.status_code, response.headers["Content-Type"]) == (400, "application/json")
