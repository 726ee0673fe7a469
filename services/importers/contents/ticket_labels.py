"""The targets of a ticket's row and what they are called."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.importers.mapping.targets import IGNORED, Aim, Target, TargetGroup, label_of

TICKET: dict[str, Any] = {
    "id": gettext_lazy("Id in the source"),
    "number": gettext_lazy("Number"),
    "subject": gettext_lazy("Subject"),
    "description": gettext_lazy("What the customer wrote"),
    "note": gettext_lazy("Internal note"),
    "status": gettext_lazy("Status"),
    "status.reason": gettext_lazy("Status: reason, which says more than the status"),
    "closed": gettext_lazy("Yes: it is closed"),
    "priority": gettext_lazy("Priority"),
    "channel": gettext_lazy("Channel"),
    "service_type": gettext_lazy("Service type"),
    "queue": gettext_lazy("Queue"),
    "assignee": gettext_lazy("Assignee"),
    "satisfaction": gettext_lazy("Rating: good or bad, or 1 to 5"),
    "satisfaction.comment": gettext_lazy("Rating: comment"),
    "deleted": gettext_lazy("Yes: the row was deleted, leave it out"),
}
PEOPLE: dict[str, Any] = {
    "customer.id": gettext_lazy("Customer: id in the source"),
    "customer.name": gettext_lazy("Customer: name"),
    "requester.id": gettext_lazy("Who asked: id in the source"),
    "requester.name": gettext_lazy("Who asked: name"),
    "requester.email": gettext_lazy("Who asked: e-mail"),
    "requester.phone": gettext_lazy("Who asked: phone"),
}
MOMENTS: dict[str, Any] = {
    "created_at": gettext_lazy("Opened at"),
    "first_reply_at": gettext_lazy("First reply at"),
    "first_reply_minutes": gettext_lazy("First reply: minutes after it was opened"),
    "solved_at": gettext_lazy("Solved at"),
    "closed_at": gettext_lazy("Closed at"),
    "updated_at": gettext_lazy("Changed last at"),
}
LABELS = {**TICKET, **PEOPLE, **MOMENTS}
MANY = ("status", "note", "channel", "deleted", "customer.id", "requester.id")


def groups() -> list[TargetGroup]:
    """The choices for a column of tickets, in groups."""
    parts = ((_("Ticket"), TICKET), (_("People"), PEOPLE), (_("Times"), MOMENTS))
    found = [
        TargetGroup(label, tuple(Target(code, str(text), code in MANY) for code, text in targets.items()))
        for label, targets in parts
    ]
    return [TargetGroup("", (IGNORED,)), *found]


def describe(code: str) -> str:
    """The name of a target in the reader's language. Raises ValueError for what is none of tickets."""
    aim = Aim.of(code)
    if aim.noun == "attribute" and aim.name:
        return _("Attribute %(name)s") % {"name": aim.name}
    return label_of(LABELS, code)
