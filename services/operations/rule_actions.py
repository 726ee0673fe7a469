"""What a rule can do: a register of actions, each of which goes through a verb. Escalation steps do theirs here too.

Others add theirs with `register_action`, in the `ready` of their app."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from customers.models import User
from customers.segments.choices import Choices, Rows
from services.choices import NotificationKind
from services.models import Ticket
from services.operations.rule_conditions import RuleInvalid

MOST_ACTIONS = 20
LONGEST_TEXT = 5000

# Outcomes. Codes are stored; services.admin.rule_words says them in words.
DONE, SAME, GONE, REFUSED, FAILED = "done", "same", "gone", "refused", "failed"
AGENT_AWAY, HAS_IT, IS_URGENT, NOBODY = "agent_away", "has_it", "is_urgent", "nobody"
IS_FINAL, IS_SOLVED, NOT_SOLVED, NO_STEP, TOO_SOON = "is_final", "is_solved", "not_solved", "no_step", "too_soon"
"""Done; it is so already; what it names is gone; a verb refused it; it broke; its agent takes no tickets at present, or
has the ticket already; the ticket has the highest priority already; there is nobody to tell; the ticket is closed or
merged; it is solved, or not yet; its status allows no such step; the same was said a short while ago."""


class ParamType(models.TextChoices):
    """What a parameter of an action is."""

    CHOICE = "choice"
    TEXT = "text"
    LONG_TEXT = "long_text"
    YES_NO = "yes_no"
    VALUE = "value"  # of any plain type: the action itself knows


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of an action."""

    code: str
    label: Any
    type: ParamType = ParamType.CHOICE
    choices: Choices | None = None
    is_required: bool = True
    help: Any = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and why something is done. `key` is unique for the firing; `kind` and `detail` are those of notifications;
    `reason` is a code that stands in the history; `rule` is the rule's key, where one is behind it."""

    at: datetime
    key: str
    reason: str
    kind: NotificationKind = NotificationKind.RULE
    detail: str = ""
    rule: int | None = None


Params = Mapping[str, Any]
Foresee = Callable[[Ticket, Params, datetime], str]
Do = Callable[[Ticket, Params, Occasion], object]


@dataclass(frozen=True, slots=True)
class ActionKind:
    """Something that can be done to a ticket. `foresee` says what would come of it now, and writes nothing; where that
    is DONE, `do` does it, through a verb with nobody behind it. `check` raises ValueError for parameters that do not
    go together."""

    code: str
    label: Any
    do: Do
    params: tuple[Param, ...] = ()
    foresee: Foresee = lambda ticket, params, at: DONE
    check: Callable[[dict[str, Any]], None] = lambda params: None


ACTIONS: dict[str, ActionKind] = {}


def register_action(kind: ActionKind) -> ActionKind:
    """Make an action known to rules. The same code again takes the place of the first."""
    ACTIONS[kind.code] = kind
    return kind


def foresee(action: Params, ticket: Ticket, *, at: datetime) -> str:
    """What would come of an action for this ticket as it stands. Writes nothing."""
    kind = ACTIONS.get(str(action.get("action")))
    return GONE if kind is None else kind.foresee(ticket, action, at)


def do_action(action: Params, ticket: Ticket, occasion: Occasion) -> str:
    """Do one action, and say what came of it. Raises whatever its verb raises; then nothing was changed, if the caller
    is in a transaction of its own."""
    outcome = foresee(action, ticket, at=occasion.at)
    if outcome == DONE:
        ACTIONS[action["action"]].do(ticket, action, occasion)
    return outcome


def read_actions(data: Any) -> list[dict[str, Any]]:
    """The actions that somebody sends, as they are stored. Raises RuleInvalid, which names everything that is wrong."""
    if not isinstance(data, list) or len(data) > MOST_ACTIONS:
        raise RuleInvalid({("actions",): _("Give a list of at most %(most)d actions.") % {"most": MOST_ACTIONS}})
    if not data:
        raise RuleInvalid({("actions",): _("Say what the rule does: add an action.")})
    problems: dict[tuple[Any, ...], str] = {}
    found = []
    for number, row in enumerate(data):
        try:
            found.append(_read(row))
        except ValueError as error:
            problems["actions", number] = str(error)
    if problems:
        raise RuleInvalid(problems)
    return found


def require_in_sight(actions: list[dict[str, Any]], *, before: Any, by: User) -> None:
    """Raise RuleInvalid where the actions name a row that they did not name before and that this user does not see,
    such as the macro of another team. `actions` are as `read_actions` gives them."""
    known = list(_named(before if isinstance(before, list) else []))
    problems: dict[tuple[Any, ...], str] = {}
    for number, row in enumerate(actions):
        for name, param, value in _named([row]):
            if (name, param, value) not in known and not param.choices.is_in_sight(value, by):  # type: ignore[union-attr]
                problems["actions", number] = str(_gone(param, value))
    if problems:
        raise RuleInvalid(problems)


def _named(actions: list[Any]) -> Iterator[tuple[str, Param, Any]]:
    """What actions name: of each the action, the parameter and the value."""
    for row in actions:
        kind = ACTIONS.get(str(row.get("action"))) if isinstance(row, dict) else None
        for param in kind.params if kind else ():
            if isinstance(param.choices, Rows) and param.code in row:
                yield kind.code, param, row[param.code]  # type: ignore[union-attr]


def _read(row: Any) -> dict[str, Any]:
    code = row.get("action") if isinstance(row, dict) else None
    kind = ACTIONS.get(code) if isinstance(code, str) else None
    if kind is None:
        raise ValueError(_("There is no action “%(code)s”.") % {"code": str(code)[:100]})
    unknown = sorted(str(name) for name in set(row) - {"action"} - {param.code for param in kind.params})
    if unknown:
        raise ValueError(_("It has no “%(names)s”.") % {"names": ", ".join(unknown)[:200]})
    found: dict[str, Any] = {"action": kind.code}
    for param in kind.params:
        value = _clean(param, row.get(param.code))
        if value is not None:
            found[param.code] = value
        elif param.is_required:
            raise ValueError(_("Give: %(what)s.") % {"what": param.label})
    kind.check(found)
    return found


def _clean(param: Param, value: Any) -> Any:
    if value is None or value == "":
        return None
    match param.type:
        case ParamType.YES_NO:
            if not isinstance(value, bool):
                raise ValueError(_("%(what)s: this is neither yes nor no.") % {"what": param.label})
            return value or None
        case ParamType.TEXT | ParamType.LONG_TEXT:
            if not isinstance(value, str) or "\x00" in value or len(value) > LONGEST_TEXT:
                text = _("%(what)s: give a text of at most %(most)d characters.")
                raise ValueError(text % {"what": param.label, "most": LONGEST_TEXT})
            return value.strip() or None
        case ParamType.VALUE:
            if not isinstance(value, str | int | float | bool):
                raise ValueError(_("%(what)s: give a text, a number, true or false.") % {"what": param.label})
            return value
    return _chosen(param, value)


def _chosen(param: Param, value: Any) -> Any:
    gone = _gone(param, value)
    if param.choices is None:
        raise ValueError(gone)
    try:
        clean = param.choices.clean(value)
    except TypeError as error:
        raise ValueError(gone) from error
    if clean not in param.choices.labels([clean]):
        raise ValueError(gone)
    return clean


def _gone(param: Param, value: Any) -> str:
    given = {"what": param.label, "value": str(value)[:100]}
    return _("%(what)s: “%(value)s” does not exist (any more).") % given
