"""What the form of a rule is built from in the browser: the fields, operators and actions with their choices, as data
for services/rules.js. Nothing here is markup."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers.models import User
from customers.segments.choices import MOST_AT_ONCE, Choices
from services.operations.rule_actions import ACTIONS
from services.operations.rule_conditions import conditions_of
from services.operations.rule_fields import WITH_NUMBER, WITHOUT_VALUE, Field, Op, all_fields

Data = dict[str, Any]


def builder_data(*, conditions: Any, actions: Any, user: User) -> Data:
    """Everything that the form shows. `options` are named by "field:queue" or "action:assign:agent"; of a long list
    the first are given, and the rest is searched for. What stands already is always among them."""
    fields = all_fields()
    options: dict[str, Data] = {}
    chosen = _chosen(conditions, actions)
    for field in fields.values():
        if field.choices is not None:
            options[f"field:{field.code}"] = _options(field.choices, user, chosen.get(f"field:{field.code}", []))
    for kind in ACTIONS.values():
        for param in kind.params:
            if param.choices is not None:
                name = f"action:{kind.code}:{param.code}"
                options[name] = _options(param.choices, user, chosen.get(name, []))
    return {
        "fields": [_field(field) for field in fields.values()],
        "ops": {op.value: {"label": str(op.label), "value": _kind_of_value(op)} for op in Op},
        "actions": [
            {
                "code": kind.code,
                "label": str(kind.label),
                "params": [
                    {
                        "code": param.code,
                        "label": capfirst(str(param.label)),
                        "type": param.type.value,
                        "help": str(param.help),
                        "required": param.is_required,
                    }
                    for param in kind.params
                ],
            }
            for kind in ACTIONS.values()
        ],
        "options": options,
        "words": {
            "gone": _("(gone)"),
            "yes": _("Yes"),
            "no": _("No"),
        },
    }


def search(name: str, text: str, user: User) -> list[list[Any]]:
    """The first options of one list whose names hold a text."""
    choices = choices_named(name)
    return [] if choices is None else [[value, label] for value, label in choices.options(user, text)[:MOST_AT_ONCE]]


def choices_named(name: str) -> Choices | None:
    """The choices behind "field:queue" or "action:assign:agent"; None: there are none."""
    what, _colon, rest = name.partition(":")
    if what == "field":
        field = all_fields().get(rest)
        return field.choices if field else None
    code, _colon, param_code = rest.partition(":")
    kind = ACTIONS.get(code) if what == "action" else None
    return next((param.choices for param in kind.params if param.code == param_code), None) if kind else None


def _field(field: Field) -> Data:
    return {
        "code": field.code,
        "label": capfirst(str(field.label)),
        "type": field.type.value,
        "ops": [op.value for op in field.operators()],
    }


def _kind_of_value(op: Op) -> str:
    if op in WITHOUT_VALUE:
        return "nothing"
    return "one" if op in WITH_NUMBER else "list"


def _options(choices: Choices, user: User, chosen: list[Any]) -> Data:
    offered = choices.options(user)
    is_long = len(offered) > MOST_AT_ONCE
    known = {value for value, _label in offered}
    rest = [value for value in chosen if value not in known]
    named = choices.labels(rest) if rest else {}
    standing = [(value, named.get(value, _("%(value)s (gone)") % {"value": value})) for value in rest]
    return {"list": [[value, label] for value, label in [*standing, *offered]], "long": is_long}


def _chosen(conditions: Any, actions: Any) -> dict[str, list[Any]]:
    """The values that stand in the rule, by the names of their options."""
    found: dict[str, list[Any]] = {}
    read = conditions_of(conditions)
    for one in (*read.all, *read.any):
        values = one.value if isinstance(one.value, list) else [one.value]
        found.setdefault(f"field:{one.field}", []).extend(v for v in values if isinstance(v, str | int))
    for row in actions if isinstance(actions, list) else ():
        for code, value in row.items() if isinstance(row, dict) else ():
            if code != "action" and isinstance(value, str | int) and not isinstance(value, bool):
                found.setdefault(f"action:{row.get('action')}:{code}", []).append(value)
    return {name: list(dict.fromkeys(values)) for name, values in found.items()}
