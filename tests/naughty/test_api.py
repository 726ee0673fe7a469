"""Naughty strings through every field that the API's schema lets be written: stored equal or refused, never a 5xx."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from customers.models import User
from tests.api.test_fuzz import REFERENCES, RESOURCES
from tests.api.world import World
from tests.client import as_user
from tests.figures import tell
from tests.naughty.strings import strings_for
from tests.naughty.watch import watching

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once("postgres", reason="the strictest about texts and numbers"),
]

SAMPLES = {"date": "2026-06-01", "date-time": "2026-06-01T10:00:00Z", "email": "a@example.com", "decimal": "1.00"}
MOST_DEEP = 3
# In base64: what stands is what it carries.
CARRIERS = {"raw"}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Not a line for each request."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


class Operations:
    """What the schema lets be written."""

    def __init__(self, schema: dict[str, Any], world: World) -> None:
        self.schema, self.world = schema, world

    def __iter__(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, methods in self.schema["paths"].items():
            for method, operation in methods.items():
                content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
                if "application/json" in content:
                    yield method, path, self.resolved(content["application/json"].get("schema", {}))

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """What a reference stands for."""
        while "$ref" in node:
            node = self.schema["components"]["schemas"][node["$ref"].rpartition("/")[2]]
        for word in ("allOf", "oneOf", "anyOf"):
            if word in node:
                return self.resolved(node[word][0])
        return node

    def address(self, path: str) -> str:
        """The path with the key of a row that is there."""
        return path.replace("{id}", str(self.world[RESOURCES[path.split("/")[3]]])) if "{id}" in path else path

    def value(self, name: str, node: dict[str, Any], text: str | None, refused: set[str], depth: int = 0) -> Any:
        """Something that a field takes; or the text, where texts go and it was not refused there."""
        node = self.resolved(node)
        if "enum" in node:
            return text if text is not None and name not in refused else next(v for v in node["enum"] if v)
        kind = node.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object" or "properties" in node:
            return self.body(node, text, refused, depth + 1)
        if kind == "array":
            return [self.value(name, node.get("items", {}), text, refused, depth + 1)] if depth < MOST_DEEP else []
        if text is not None and name not in refused:
            return text
        if name in REFERENCES:
            return self.world[REFERENCES[name]]
        if kind in ("integer", "number"):
            return max(node.get("minimum", 1), 1)
        if kind == "boolean":
            return True
        return SAMPLES.get(node.get("format", ""), "1.00" if "pattern" in node else "sample")

    def body(self, node: dict[str, Any], text: str | None, refused: set[str], depth: int = 0) -> dict[str, Any]:
        """What is sent: what must be there, and whatever takes the text."""
        needed = set(node.get("required", ()))
        return {
            name: self.value(name, part, text, refused, depth)
            for name, part in node.get("properties", {}).items()
            if not self.resolved(part).get("readOnly") and not part.get("readOnly")
            if name in needed or (text is not None and name not in refused)
        }

    def texts(self, node: dict[str, Any], depth: int = 0) -> set[str]:
        """The names of the fields that take any text."""
        found = set()
        for name, part in node.get("properties", {}).items():
            row = self.resolved(part)
            kind = row.get("type")
            if kind == "array":
                row = self.resolved(row.get("items", {}))
                kind = row.get("type")
            if row.get("properties") and depth < MOST_DEEP:
                found |= self.texts(row, depth + 1)
            elif (kind == "string" or (isinstance(kind, list) and "string" in kind)) and not (
                {"format", "pattern", "enum", "readOnly"} & {*row, *part}
            ):
                found.add(name)
        return found


def names_in(errors: Any, found: set[str] | None = None) -> set[str]:
    """Every name of a field in the errors of an answer, however deep."""
    found = set() if found is None else found
    if isinstance(errors, dict):
        for name, more in errors.items():
            found.add(str(name))
            names_in(more, found)
    elif isinstance(errors, list):
        for more in errors:
            names_in(more, found)
    return found


def ask(client: APIClient, method: str, address: str, body: Any) -> tuple[Any, set[str]]:
    """Send, look, and leave everything as it was. Answers the texts of the rows that were written."""
    with transaction.atomic():
        with watching() as seen:
            raw = json.dumps(body)  # half a sign goes as its escape
            response: Any = getattr(client, method)(
                address, raw, content_type="application/json", headers={"If-Match": "*"}
            )
        texts = seen.texts() if response.status_code < 300 else set()
        transaction.set_rollback(True)
    return response, texts


def test_every_operation_stores_or_refuses(root: User, world: World) -> None:
    client = as_user(root)
    client.raise_request_exception = False
    operations = Operations(client.get("/api/schema/?format=json").json(), world)
    wrong, counted = [], dict.fromkeys(("operations", "fields", "sent", "stored", "errors"), 0)
    taken_somewhere: dict[str, bool] = {}
    for method, path, node in operations:
        address, fields = operations.address(path), operations.texts(node)
        counted["operations"] += 1
        counted["fields"] += len(fields)
        label = f"{method.upper()} {path}"
        taken_somewhere[label] = not fields
        for text in strings_for(label):
            refused: set[str] = set()
            for _try in range(8):
                body = operations.body(node, text, refused)
                response, texts = ask(client, method, address, body)
                counted["sent"] += 1
                if response.status_code >= 500:
                    counted["errors"] += 1
                    wrong.append(f"{label} with {text[:60]!r}: {response.status_code} ({sorted(body)})")
                    break
                if response.status_code < 300:
                    taken_somewhere[label] = True
                    as_kept = {text, text.strip(), *([" ".join(text.split())] if "/tags/" in path else [])}
                    for name in fields & {*body} - refused - CARRIERS:
                        if isinstance(body[name], str) and text.strip() and not as_kept & texts:
                            wrong.append(f"{label} with {text[:60]!r}: {name} is nowhere")
                        counted["stored"] += 1
                    break
                if "json" not in response.headers.get("Content-Type", ""):
                    wrong.append(f"{label} with {text[:60]!r}: {response.status_code} without a problem to read")
                    break
                named = names_in(response.json().get("errors", {}))
                if response.status_code != 400 or not named - refused:
                    break
                refused |= named
    for what, unit in (("operations", "operations"), ("fields", "fields"), ("sent", "times"), ("stored", "times")):
        tell(f"naughty_api_{what}", counted[what], unit)
    tell("naughty_api_server_errors", counted["errors"], "findings")
    assert counted["operations"] > 80
    assert not wrong, "\n".join([f"{len(wrong)} findings", *wrong[:60]])
    print("NEVER", [label for label, taken in taken_somewhere.items() if not taken])
