import re
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from customers.models import User
from tests.client import as_user

pytestmark = pytest.mark.django_db

# Rows that are decided, not edited: they have no version that If-Match could name.
WITHOUT_VERSION = tuple(
    f"/api/v1/{name}/"
    for name in (
        "event-identities",
        "ticket-merges",
        "duplicates",
        "merges",
        "weight-proposals",
        "observations",
        "scoring-runs",
        "tokens",
        "sessions",
        "login-locks",
        "inbound-mails",
    )
)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema; any warning or fault in it is an error."""
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    loaded: dict[str, Any] = yaml.safe_load(out.getvalue())
    return loaded


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, row) for path, item in schema["paths"].items() for method, row in item.items()]


def headers(operation: dict[str, Any]) -> dict[str, bool]:
    return {p["name"]: p["required"] for p in operation.get("parameters", ()) if p["in"] == "header"}


def test_every_operation_tells_what_it_does(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        assert operation.get("description"), (method, path)


def test_every_post_takes_an_idempotency_key_and_every_change_needs_if_match(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        if method == "post":
            assert headers(operation)["Idempotency-Key"] is False, path
        elif method != "get":
            assert headers(operation) == {"If-Match": True}, (method, path)


def test_verbs_take_if_match(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        looks_only = path.endswith(("/preview/", "/dry-run/")) or path == "/api/v1/mailboxes/{id}/messages/"
        if method == "post" and "{id}" in path and not path.startswith(WITHOUT_VERSION) and not looks_only:
            assert headers(operation)["If-Match"] is False, path


def test_every_operation_may_answer_a_problem(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        assert "4XX" in operation["responses"], (method, path)


def test_what_is_sent_has_no_room_for_unknown_fields(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            reference = content["schema"].get("$ref", "").rpartition("/")[2]
            if reference and "oneOf" not in schema["components"]["schemas"][reference]:
                assert schema["components"]["schemas"][reference]["additionalProperties"] is False, (method, path)


def test_schema_and_docs_are_open_to_everybody(client: Any) -> None:
    for path in ("/api/schema/", "/api/docs/"):
        assert client.get(path).status_code == 200


def test_the_root_lists_what_there_is(ann: User) -> None:
    listed = as_user(ann).get("/api/v1/").json()
    assert listed["customers"].endswith("/api/v1/customers/")
    assert {"relations", "tickets", "scores", "preferences", "orders", "queues"} <= set(listed)


def test_codes_may_hold_letters_of_any_language(schema: dict[str, Any]) -> None:
    for name in ("CustomAttribute", "TicketAttribute"):
        pattern = schema["components"]["schemas"][name]["properties"]["code"]["pattern"]
        assert all(re.search(pattern, code, re.ASCII) for code in ("ø", "客户-1", "fù_2", "Size"))
        assert not any(re.search(pattern, code, re.ASCII) for code in ("", "a b", "a.b", "<a>", "a/b"))
