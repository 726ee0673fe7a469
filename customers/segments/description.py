"""The facts as data, for programs that build definitions."""

from typing import Any

from customers.segments.choices import MOST_AT_ONCE, Choices
from customers.segments.facts import Catalogue, Fact, Narrowing
from customers.segments.operators import WITH_DAYS, WITH_LIST, WITHOUT_VALUE, Op


def describe_facts(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Each fact that may be asked for, with its operators, choices and narrowings."""
    known: dict[int, dict[str, Any]] = {}
    return [_fact(fact, catalogue, known) for fact in catalogue.offered()]


def describe_operators() -> list[dict[str, str]]:
    """Each operator, and what its value is: one, a list, a pair, a number of days, or nothing."""
    return [{"code": str(op), "label": str(op.label), "value": _form(op)} for op in Op]


def _form(op: Op) -> str:
    if op in WITHOUT_VALUE:
        return "nothing"
    if op in WITH_LIST:
        return "list"
    if op in WITH_DAYS:
        return "days"
    return "pair" if op == Op.BETWEEN else "one"


def _fact(fact: Fact, catalogue: Catalogue, known: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "code": fact.code,
        "label": str(fact.label),
        "group": str(fact.group),
        "type": fact.type,
        "operators": [str(op) for op in fact.operators()],
        "choices": _choices(fact.choices, catalogue, known),
        "takes_days": fact.has_period,
        "where": [_narrowing(one, catalogue, known) for one in fact.narrowings],
    }


def _narrowing(one: Narrowing, catalogue: Catalogue, known: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "code": one.code,
        "label": str(one.label),
        "is_required": one.is_required,
        "is_single": one.is_single,
        "choices": _choices(one.choices, catalogue, known),
    }


def _choices(choices: Choices | None, catalogue: Catalogue, known: dict[int, dict[str, Any]]) -> dict[str, Any] | None:
    if choices is None:
        return None
    if id(choices) not in known:
        options = choices.options(catalogue.user)
        known[id(choices)] = {
            "options": [{"value": value, "label": name} for value, name in options[:MOST_AT_ONCE]],
            "is_complete": len(options) <= MOST_AT_ONCE,
        }
    return known[id(choices)]
