"""The text of a macro: its placeholders, which are known, and what stands in their place for a ticket."""

import re
from collections.abc import Collection, Iterable, Mapping

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
    """A text names something that is not known where it is used. Nothing was saved."""

    def __init__(self, names: list[str], known: Iterable[str] = PLACEHOLDERS) -> None:
        self.names = names
        text = _("There is no placeholder %(names)s. These are known: %(known)s.")
        super().__init__(text % {"names": _listed(names), "known": _listed(known)})


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def require_known_placeholders(text: str, known: Collection[str] = PLACEHOLDERS) -> None:
    """Raise UnknownPlaceholder unless every placeholder of the text is a known one: of macros, one of PLACEHOLDERS."""
    unknown = sorted({name for name in PLACEHOLDER.findall(text) if name not in known})
    if unknown:
        raise UnknownPlaceholder(unknown, known)


def fill_in(text: str, *, ticket: Ticket, by: User | None) -> str:
    """The text with the values of this ticket."""
    return put_in(text, values_of(ticket, by))


def put_in(text: str, values: Mapping[str, str]) -> str:
    """The text with these values, in one pass: braces within a value stay what they are. A placeholder that is
    unknown, as an old row may have, stays as it is written."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def values_of(ticket: Ticket, by: User | None) -> dict[str, str]:
    """What stands in the place of each placeholder. With nobody behind it, the agent is the ticket's, or the queue
    stands for one."""
    customer: Customer = ticket.customer
    return {
        "customer.name": customer.name,
        "customer.given_name": customer.given_name or customer.name,
        "requester.name": (ticket.requester or customer).name,
        "ticket.number": ticket.number,
        "ticket.subject": ticket.subject,
        "agent.name": name_of_agent(by) if by else (ticket.assignee or ticket.queue).name,
    }


def name_of_agent(user: User) -> str:
    """How customers know a colleague."""
    agent = getattr(user, "agent", None)
    return agent.name if agent else user.get_full_name() or user.get_username()
