"""The words in which declared.py says what addresses ask for."""

from dataclasses import dataclass
from enum import StrEnum

ANYBODY, STAFF, NOBODY, WRONG = "anybody", "", "nobody", "wrong"
# For a machine: it wants a token of its own, whoever is logged in, and where none is set there is no such page.
BY_TOKEN = "by token"


class Sight(StrEnum):
    """Who of those with the permission sees the row."""

    ALL = "whoever has the permission: it is about no row, or one of the common catalogue"
    TEAM = "its team and its owner, and who sees all teams"
    TEAM_ALONE = "its team, and who sees all teams"
    STARTER = "whoever started it, and who sees all teams"
    TEAM_OR_OWNER = "its team, its owner alone once it has one, and who sees all teams what is a team's"
    OWNER = "its owner alone"
    STARTER_ALONE = "its team, and whoever started it does something to it"
    ACCOUNT = "its owner, and whoever may see those of everybody"


@dataclass(frozen=True, slots=True)
class Declared:
    """One address: what it asks for by method, and who sees the row that it is about."""

    get: str
    post: str
    sight: Sight = Sight.ALL
    # What is asked of the owner, in the place of the permissions for POST; None: the same.
    own: str | None = None
    # What is asked beside them to shape what is not one's own.
    shape: str = ""

    def needs(self, method: str) -> str:
        return self.get if method == "get" else self.post


def pages(model: str, verbs: str, sight: Sight = Sight.ALL) -> dict[str, Declared]:
    """The five pages that Django's admin has for a model (`customers_order`), of which these verbs are allowed."""
    name = model.partition("_")[2]
    view = f"view_{name}"

    def needs(verb: str) -> str:
        return f"{verb}_{name}" if verb in verbs.split() else NOBODY

    return {
        f"{model}_changelist": Declared(view, view),
        f"{model}_add": Declared(needs("add"), needs("add")),
        f"{model}_change": Declared(view, needs("change"), sight),
        f"{model}_delete": Declared(needs("delete"), needs("delete"), sight),
        f"{model}_history": Declared(view, view, sight),
    }


def export(model: str) -> dict[str, Declared]:
    """The button that exports a list."""
    needs = f"view_{model.partition('_')[2]} add_export"
    return {f"{model}_export": Declared(WRONG, needs)}


def only_get(needs: str, sight: Sight = Sight.ALL) -> Declared:
    return Declared(needs, WRONG, sight)


def only_post(needs: str, sight: Sight = Sight.ALL) -> Declared:
    return Declared(WRONG, needs, sight)


def both(needs: str, sight: Sight = Sight.ALL) -> Declared:
    return Declared(needs, needs, sight)


TEAM, OWNER = Sight.TEAM, Sight.OWNER
EVERY_VERB = "add change delete"
