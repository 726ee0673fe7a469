"""The text of a macro: its placeholders, which are known, and what stands in their place for a ticket."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, User
from services.models import Ticket

PLACEHOLDER = re.compile(r"\{\s*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\s*\}")
PLACEHOLDERS = {
    "customer.name": gettext_lazy("name of the customer"),
    "customer.given_name": gettext_lazy("given name of the customer, or the whole name"),
    "requester.name": gettext_lazy("who asked: the requester, or the customer"),
    "ticket.number": gettext_lazy("number of the ticket"),
    "ticket.subject": gettext_lazy("subject of the ticket"),
    "agent.name": gettext_lazy("your name, as customers see it"),
}


class UnknownPlaceholder(ValueError):
    """A text names something that a macro does not know. Nothing was saved."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        text = _("There is no placeholder %(names)s. These are known: %(known)s.")
        super().__init__(text % {"names": _listed(names), "known": _listed(list(PLACEHOLDERS))})


def _listed(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def require_known_placeholders(text: str) -> None:
    """Raise UnknownPlaceholder unless every placeholder of the text is one of PLACEHOLDERS."""
    unknown = sorted({name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS})
    if unknown:
        raise UnknownPlaceholder(unknown)


def fill_in(text: str, *, ticket: Ticket, by: User | None) -> str:
    """The text with the values of this ticket, in one pass: braces within a value stay what they are. A placeholder
    that is unknown, as an old row may have, stays as it is written. With nobody behind it, the agent is the ticket's,
    or the queue stands for one."""
    values = _values(ticket, by)
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def _values(ticket: Ticket, by: User | None) -> dict[str, str]:
    customer: Customer = ticket.customer
    return {
        "customer.name": customer.name,
        "customer.given_name": customer.given_name or customer.name,
        "requester.name": (ticket.requester or customer).name,
        "ticket.number": ticket.number,
        "ticket.subject": ticket.subject,
        "agent.name": _name_of(by) if by else (ticket.assignee or ticket.queue).name,
    }


def _name_of(user: User) -> str:
    agent = getattr(user, "agent", None)
    return str(agent.name if agent else user.get_full_name() or user.get_username())
