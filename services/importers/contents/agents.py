"""Our own agents, by whatever a file calls them."""

from functools import cached_property

from django.utils.translation import gettext as _

from customers.importers.run import ImportRun
from services.models import Agent


class Agents:
    """Finds agents by user name, e-mail address, full name or the name that customers see. Who is none is left out,
    with a note: another system's agents need not work here."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run

    def username(self, text: str) -> str:
        """The user name of the agent whom a text names; empty where nobody is."""
        found = self._names.get(text.casefold(), "")
        if not found:
            self._run.note(_("no agent here is called “%(text)s”: not assigned to anybody") % {"text": text[:60]})
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, set[str]] = {}
        for agent in Agent.objects.select_related("user"):
            user = agent.user
            for name in (user.username, user.email, user.get_full_name(), agent.name):
                if name:
                    names.setdefault(name.casefold(), set()).add(user.username)
        return {name: next(iter(users)) for name, users in names.items() if len(users) == 1}
