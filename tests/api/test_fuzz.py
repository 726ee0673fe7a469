"""The API under generated requests, right and wrong ones: never a 5xx, never an answer that the schema has not.

The same requests on every run (derandomised)."""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi

from crm.wsgi import application
from customers.models import User
from tests.api.world import World
from tests.client import bearer

pytestmark = pytest.mark.django_db

CHECKS: Any = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]
# Requests of each kind by each role; a long run takes a few hundred.
EXAMPLES = int(os.environ.get("CRM_FUZZ_EXAMPLES", "3"))
SCHEMAS: list[Any] = []
# Fields that refer to a row, and what to put there so that more than a 404 or a 400 is seen.
REFERENCES = {
    "customer": "customer",
    "customer_id": "customer",
    "from_customer": "customer",
    "gone": "twin",
    "kept": "customer",
    "macro": "macro",
    "requester": "customer",
    "queue": "queue",
    "product": "product",
    "category": "category",
    "service_type": "servicetype",
    "agent": "agent",
    "segment": "segment",
}
RESOURCES = {
    "agents": "agent",
    "assignment-rules": "assignmentrule",
    "attachments": "attachment",
    "audit": "auditentry",
    "attributes": "customattribute",
    "calendars": "calendar",
    "categories": "category",
    "customers": "customer",
    "desk-views": "deskview",
    "digests": "moverdigest",
    "duplicates": "duplicatepair",
    "erasures": "erasure",
    "exports": "export",
    "imports": "importbatch",
    "inbound-mails": "inboundmail",
    "interactions": "interaction",
    "macros": "macro",
    "mail-templates": "mailtemplate",
    "mailboxes": "mailbox",
    "merges": "merge",
    "notifications": "notification",
    "observations": "observation",
    "outbound-mails": "outboundmail",
    "orders": "order",
    "preferences": "preferenceprofile",
    "products": "product",
    "queues": "queue",
    "rating-requests": "ratingrequest",
    "relation-types": "relationtype",
    "relations": "relation",
    "retention-rules": "retentionrule",
    "retention-runs": "retentionrun",
    "preference-versions": "preferencemodelversion",
    "score-versions": "scoremodelversion",
    "weight-proposals": "weightproposal",
    "score-validations": "scorevalidation",
    "scores": "customerscore",
    "scoring-runs": "scoringrun",
    "segments": "segment",
    "service-types": "servicetype",
    "skills": "skill",
    "sla-policies": "slapolicy",
    "tags": "tag",
    "tickets": "ticket",
    "ticket-attributes": "ticketattribute",
    "ticket-merges": "ticketmerge",
    "tokens": "apitoken",
}


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The connection of the test, whose transaction outlives each request, as Django's own test client has it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def point_at_rows(case: Any, world: World) -> None:
    """Put keys of rows that exist where a key is asked for."""
    if case.path_parameters:
        key = world[RESOURCES[case.path.split("/")[3]]]
        case.path_parameters = dict.fromkeys(case.path_parameters, key)
    if isinstance(case.body, dict):
        for name, resource in REFERENCES.items():
            if name in case.body:
                case.body[name] = world[resource]


def schema(headers: dict[str, str]) -> Any:
    """The schema as it is answered: the same to everybody, so it is asked for once. Each takes seconds to make."""
    if not SCHEMAS:
        SCHEMAS.append(schemathesis.openapi.from_wsgi("/api/schema/?format=json", application, headers=headers))
    return SCHEMAS[0]


def requests_of(operation: Any, mode: GenerationMode) -> Any:
    """Generated requests of one kind, each with a coin that says whether to point them at rows that exist."""
    return st.tuples(operation.as_strategy(generation_mode=mode), st.booleans())


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize("who", ["root", "ann"])
def test_it_answers_as_its_schema_says(who: str, mode: GenerationMode, root: User, ann: User, world: World) -> None:
    headers = {"Authorization": bearer({"root": root, "ann": ann}[who])}
    asked = 0

    def ask(drawn: tuple[Any, bool]) -> None:
        nonlocal asked
        case, at_rows = drawn
        if at_rows:
            point_at_rows(case, world)
        case.call_and_validate(headers=headers, checks=CHECKS)
        asked += 1

    settings = hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    results: Any = schema(headers).get_all_operations()
    for result in results:
        given: Any = hypothesis.given(requests_of(result.ok(), mode))
        run = settings(given(ask))
        try:
            run()
        except hypothesis.errors.Unsatisfiable:
            assert mode == GenerationMode.NEGATIVE  # nothing can be wrong with a request that has no input
    assert asked > 100
