"""Every route of the API that writes puts on record who did it, as what verb. A route without a row here fails."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from analytics.models import (
    CampaignList,
    DigestSubscription,
    EventIdentity,
    ScheduledReport,
    ScoreValidation,
    ScoringChunk,
    ScoringRun,
    Tile,
)
from analytics.operations.start_campaign_list import CAMPAIGN_LIST
from customers.audit.record import is_genuine, values_of
from customers.models import (
    ApiToken,
    Audited,
    AuditEntry,
    Customer,
    DuplicatePair,
    Erasure,
    ImportBatch,
    ImportStep,
    Job,
    Observation,
    User,
    Webhook,
    WebhookDelivery,
)
from services.models import Agent, InboundMail, KnowledgeArticle, Message, Queue, RatingRequest, Ticket, TicketLink
from services.operations.open_ticket import open_ticket
from services.operations.rating_links import token_of
from services.operations.solve_ticket import solve_ticket
from services.operations.take_ticket import take_ticket
from services.tests.admin.desk.conftest import post
from tests.api.test_scope import DECLARED, ROUTES, WITHOUT_ROW
from tests.api.world import World
from tests.cast import NOW
from tests.client import with_token

pytestmark = pytest.mark.django_db

Body = Callable[[World], dict[str, Any]]
WRITES = {"post", "put", "patch", "delete"}

# What changes nothing that anybody but the caller ever sees, or nothing at all.
EXEMPT = {
    ("deskticket-preview-macro", "post"): "a look",
    ("rule-dry-run", "post"): "a look",
    ("notification-read", "post"): "one's own bell",
    (
        "mailin-messages",
        "post",
    ): "a program brings somebody's mail: what that becomes is on record",
    ("event-list", "post"): "a program tells what somebody did: events stand with their source, and do not change",
    ("webhook-ping", "post"): "the log of deliveries has it",
    ("messagingchannel-notify", "post"): "the same",
}


def nothing(world: World) -> dict[str, Any]:
    return {}


def definition() -> dict[str, Any]:
    return {"groups": [{"conditions": [{"fact": "name", "op": "contains", "value": "acme"}]}]}


HOURS = {"0": [["09:00", "17:00"]]}

CREATE: dict[str, Body] = {
    "customer-list": lambda w: {"name": "New", "team": Customer.objects.get(pk=w["customer"]).team_id},
    "consent-consents": lambda w: {"purpose": "service", "channel": "email", "is_given": True},
    "statedpreference-stated": lambda w: {"category": w["category"], "liking": -1},
    "offer-offers": lambda w: {"product": w["product"], "outcome": "declined"},
    "campaignlist-list": lambda w: {"name": "Valves", "product": w["product"]},
    "relation-list": lambda w: {"type": "prospect", "from_customer": w["twin"]},
    "order-list": lambda w: {
        "customer": w["customer"], "currency": "EUR",
        "lines": [{"product": w["product"], "quantity": "1", "unit_price": "2.00"}],
    },
    "interaction-list": lambda w: {"customer": w["customer"], "kind": "call", "subject": "x"},
    "export-list": lambda w: {"list": "customers", "format": "csv"},
    "ticket-list": lambda w: {"customer": w["customer"], "subject": "x", "queue": w["queue"]},
    "tickettime-time": lambda w: {"minutes": 5},
    "category-list": lambda w: {"name": "New"},
    "product-list": lambda w: {"sku": "N", "name": "New"},
    "customattribute-list": lambda w: {"name": "New", "type": "text"},
    "relationtype-list": lambda w: {"code": "new", "name": "new of", "inverse_name": "new by"},
    "segment-list": lambda w: {"name": "New", "definition": definition()},
    "actionrule-list": lambda w: {
        "name": "New", "what": "Call.", "channel": "phone", "cost": "1.00", "currency": "EUR", "uplift": 0.1,
    },
    "actiondecision-list": lambda w: {"customer": w["customer"], "rule": w["actionrule"], "kind": "done"},
    "tag-list": lambda w: {"name": "New"},
    "calendar-list": lambda w: {"name": "New", "time_zone": "UTC", "hours": HOURS},
    "assignmentrule-list": lambda w: {"name": "New"},
    "queue-list": lambda w: {
        "name": "New", "calendar": w["calendar"], "team": Customer.objects.get(pk=w["customer"]).team_id,
    },
    "servicetype-list": lambda w: {"code": "new", "name": "New"},
    "rule-list": lambda w: {"name": "New", "events": ["opened"], "actions": [{"action": "raise_priority"}]},
    "skill-list": lambda w: {"name": "New"},
    "slapolicy-list": lambda w: {"name": "New"},
    "ticketattribute-list": lambda w: {"name": "New", "type": "text"},
    "macro-list": lambda w: {"name": "New", "body": "Hello"},
    "mailtemplate-list": lambda w: {"event": "reply", "language": "zh-hans", "body": "{message.text}"},
    "knowledgearticle-list": lambda w: {"texts": [{"language": "en", "title": "New", "body": "Text"}]},
    "deskview-list": lambda w: {"name": "New"},
    "dashboard-list": lambda w: {"name": "New"},
    "tile-list": lambda w: {"dashboard": w["dashboard"], "source": "waiting", "shape": "number"},
    "scheduledreport-list": lambda w: {"dashboard": w["dashboard"], "recipients": [reached().pk]},
    "savedreport-list": lambda w: {"name": "New", "kind": "sessions", "definition": {}},
    "scoremodelversion-list": nothing,
    "preferencemodelversion-list": nothing,
    "weightproposal-list": nothing,
    "scorevalidation-list": nothing,
    "marketevent-list": lambda w: {
        "kind": "holiday", "name": "New", "starts_on": "2026-06-01", "ends_on": "2026-06-02",
    },
    "marketindex-list": lambda w: {"kind": "market", "on": "2026-06-01", "value": "101"},
    "erasure-list": lambda w: {"customer": person(w), "reason": "By letter"},
    "eventsource-list": lambda w: {"slug": "new", "name": "New"},
    "webhook-list": lambda w: {"name": "New", "url": "https://example.com/", "events": ["ticket.opened"]},
    "messagingchannel-list": lambda w: {"name": "New", "queue": w["queue"]},
    "webform-list": lambda w: {"name": "New", "slug": "new", "queue": w["queue"]},
    "chatwidget-list": lambda w: {"name": "New", "queue": w["queue"]},
    "phonecall-list": lambda w: {"call_id": "new", "number": "+442079460001"},
    "privacyflag-privacy": lambda w: {"kind": "restriction", "is_set": True, "reason": "By letter"},
}  # fmt: skip

PATCH: dict[str, Body] = {
    "customer-detail": lambda w: {"industry": "Other"},
    "relation-detail": lambda w: {"note": "Other"},
    "interaction-detail": lambda w: {"subject": "Other"},
    "ticket-detail": lambda w: {"subject": "Other"},
    "actionrule-detail": lambda w: {"what": "Other"},
    "agent-detail": lambda w: {"capacity": 3},
    "tile-detail": lambda w: {"title": "Other"},
    "scheduledreport-detail": lambda w: {"hour": 9},
    "calendar-detail": lambda w: {"time_zone": "Europe/Berlin"},
    "knowledgearticle-detail": lambda w: {"audience": "internal"},
    "mailtemplate-detail": lambda w: {"subject": "Other"},
    "relationtype-detail": lambda w: {"name": "other of"},
    "segment-detail": lambda w: {"description": "Other"},
    "servicetype-detail": lambda w: {"name": "Other"},
    "scoremodelversion-detail": lambda w: {"note": "Other"},
    "preferencemodelversion-detail": lambda w: {"note": "Other"},
    "retentionrule-detail": lambda w: {"days": 99},
    "marketindex-detail": lambda w: {"value": "99"},
}


def patched(name: str) -> Body:
    return PATCH.get(name, lambda w: {"name": "Other"})


VERBS: dict[str, Body] = {
    "customer-merge": lambda w: {"gone": w["twin"]},
    "duplicatepair-dismiss": nothing,
    "duplicatepair-reopen": nothing,
    "duplicatepair-merge": lambda w: {"kept": w["customer"]},
    "merge-undo": nothing,
    "relation-end": lambda w: {"until": "2026-06-01"},
    "relation-succeed": lambda w: {"type": "former-client", "since": "2026-06-01"},
    "order-deliver": nothing,
    "observation-exclude": lambda w: {"reason": "Spam"},
    "observation-readmit": lambda w: {"reason": "No spam"},
    "importbatch-undo": nothing,
    "eventidentity-link": lambda w: {"customer": w["customer"]},
    "ticket-assign": lambda w: {"assignee": w["agent"]},
    "ticket-assign-by-rules": nothing,
    "ticket-prioritise": lambda w: {"priority": 4},
    "ticket-pend": nothing,
    "ticket-hold": nothing,
    "ticket-solve": nothing,
    "ticket-reopen": nothing,
    "ticket-close": nothing,
    "ticket-reply": lambda w: {"body": "Hello"},
    "ticket-note": lambda w: {"body": "Hello"},
    "ticket-receive": lambda w: {"body": "Hello"},
    "ticket-rate": lambda w: {"value": 5},
    "ticket-request-rating": nothing,
    "tickettie-merge": lambda w: {"gone": another(w).pk},
    "tickettie-split": lambda w: {"message": Message.objects.filter(ticket=w["ticket"]).latest("pk").pk},
    "tickettie-link": lambda w: {"to": another(w).pk, "kind": "related"},
    "tickettie-unlink": lambda w: {"link": TicketLink.objects.filter(from_ticket=w["ticket"]).latest("pk").pk},
    "tickettie-parent": lambda w: {"parent": another(w).pk},
    "tickettie-queue": lambda w: {"queue": other_queue(w)},
    "tickettie-solve-problem": lambda w: {"body": "Done"},
    "tickettie-bulk": lambda w: {"tickets": [w["ticket"]], "verb": "prioritise", "priority": 4},
    "ticketmerge-undo": nothing,
    "outboundmail-resend": nothing,
    "inboundmail-file-again": nothing,
    "deskticket-macro": lambda w: {"macro": w["macro"]},
    "scoremodelversion-activate": nothing,
    "scoremodelversion-measure": nothing,
    "scoremodelversion-preview": nothing,
    "preferencemodelversion-activate": nothing,
    "campaignlist-build": nothing,
    "campaignlist-send": nothing,
    "dashboard-arrange": lambda w: {"tiles": [*Tile.objects.order_by("-place").values_list("pk", flat=True)]},
    "dashboard-copy": nothing,
    "scheduledreport-send": nothing,
    "scheduledreport-leave": nothing,
    "weightproposal-accept": nothing,
    "weightproposal-reject": nothing,
    "calendar-fill-holidays": lambda w: {"country": "DE", "first_year": 2026, "last_year": 2026},
    "moverdigest-by-mail": lambda w: {"every": None},
    "agent-away": lambda w: {"away_from": "2026-06-01T00:00:00Z"},
    "scoringrun-resume": nothing,
    "preferencemodelversion-measure": nothing,
    "preferencemodelversion-preview": nothing,
    "apitoken-revoke": nothing,
    "session-end": nothing,
    "loginlock-lift": nothing,
    "erasure-approve": nothing,
    "erasure-refuse": lambda w: {"decision": "An order is on its way"},
    "erasure-withdraw": nothing,
    "privacyflag-export-person": nothing,
    "retentionrule-report": nothing,
    "webhook-rotate": nothing,
    "webhook-resume": nothing,
    "webhook-replay": nothing,
    "messagingchannel-rotate": nothing,
    "webformsubmission-release": nothing,
    "webformsubmission-discard": nothing,
    **{f"knowledgearticle-{verb}": nothing for verb in ("publish", "archive")},
}

UPLOADS = {"importbatch-list", "deskticket-attachments"}
# Tested with their files in customers/tests/api/test_new_imports.py; their rows are audited all the same.
OF_UPLOADS = {f"importbatch-{verb}" for verb in ("map", "check", "start")}


def reached() -> User:
    """Root, who has an address."""
    User.objects.filter(username="root").update(email="root@candid.example")
    return User.objects.get(username="root")


def gets_it(world: World) -> None:
    ScheduledReport.objects.get(pk=world["scheduledreport"]).recipients.add(reached())


def another(world: World) -> Ticket:
    ticket = Ticket.objects.get(pk=world["ticket"])
    return open_ticket(customer=ticket.customer, subject="Other", queue=ticket.queue, by=None, at=NOW, body="x")


def person(world: World) -> int:
    team = Customer.objects.get(pk=world["customer"]).team
    return Customer.objects.create(name="Li Na", kind="person", team=team).pk


def of_a_person(world: World) -> None:
    Erasure.objects.filter(pk=world["erasure"]).update(customer=person(world))


def a_person(world: World) -> None:
    Customer.objects.filter(pk=world["privacyflag"]).update(kind="person")


def other_queue(world: World) -> int:
    queue = Queue.objects.get(pk=world["queue"])
    return Queue.objects.create(name="Other", team=queue.team, calendar=queue.calendar).pk


def solved(world: World) -> None:
    ticket, user = Ticket.objects.get(pk=world["ticket"]), Agent.objects.get(pk=world["agent"]).user
    if ticket.assignee_id is None:
        take_ticket(ticket=ticket, by=user, at=NOW)
    solve_ticket(ticket=ticket, by=user, at=NOW)


def left_out(world: World) -> None:
    Observation.objects.filter(pk=world["observation"]).update(is_exclusion=True)


def dismissed(world: World) -> None:
    DuplicatePair.objects.filter(pk=world["duplicatepair"]).update(state="dismissed")


def failed(world: World) -> None:
    ScoringRun.objects.filter(pk=world["scoringrun"]).update(state="partial")
    ScoringChunk.objects.filter(run=world["scoringrun"]).update(state="failed")


def solved_and_not_asked(world: World) -> None:
    solved(world)
    RatingRequest.objects.all().delete()


def none_waits(world: World) -> None:
    ScoreValidation.objects.update(finished_at=NOW)


def ignored(world: World) -> None:
    InboundMail.objects.filter(pk=world["inboundmail"]).update(outcome="ignored", message=None)


def has_steps(world: World) -> None:
    ImportStep.objects.create(batch_id=world["importbatch"], model="customers.Customer")


def given_up(world: World) -> None:
    WebhookDelivery.objects.filter(webhook=world["webhook"]).update(state="failed")


def paused(world: World) -> None:
    Webhook.objects.filter(pk=world["webhook"]).update(paused_at=NOW)


def subscribed(world: World) -> None:
    DigestSubscription.objects.create(user=User.objects.get(username="root"), language="en")


def archived(world: World) -> None:
    KnowledgeArticle.objects.update(state="archived")


def not_being_built(world: World) -> None:
    """No job builds the campaign list: one that does is answered again."""
    Job.objects.filter(kind=CAMPAIGN_LIST.code).delete()


def on_a_list(world: World) -> None:
    """Acme is on the campaign list, which is up to date."""
    campaign = CampaignList.objects.get(pk=world["campaignlist"])
    campaign.members.create(customer_id=world["customer"], rank=1, preference=1.0, percentile=90.0)
    built = {"built_from": campaign.conditions(), "found": {"members": 1}}
    CampaignList.objects.filter(pk=campaign.pk).update(built_at=NOW, **built)


BEFORE: dict[str, Callable[[World], None]] = {
    "moverdigest-by-mail": subscribed,
    "knowledgearticle-publish": archived,
    "scheduledreport-leave": gets_it,
    "campaignlist-build": not_being_built,
    "campaignlist-send": on_a_list,
    "webhook-replay": given_up,
    "webhook-resume": paused,
    "importbatch-undo": has_steps,
    "inboundmail-file-again": ignored,
    "scorevalidation-list": none_waits,  # one that waits is found again
    "ticket-reopen": solved,
    "ticket-close": solved,
    "ticket-rate": solved,
    "ticket-request-rating": solved_and_not_asked,
    "observation-readmit": left_out,
    "duplicatepair-reopen": dismissed,
    "scoringrun-resume": failed,
    "privacyflag-export-person": a_person,
    **{f"erasure-{verb}": of_a_person for verb in ("approve", "refuse", "withdraw")},
}


def cases() -> list[tuple[str, str]]:
    return [(name, method) for name in DECLARED for method in DECLARED[name] if method in WRITES]


def body_of(name: str, method: str, world: World) -> dict[str, Any] | None:
    if method == "delete":
        return None
    if method == "patch":
        return patched(name)(world)
    table = VERBS if name in VERBS else CREATE
    return table[name](world)


def ask(client: APIClient, name: str, method: str, world: World) -> Any:
    resource, _dash, kind = name.partition("-")
    address = reverse(name) if kind == "list" or name in WITHOUT_ROW else reverse(name, args=[world[resource]])
    headers = {"If-Match": "*"} if method in ("put", "patch", "delete") else {}
    if name in UPLOADS:
        file = SimpleUploadedFile("a.csv", b"id,name\n1,New\n")
        more = {"team": Customer.objects.get(pk=world["customer"]).team_id} if name == "importbatch-list" else {}
        return client.post(address, {"file": file, **more}, format="multipart")
    return getattr(client, method)(address, body_of(name, method, world), headers=headers)


def test_every_route_that_writes_is_here() -> None:
    known = {*CREATE, *VERBS, *UPLOADS, *OF_UPLOADS, *(name for name, _method in EXEMPT)}
    assert {name for name, method in cases() if method == "post"} == known


def test_each_puts_on_record_who_did_it(world: World, ann: User, root: User) -> None:
    client = with_token(root)
    token = ApiToken.objects.get(user=root)
    Agent.objects.create(user=root, name="Root")
    silent, refused = [], []
    for name, method in cases():
        if (name, method) in EXEMPT or name in OF_UPLOADS or method == "put":
            continue
        with transaction.atomic():
            if name in BEFORE:
                BEFORE[name](world)
            before = set(AuditEntry.objects.values_list("pk", flat=True))
            response = ask(client, name, method, world)
            written = list(AuditEntry.objects.exclude(pk__in=before))
            if not 200 <= response.status_code < 300:
                if not (method == "delete" and response.status_code == 409):
                    refused.append((name, method, response.status_code, response.content[:300]))
            else:
                action = ROUTES[name].callback.actions[method]
                told = [
                    entry
                    for entry in written
                    if (entry.actor_id, entry.channel, entry.via) == (root.pk, "api", f"token:{token.pk}")
                    and entry.address == "127.0.0.1"
                    and is_genuine(entry)
                    and values_of(entry) is not None
                ]
                if not told or action not in {entry.verb for entry in told}:
                    silent.append((name, method, [entry.verb for entry in written]))
            transaction.set_rollback(True)
    assert refused == []
    assert [name for name, *_rest in silent] == [], silent


def test_a_replaced_row_is_recorded_like_a_changed_one(world: World, root: User) -> None:
    client = with_token(root)
    body = {"sku": "P-1", "name": "Other", "category": world["category"], "is_active": True}
    address = reverse("product-detail", args=[world["product"]])
    assert client.put(address, body, headers={"If-Match": "*"}).status_code == 200
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, values_of(entry)) == ("update", {"changes": {"name": ["Pump", "Other"]}})


def test_a_read_is_not_recorded(world: World, root: User) -> None:
    client = with_token(root)
    before = AuditEntry.objects.count()
    for name, row in DECLARED.items():
        if "get" in row and not name.endswith("download"):
            resource, _dash, kind = name.partition("-")
            is_list = kind == "list" or name in WITHOUT_ROW
            client.get(reverse(name) if is_list else reverse(name, args=[world[resource]]))
    assert AuditEntry.objects.count() == before


def test_an_import_is_known_by_its_batch(world: World) -> None:
    assert AuditEntry.objects.filter(model="customers.importbatch", object_id=str(world["importbatch"])).exists()
    assert ImportBatch.objects.filter(pk=world["importbatch"]).exists()
    assert datetime.now(UTC) - AuditEntry.objects.latest("pk").at < timedelta(minutes=5)


def test_every_page_that_writes_is_of_an_audited_model(rf: Any, root: User) -> None:
    """Forms save through the model, which records itself; Django's groups by customers/admin/saving.py, who
    an identity of behaviour is by the verb link_identity."""
    request = rf.get("/")
    request.user = root
    writable = {
        model
        for model, page in admin.site._registry.items()
        if any(getattr(page, f"has_{verb}_permission")(request) for verb in ("add", "change", "delete"))
    }
    assert {model for model in writable if not issubclass(model, Audited)} == {Group, EventIdentity}


def test_the_verbs_of_the_desk_are_recorded(world: World, ann: User, client: Client) -> None:
    client.force_login(ann)
    ticket = Ticket.objects.get(pk=world["ticket"])
    for verb in ("desk_note", "desk_reply"):
        before = set(AuditEntry.objects.values_list("pk", flat=True))
        response = post(client, reverse(f"admin:{verb}", args=[ticket.pk]), ticket, body="Hello")
        assert response.status_code == 200
        told = AuditEntry.objects.exclude(pk__in=before)
        assert {(entry.actor_id, entry.channel, entry.verb) for entry in told} == {(ann.pk, "admin", verb)}
        assert "services.message" in {entry.model for entry in told}


def test_a_customer_who_rates_is_no_member_of_staff(world: World, client: Client) -> None:
    solved(world)
    asked = RatingRequest.objects.filter(ticket=world["ticket"]).latest("pk")
    RatingRequest.objects.filter(pk=asked.pk).update(expires_at=datetime.now(UTC) + timedelta(days=1))
    assert client.post(reverse("rate", args=[token_of(asked)]), {"value": 5}).status_code == 303
    entry = AuditEntry.objects.filter(model="services.satisfactionrating").latest("pk")
    assert (entry.channel, entry.actor_id, entry.address, entry.verb) == ("link", None, "", "rate")
