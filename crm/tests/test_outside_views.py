"""Requests that reach no view are answered as their kind expects."""

from typing import Any

import pytest
from django.test import Client

ELSEWHERE = {"HTTP_HOST": "<}Xr"}


@pytest.mark.django_db
def test_programs_get_a_problem_and_people_a_page(settings: Any) -> None:
    client = Client(raise_request_exception=False)
    for path, more, status, code in (
        ("/api/v1/customers/", ELSEWHERE, 400, "bad_request"),
        ("/api/v1/nothing/", {}, 404, "not_found"),
    ):
        answer = client.get(path, **more)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
        assert answer.json()["detail"]
    assert "text/html" in client.get("/nothing/")["Content-Type"]
    assert client.get("/admin/login/", **ELSEWHERE).status_code == 400  # type: ignore[arg-type]
