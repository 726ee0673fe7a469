"""The API under generated requests of every role, right and wrong ones: never a 5xx, never an answer that the schema
has not.

The same requests on every run of the suite; `./bin/crm fuzz api` makes many, others each time."""

import os
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
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
from schemathesis.core.failures import FailureGroup, ServerError
from schemathesis.specs.openapi import checks as openapi

from crm.roles import ROLES
from crm.wsgi import application
from customers.models import Team, User
from services.models import Agent
from tests.api.world import World
from tests.cast import make_user
from tests.client import bearer
from tests.figures import SEED, tell

pytestmark = pytest.mark.django_db

CHECKS: Any = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]
# Requests of each kind by each role; a long run takes a hundred.
EXAMPLES = int(os.environ.get("CRM_FUZZ_EXAMPLES", "2"))
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
TOLD_IN_FULL = 5  # of what is found, by each role
# A long run is cut into parts, each on rows of its own: PostgreSQL slows down in a transaction of ten thousand steps.
PARTS = 1 if EXAMPLES < 10 else 24
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
    "dashboard": "dashboard",
    "report": "savedreport",
}
RESOURCES = {
    "agents": "agent",
    "articles": "knowledgearticle",
    "assignment-rules": "assignmentrule",
    "attachments": "attachment",
    "audit": "auditentry",
    "attributes": "customattribute",
    "backups": "backup",
    "behaviour-reports": "savedreport",
    "dashboards": "dashboard",
    "tiles": "tile",
    "scheduled-reports": "scheduledreport",
    "calendars": "calendar",
    "calls": "phonecall",
    "categories": "category",
    "chat-sessions": "chatsession",
    "chat-widgets": "chatwidget",
    "customers": "customer",
    "desk-views": "deskview",
    "digests": "moverdigest",
    "duplicates": "duplicatepair",
    "erasures": "erasure",
    "event-identities": "eventidentity",
    "event-sources": "eventsource",
    "events": "event",
    "exports": "export",
    "forecasts": "forecast",
    "market-events": "marketevent",
    "market-indexes": "marketindex",
    "imports": "importbatch",
    "inbound-mails": "inboundmail",
    "interactions": "interaction",
    "login-locks": "loginlock",
    "macros": "macro",
    "mail-templates": "mailtemplate",
    "mailboxes": "mailbox",
    "merges": "merge",
    "messaging-channels": "messagingchannel",
    "notifications": "notification",
    "observations": "observation",
    "outbound-mails": "outboundmail",
    "orders": "order",
    "action-decisions": "actiondecision",
    "action-rules": "actionrule",
    "customer-values": "customervalue",
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
    "campaign-lists": "campaignlist",
    "weight-proposals": "weightproposal",
    "score-validations": "scorevalidation",
    "scores": "customerscore",
    "scoring-runs": "scoringrun",
    "rule-firings": "rulefiring",
    "rules": "rule",
    "segments": "segment",
    "sessions": "session",
    "service-types": "servicetype",
    "skills": "skill",
    "sla-policies": "slapolicy",
    "tags": "tag",
    "tickets": "ticket",
    "ticket-attributes": "ticketattribute",
    "ticket-merges": "ticketmerge",
    "tokens": "apitoken",
    "webhooks": "webhook",
    "web-forms": "webform",
    "web-form-submissions": "webformsubmission",
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
    """Put keys of rows that exist where a key is asked for, whatever version they have."""
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
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


def requests_of(operation: Any, modes: list[GenerationMode]) -> Any:
    """Generated requests of one kind, each with a coin that says whether to point them at rows that exist. The first
    one is the simplest of the first mode."""
    return st.tuples(st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes)), st.booleans())


@dataclass
class Attack:
    """The requests of one role, and what they brought to light."""

    headers: dict[str, str]
    world: World
    counted: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def ask(self, drawn: tuple[Any, bool]) -> None:
        """Send a request and look at the answer. What is wrong with it is kept, so that one fault hides no other."""
        case, at_rows = drawn
        if at_rows:
            point_at_rows(case, self.world)
        self.counted["requests"] += 1
        response = case.call(headers=self.headers)
        self.counted["taken"] += response.status_code < 300
        try:
            case.validate_response(response, checks=CHECKS, headers=self.headers)
        except FailureGroup as failures:
            errors = sum(isinstance(failure, ServerError) for failure in failures.exceptions)
            self.counted["errors"] += errors
            self.counted["violations"] += len(failures.exceptions) - errors
            self.found.append(f"{case.operation.label}\n{failures.message}")

    def tell(self, role: str) -> None:
        """The figures."""
        tell("api_requests", self.counted["requests"], "requests", role)
        tell("api_requests_taken", self.counted["taken"], "requests", role)
        tell("api_server_errors", self.counted["errors"], "errors", role)
        tell("api_schema_violations", self.counted["violations"], "violations", role)


def seed_of(*words: str) -> int:
    """Where the requests of one kind by one role start from, whatever else is run beside them."""
    return zlib.crc32(" ".join([str(SEED), *words]).encode())


@pytest.mark.once("sqlite", "postgres", reason="thousands of requests; MariaDB answers what these two do")
@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("role", ROLES)
def test_it_answers_as_its_schema_says(role: str, part: int, north: Team, world: World) -> None:
    user = make_user("somebody", north, role=role)
    if role in ("Agent", "Lead"):
        Agent.objects.create(user=user, name=role)
    attack = Attack({"Authorization": bearer(User.objects.get(pk=user.pk))}, world)
    modes = MODES if [*ROLES].index(role) % 2 else MODES[::-1]
    settings = hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    results: Any = schema(attack.headers).get_all_operations()
    for operation in [result.ok() for result in results][part::PARTS]:
        given: Any = hypothesis.given(requests_of(operation, modes))
        hypothesis.seed(seed_of(role, operation.label))(settings(given(attack.ask)))()
    attack.tell(role)
    assert attack.counted["requests"] > 250 * min(EXAMPLES, 2) // PARTS
    assert attack.counted["taken"] > 50 // PARTS
    assert not attack.found, "\n\n".join([f"{len(attack.found)} answers are wrong.", *attack.found[:TOLD_IN_FULL]])
