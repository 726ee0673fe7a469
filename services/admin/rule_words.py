"""Rules in words: when, if, then, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.segments.choices import Choices
from services.admin.clock_faces import duration
from services.choices import EventKind, RuleAnchor, RuleTrigger
from services.models import Rule
from services.operations import rule_actions as did
from services.operations.rule_actions import ACTIONS, ParamType
from services.operations.rule_conditions import Condition, conditions_of
from services.operations.rule_fields import FIELDS, Field, FieldType, Op

OUTCOMES = {
    did.DONE: gettext_lazy("done"),
    did.SAME: gettext_lazy("is so already"),
    did.GONE: gettext_lazy("what it names does not exist any more"),
    did.REFUSED: gettext_lazy("refused"),
    did.FAILED: gettext_lazy("failed"),
    did.AGENT_AWAY: gettext_lazy("whoever was to have it takes no tickets at present"),
    did.HAS_IT: gettext_lazy("whoever was to have it has it already"),
    did.IS_URGENT: gettext_lazy("it is urgent already"),
    did.NOBODY: gettext_lazy("nobody is there to be told"),
    did.IS_FINAL: gettext_lazy("the ticket is closed or merged"),
    did.IS_SOLVED: gettext_lazy("the ticket is solved"),
    did.NOT_SOLVED: gettext_lazy("the ticket is not solved yet"),
    did.NO_STEP: gettext_lazy("its status allows no such step"),
    did.TOO_SOON: gettext_lazy("the same was said a short while ago"),
}
FORESEEN = {**OUTCOMES, did.DONE: gettext_lazy("would be done")}


def outcome_words(code: str, error: str = "") -> str:
    """What came of an action."""
    words = str(OUTCOMES.get(code, code))
    return f"{words} ({error})" if error else words


def when_words(rule: Rule) -> str:
    """When it is asked."""
    if rule.trigger == RuleTrigger.TIME:
        names = {str(code): label for code, label in RuleAnchor.choices}
        given = {"time": duration(60 * abs(rule.minutes)), "moment": names.get(rule.anchor, rule.anchor)}
        if rule.in_business_time:
            after, before = (
                _("%(time)s of business time after: %(moment)s"),
                _("%(time)s of business time before: %(moment)s"),
            )
        else:
            after, before = _("%(time)s after: %(moment)s"), _("%(time)s before: %(moment)s")
        return (before if rule.minutes < 0 else after) % given
    names = {str(code): label for code, label in EventKind.choices}
    return _(", ").join(str(names.get(code, code)) for code in rule.events)


def field_labels(rule: Rule, fields: Mapping[str, Field] = FIELDS) -> list[str]:
    """What its conditions ask for, without the values. Asks nothing."""
    conditions = conditions_of(rule.conditions)
    codes = dict.fromkeys(one.field for one in (*conditions.all, *conditions.any))
    return [str(fields[code].label) if code in fields else code.rpartition(".")[2] for code in codes]


def action_labels(rule: Rule) -> list[str]:
    """What it does, without the values. Asks nothing."""
    return [action_label(one.get("action")) for one in rule.actions if isinstance(one, dict)]


def action_label(code: Any) -> str:
    """The name of an action."""
    return str(ACTIONS[code].label) if code in ACTIONS else str(code)


@dataclass
class Words:
    """Conditions and actions in whole sentences; looks names up, each kind of thing once for a list of values."""

    fields: Mapping[str, Field]
    _names: dict[int, dict[Any, str]] = field(default_factory=dict)

    def conditions(self, data: Any) -> list[tuple[str, list[str]]]:
        """Those that all must be met, and those of which one must, each a heading with its lines."""
        read = conditions_of(data)
        parts = [(_("all of these"), read.all), (_("any of these"), read.any)]
        return [(heading, [self.condition(one) for one in ones]) for heading, ones in parts if ones]

    def condition(self, one: Condition) -> str:
        """“Queue is one of: Support, Sales”."""
        asked = self.fields.get(one.field)
        if asked is None:
            return _("“%(code)s” does not exist (any more)") % {"code": one.field}
        op = Op(one.op).label if one.op in Op.values else one.op
        return f"{capfirst(str(asked.label))} {op}{self._value(asked, one.value)}"

    def _value(self, asked: Field, value: Any) -> str:
        if value is None:
            return ""
        values = value if isinstance(value, list) else [value]
        if asked.type == FieldType.YES_NO:
            return ": " + _(", ").join(_("Yes") if one else _("No") for one in values)
        return ": " + _(", ").join(self.name(asked.choices, one) for one in values)

    def action(self, one: Mapping[str, Any]) -> str:
        """“Set the priority: High”."""
        kind = ACTIONS.get(one.get("action", ""))
        if kind is None:
            return action_label(one.get("action"))
        parts = []
        for param in kind.params:
            value = one.get(param.code)
            if value is None:
                continue
            if param.type == ParamType.YES_NO:
                parts.append(str(param.label))
            else:
                parts.append(self.name(param.choices, value) if param.choices else str(value))
        return f"{kind.label}: {_(', ').join(parts)}" if parts else str(kind.label)

    def actions(self, data: Iterable[Any]) -> list[str]:
        """All of them, in order."""
        return [self.action(one) for one in data if isinstance(one, dict)]

    def name(self, choices: Choices | None, value: Any) -> str:
        """The name of a value; of what is gone, that it is."""
        if choices is None:
            return str(value)
        known = self._names.setdefault(id(choices), {})
        if value not in known:
            known[value] = choices.labels([value]).get(value) or _("%(value)s (gone)") % {"value": value}
        return known[value]


def firing_words(data: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """What the history of a ticket says of a rule: a line, and what came of each action for those who ask."""
    actions = [one for one in data.get("actions", ()) if isinstance(one, dict)]
    lines = tuple(f"{action_label(one.get('action'))}: {_outcome(one)}" for one in actions)
    done = sum(one.get("outcome") == did.DONE for one in actions)
    text = ngettext("Rule “%(rule)s”: %(count)d action done", "Rule “%(rule)s”: %(count)d actions done", done)
    return text % {"rule": data.get("rule_name", ""), "count": done}, lines


def _outcome(one: Mapping[str, Any]) -> str:
    return outcome_words(str(one.get("outcome", "")), str(one.get("error", "")))
