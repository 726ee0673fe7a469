"""Every route of the API × every role × {their own, their team's, another's}. A route without a row here fails."""

from typing import Any, cast

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from crm.api_router import router
from crm.roles import ROLES
from customers.models import Customer, Export, ImportBatch, Team, User
from services.models import Ticket
from tests.api.world import World
from tests.cast import make_user
from tests.client import as_user

pytestmark = pytest.mark.django_db

Permissions = dict[str, str]
READ, CREATE = {"get": "view"}, {"get": "view", "post": "add"}
CHANGE = {"get": "view", "put": "change", "patch": "change"}
ALL = {**CHANGE, "delete": "delete"}
VERB = {"post": "change"}


def of(model: str, verbs: Permissions) -> Permissions:
    return {method: f"{verb}_{model}" for method, verb in verbs.items()}


# Rows that belong to a team: an outsider sees none of them.
SCOPED: dict[str, Permissions] = {
    "customer-list": of("customer", CREATE),
    "customer-detail": of("customer", ALL),
    "customer-merge": {"post": "add_merge"},
    "duplicatepair-list": of("duplicatepair", READ),
    "duplicatepair-detail": of("duplicatepair", READ),
    "duplicatepair-dismiss": of("duplicatepair", VERB),
    "duplicatepair-reopen": of("duplicatepair", VERB),
    "duplicatepair-merge": {"post": "add_merge"},
    "merge-list": of("merge", READ),
    "merge-detail": of("merge", READ),
    "merge-undo": of("merge", VERB),
    "insight-timeline": of("customer", READ),
    "insight-score": of("customerscore", READ),
    "customerworth-value": of("customervalue", READ),
    "insight-preferences": of("preferenceprofile", READ),
    "insight-product-views": of("event", READ),
    "beside-relation-effects": of("customerscore", READ),
    **{f"around-{what}": of("relation", READ) for what in ("household", "hierarchy", "neighbourhood")},
    "consent-consents": of("consent", CREATE),
    "consent-may-contact": of("consent", READ),
    "statedpreference-stated": of("statedpreference", CREATE),
    "offer-next-offers": of("preferenceprofile", READ),
    "offer-offers": of("offer", CREATE),
    "relation-list": of("relation", CREATE),
    "relation-detail": of("relation", ALL),
    "relation-end": of("relation", VERB),
    "relation-succeed": of("relation", VERB),
    "order-list": of("order", CREATE),
    "order-detail": of("order", READ),
    "order-deliver": of("order", VERB),
    "chatsession-list": of("chatsession", READ),
    "chatsession-detail": of("chatsession", READ),
    "phonecall-list": of("phonecall", CREATE),
    "phonecall-detail": of("phonecall", READ),
    "interaction-list": of("interaction", CREATE),
    "interaction-detail": of("interaction", ALL),
    "observation-list": of("observation", READ),
    "observation-detail": of("observation", READ),
    **{f"observation-{verb}": of("observation", VERB) for verb in ("exclude", "readmit")},
    "privacyflag-privacy": of("privacyflag", CREATE),
    "privacyflag-export-person": {"post": "add_personexport"},
    "erasure-list": of("erasure", CREATE),
    "erasure-detail": of("erasure", READ),
    **{f"erasure-{verb}": of("erasure", VERB) for verb in ("approve", "refuse")},
    "erasure-withdraw": {"post": "add_erasure"},
    "export-list": of("export", CREATE),
    "export-detail": of("export", READ),
    "export-download": of("export", READ),
    "importbatch-list": of("importbatch", CREATE),
    "importbatch-detail": of("importbatch", READ),
    "importbatch-rows": of("importrow", READ),
    "importbatch-touched": {"get": "change_importbatch"},
    "importbatch-undo": of("importbatch", VERB),
    **{f"importbatch-{verb}": {"post": "add_importbatch"} for verb in ("map", "check", "start")},
    "ticket-list": of("ticket", CREATE),
    "ticket-detail": of("ticket", CHANGE),
    "ticket-messages": of("message", READ),
    **{f"inboundmail-{what}": of("inboundmail", READ) for what in ("list", "detail", "raw")},
    "inboundmail-file-again": of("inboundmail", VERB),
    **{f"webformsubmission-{what}": of("webformsubmission", READ) for what in ("list", "detail")},
    **{f"webformsubmission-{verb}": of("webformsubmission", VERB) for verb in ("release", "discard")},
    **{
        f"ticket-{verb}": of("ticket", VERB)
        for verb in ("assign", "assign-by-rules", "prioritise", "pend", "hold", "solve", "reopen", "close")
    },
    **{f"ticket-{verb}": {"post": "add_message"} for verb in ("reply", "note", "receive")},
    "tickettie-merge": {"post": "add_ticketmerge"},
    "tickettie-split": {"post": "add_ticket"},
    "tickettie-links": of("ticketlink", READ),
    "tickettie-link": {"post": "add_ticketlink"},
    "tickettie-unlink": of("ticketlink", VERB),
    "tickettie-parent": of("ticket", VERB),
    "tickettie-queue": of("ticket", VERB),
    "tickettie-solve-problem": {"post": "add_message"},
    "tickettape-tape": of("ticket", READ),
    "tickettriage-suggestions": of("ticket", READ),
    "tickettime-time": of("timeentry", CREATE),
    "ticketmerge-list": of("ticketmerge", READ),
    "ticketmerge-detail": of("ticketmerge", READ),
    "ticketmerge-undo": of("ticketmerge", VERB),
    "ticket-rate": {"post": "add_satisfactionrating"},
    "ticket-request-rating": {"post": "add_ratingrequest"},
    "outboundmail-list": of("outboundmail", READ),
    "outboundmail-detail": of("outboundmail", READ),
    "outboundmail-resend": {"post": "add_message"},
    "ratingrequest-list": of("ratingrequest", READ),
    "ratingrequest-detail": of("ratingrequest", READ),
    "rulefiring-list": of("rulefiring", READ),
    "rulefiring-detail": of("rulefiring", READ),
    "deskticket-macro": {"post": "add_message"},
    "deskticket-preview-macro": {"post": "add_message"},
    "deskticket-attachments": {"get": "view_attachment", "post": "add_attachment"},
    **{f"attachment-{what}": of("attachment", READ) for what in ("list", "detail", "download")},
    "customerscore-list": of("customerscore", READ),
    "customerscore-detail": of("customerscore", READ),
    "moverdigest-list": of("moverdigest", READ),
    "moverdigest-detail": of("moverdigest", READ),
    "event-list": of("event", CREATE),
    "event-detail": of("event", READ),
    "eventidentity-list": of("eventidentity", READ),
    "eventidentity-detail": of("eventidentity", READ),
    "eventidentity-link": of("eventidentity", VERB),
    "customervalue-list": of("customervalue", READ),
    "customervalue-detail": of("customervalue", READ),
    "actiondecision-list": of("actiondecision", CREATE),
    "actiondecision-detail": of("actiondecision", READ),
    "preferenceprofile-list": of("preferenceprofile", READ),
    "preferenceprofile-detail": of("preferenceprofile", READ),
}
# The common catalogue: everybody with the permission sees all of it.
OPEN: dict[str, Permissions] = {
    f"{model}-{kind}": of(model, verbs)
    for model in (
        "actionrule",
        "calendar",
        "assignmentrule",
        "category",
        "customattribute",
        "deskview",
        "knowledgearticle",
        "macro",
        "mailtemplate",
        "product",
        "queue",
        "relationtype",
        "rule",
        "savedreport",
        "segment",
        "servicetype",
        "skill",
        "slapolicy",
        "tag",
        "ticketattribute",
        "webform",
    )
    for kind, verbs in (("list", CREATE), ("detail", ALL))
} | {f"segment-{view}": of("segment", READ) for view in ("facts", "count", "customers")}
OPEN |= {
    "scoremodelversion-list": of("scoremodelversion", CREATE),
    "scoremodelversion-detail": of("scoremodelversion", ALL),
    "scoremodelversion-activate": of("scoremodelversion", VERB),
    "scoremodelversion-measure": of("scoremodelversion", VERB),
    "scoremodelversion-preview": of("scoremodelversion", {"get": "view", "post": "change"}),
    "scoremodelversion-events": of("scoremodelversion", READ),
    "preferencemodelversion-list": of("preferencemodelversion", CREATE),
    "preferencemodelversion-detail": of("preferencemodelversion", ALL),
    "preferencemodelversion-activate": of("preferencemodelversion", VERB),
    "preferencemodelversion-measure": of("preferencemodelversion", VERB),
    "preferencemodelversion-preview": of("preferencemodelversion", {"get": "view", "post": "change"}),
    "preferencemodelversion-events": of("preferencemodelversion", READ),
    "weightproposal-list": of("weightproposal", CREATE),
    "weightproposal-detail": of("weightproposal", READ),
    "weightproposal-accept": of("weightproposal", VERB),
    "weightproposal-reject": of("weightproposal", VERB),
}
OPEN |= {"eventsource-list": of("eventsource", CREATE), "eventsource-detail": of("eventsource", ALL)}
OPEN |= {
    "campaignlist-list": of("campaignlist", CREATE),
    "campaignlist-detail": of("campaignlist", ALL),
    **{f"campaignlist-{verb}": of("campaignlist", VERB) for verb in ("build", "send")},
    **{f"campaignlist-{view}": of("campaignlist", READ) for view in ("members", "response")},
}
OPEN |= {f"mailbox-{view}": of("mailbox", READ) for view in ("list", "detail")}
# For administrators: what a webhook is told is narrowed down by whom it belongs to.
OPEN |= {
    **{f"{model}-list": of(model, CREATE) for model in ("webhook", "messagingchannel")},
    **{f"{model}-detail": of(model, ALL) for model in ("webhook", "messagingchannel")},
    **{f"webhook-{verb}": of("webhook", VERB) for verb in ("rotate", "ping", "resume", "replay")},
    "webhook-deliveries": of("webhookdelivery", READ),
    **{f"messagingchannel-{verb}": of("messagingchannel", VERB) for verb in ("rotate", "notify")},
}
OPEN |= {f"knowledgearticle-{verb}": of("knowledgearticle", VERB) for verb in ("publish", "archive")}
OPEN |= {"chatwidget-list": of("chatwidget", CREATE), "chatwidget-detail": of("chatwidget", ALL)}
OPEN["calendar-fill-holidays"] = of("calendar", VERB)
OPEN["rule-dry-run"] = {"post": "view_rule"}
# Agents are made in the admin; they say themselves that they are away.
OPEN |= {
    "agent-list": of("agent", READ),
    "agent-detail": of("agent", CHANGE),
    "agent-away": {"post": "view_agent"},
}
OPEN["tickettie-bulk"] = of("ticket", VERB)  # it answers of each ticket that is out of sight that it is not there
OPEN["mailin-messages"] = {"post": "add_inboundmail"}
# Shared with everybody, as that one is; and what comes by mail, whose owner and recipients alone see it.
for model in ("dashboard", "tile", "scheduledreport"):
    OPEN |= {f"{model}-list": of(model, CREATE), f"{model}-detail": of(model, ALL)}
OPEN |= {
    "dashboard-arrange": of("dashboard", VERB),
    "dashboard-copy": {"post": "add_dashboard"},
    "tile-data": of("tile", READ),
    "scheduledreport-send": of("scheduledreport", VERB),
    "scheduledreport-leave": {"post": "view_scheduledreport"},
}
OPEN |= {f"savedreport-{view}": of("savedreport", READ) for view in ("result", "customers")}
OPEN |= {f"forecast-{view}": of("forecast", READ) for view in ("list", "detail")}
for model in ("marketevent", "marketindex"):
    OPEN |= {f"{model}-list": of(model, CREATE), f"{model}-detail": of(model, ALL)}
OPEN["report-service"] = of("ticket", READ)
OPEN["moverdigest-by-mail"] = of("moverdigest", {"get": "view", "post": "view"})
OPEN["customerscore-movers"] = of("customerscore", READ)
OPEN |= {f"scoringrun-{view}": of("scoringrun", READ) for view in ("list", "detail", "progress")}
OPEN |= {"scorevalidation-list": of("scorevalidation", CREATE), "scorevalidation-detail": of("scorevalidation", READ)}
OPEN |= {f"auditentry-{view}": of("auditentry", READ) for view in ("list", "detail")}
OPEN |= {
    "retentionrule-list": of("retentionrule", READ),
    "retentionrule-detail": of("retentionrule", CHANGE),
    "retentionrule-report": {"post": "add_retentionrun"},
    **{f"retentionrun-{view}": of("retentionrun", READ) for view in ("list", "detail")},
}
OPEN |= {f"backup-{view}": of("backup", READ) for view in ("list", "detail")}
OPEN["scoringrun-resume"] = of("scoringrun", VERB)
# One's own alone.
OPEN |= {
    "deskview-counts": of("deskview", READ),
    "notification-list": of("ticket", READ),
    "notification-detail": of("ticket", READ),
    "notification-read": {"post": "view_ticket"},
}
OPEN |= {f"apitoken-{what}": {"get": "have_apitoken"} for what in ("list", "detail")}
OPEN["apitoken-revoke"] = {"post": "have_apitoken"}
# Of everybody, for administrators.
for model in ("session", "loginlock"):
    OPEN |= {f"{model}-{what}": of(model, READ) for what in ("list", "detail")}
OPEN |= {"session-end": {"post": "delete_session"}, "loginlock-lift": {"post": "delete_loginlock"}}
# Rows of a team alone: that one of its customers is another's own does not show them the team's.
OF_A_TEAM = {"moverdigest-list", "moverdigest-detail"}
# Routes that are about no row.
WITHOUT_ROW = {
    "moverdigest-by-mail",
    "customerscore-movers",
    "segment-facts",
    "tickettie-bulk",
    "report-service",
    "deskview-counts",
    "notification-read",
}
DECLARED = SCOPED | OPEN

ROUTES: dict[str, Any] = {route.name: route for route in cast(Any, router.urls) if route.name != "api-root"}


def methods(name: str) -> list[str]:
    return sorted(set(ROUTES[name].callback.actions) - {"head"})  # DRF answers HEAD wherever it answers GET


def address(name: str, world: World) -> str:
    resource, _dash, kind = name.partition("-")
    return reverse(name) if kind == "list" or name in WITHOUT_ROW else reverse(name, args=[world[resource]])


def ask(user: User, name: str, method: str, world: World) -> Any:
    """A request that changes nothing: what it sends is refused by whoever looks at it."""
    send = getattr(as_user(user), method)
    data = None if method == "get" else {"no such field": 1}
    headers = {"If-Match": '"999999"'} if method == "delete" else {"If-Match": "*"}
    return send(address(name, world), data, headers=headers)


def permit_everything(user: User) -> User:
    """Whatever can be permitted, but to see the rows of other teams."""
    user.user_permissions.set(Permission.objects.exclude(codename="see_all_teams"))
    return user


def test_every_route_is_declared_with_its_methods() -> None:
    assert {name: methods(name) for name in ROUTES} == {name: sorted(row) for name, row in DECLARED.items()}


def test_an_outsider_who_may_do_everything_sees_nothing(otto: User, world: World) -> None:
    permit_everything(otto)
    for name, row in SCOPED.items():
        for method in row:
            response = ask(otto, name, method, world)
            if not name.endswith("-list"):
                assert response.status_code == 404, (name, method, response.content)
            elif method == "get":
                assert response.json()["results"] == [], name


def test_the_team_sees_its_rows(ann: User, world: World) -> None:
    permit_everything(ann)
    for name, row in DECLARED.items():
        for method in row:
            response = ask(ann, name, method, world)
            expected = 200 if method == "get" else 412 if method == "delete" else 400
            assert response.status_code == expected, (name, method, response.content)
            if name.endswith("-list") and method == "get":
                assert response.json()["results"], name


def test_owners_see_their_own_whatever_their_team(otto: User, world: World) -> None:
    Customer.objects.update(owner=otto)
    Ticket.objects.update(assignee=otto.agent)
    ImportBatch.objects.update(started_by=otto)
    Export.objects.update(owner=otto)
    permit_everything(otto)
    for name, row in SCOPED.items():
        if "get" in row and name not in OF_A_TEAM:
            response = ask(otto, name, "get", world)
            assert response.status_code == 200, name
            if name.endswith("-list"):
                assert response.json()["results"], name


@pytest.mark.parametrize("role", ["", *ROLES])
def test_a_role_may_do_what_it_was_given_and_nothing_else(role: str, north: Team, world: World) -> None:
    user = make_user("new", north, role=role)
    given = set(Group.objects.get(name=role).permissions.values_list("codename", flat=True)) if role else set()
    for name, row in DECLARED.items():
        for method, permission in row.items():
            refused = ask(user, name, method, world).status_code == 403
            assert refused == (permission not in given), (name, method, permission)


def test_a_stranger_and_one_who_left_get_nothing(client: Any, root: User, world: World) -> None:
    for name in DECLARED:
        assert client.get(address(name, world)).status_code == 401, name
    client.force_login(root)
    User.objects.update(is_active=False)
    for name in DECLARED:
        assert client.get(address(name, world)).status_code == 401, name
