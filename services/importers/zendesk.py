"""Zendesk: tickets from the legacy CSV export or as JSON, and users as JSON.

Whoever asked becomes a person, who works for the organization that the ticket names; the ticket is of the latter. The
export tells of the first reply, so clocks and scores know how long people waited. JSON names people by id only: they
stand in the file of users, or are called by their id. Fields of a company's own are attributes of the ticket, of the
type that stands behind their name. Agents are no customers."""

from django.utils.translation import gettext_lazy as _

from customers.importers.formats import Format, TableKind, register_format
from customers.importers.mapping.targets import IGNORE

CODE = "zendesk"
NOTHING = frozenset({"-"})
TICKETS = TableKind(
    code="tickets",
    label=_("Tickets (CSV)"),
    content="tickets",
    needs=(
        frozenset({"id"}),
        frozenset({"requester", "requester id"}),
        frozenset({"created at"}),
        frozenset({"via", "group"}),
    ),
    columns={
        "summation column": IGNORE,
        "id": "id+number",
        "requester": "requester.name",
        "requester id": "requester.id",
        "requester email": "requester.email",
        "organization": "customer.name",
        "assignee": "assignee",
        "group": "queue",
        "subject": "subject",
        "description": "description",
        "status": "status",
        "priority": "priority",
        "via": "channel",
        "ticket type": "service_type",
        "created at": "created_at",
        "updated at": "updated_at",
        "solved at": "solved_at",
        "first reply time in minutes": "first_reply_minutes",
        "satisfaction score": "satisfaction",
    },
    constants={"queue": "Zendesk", "customer.kind": "organisation", "requester.works_for": "yes"},
    nothing=NOTHING,
)
JSON_TICKETS = TableKind(
    code="json_tickets",
    label=_("Tickets (JSON)"),
    content="tickets",
    needs=(frozenset({"id"}), frozenset({"requester_id"}), frozenset({"created_at"})),
    columns={
        "url": IGNORE,
        "raw_subject": IGNORE,
        "generated_timestamp": IGNORE,
        "id": "id+number",
        "requester_id": "requester.id",
        "assignee_id": "assignee",
        "subject": "subject",
        "description": "description",
        "status": "status",
        "priority": "priority",
        "via.channel": "channel",
        "type": "service_type",
        "created_at": "created_at",
        "updated_at": "updated_at",
        "satisfaction_rating.score": "satisfaction",
        "satisfaction_rating.comment": "satisfaction.comment",
        "satisfaction_rating.id": IGNORE,
    },
    constants={"queue": "Zendesk", "requester.made": "yes"},
)
USERS = TableKind(
    code="users",
    label=_("Users (JSON)"),
    content="customers",
    needs=(frozenset({"id"}), frozenset({"name"}), frozenset({"role"}), frozenset({"email", "phone"})),
    columns={
        "url": IGNORE,
        "id": "id",
        "name": "name",
        "email": "email",
        "phone": "phone",
        "created_at": "created_at",
        "updated_at": IGNORE,
        "locale": "language",
        "notes": "note",
        "tags": "tags",
        "role": "staff",
    },
    constants={"kind": "person"},
    lacks=frozenset({"requester_id"}),
    words={"role": {"end-user": "no", "agent": "yes", "admin": "yes"}},
)


def register_zendesk() -> None:
    """Make the format known."""
    register_format(Format(CODE, "Zendesk", [USERS, TICKETS, JSON_TICKETS]))
