"""Our own people, by whatever a file calls them."""

from functools import cached_property

from django.utils.translation import gettext as _

from customers.importers.run import ImportRun
from customers.models import User


class People:
    """Finds members of staff by user name, e-mail address or full name. Who is not here is left out, with a note:
    another system's people need not have come along."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run

    def username(self, text: str) -> str:
        """The user name of whom a text names; empty where nobody is."""
        found = self._names.get(text.casefold(), "")
        if not found:
            self._run.note(_("nobody here is called “%(text)s”: not put down to anybody") % {"text": text[:60]})
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        found: dict[str, str] = {}
        full_names: dict[str, list[str]] = {}
        for user in User.objects.filter(is_active=True).only("username", "email", "first_name", "last_name"):
            if full := user.get_full_name().casefold():
                full_names.setdefault(full, []).append(user.username)
            if user.email:
                found[user.email.casefold()] = user.username
        found |= {name: users[0] for name, users in full_names.items() if len(users) == 1}
        found |= {name.casefold(): name for name in User.objects.values_list("username", flat=True)}
        return found
