"""The builder's form as it was posted, right or wrong, and what its buttons do to it. Every edit is a post of the whole
form, so that it works without JavaScript as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from customers.segments.choices import Choices
from customers.segments.facts import Catalogue, Fact
from customers.segments.operators import WITH_DAYS, WITH_LIST, WITHOUT_VALUE, FactType, Op

MOST = 50  # groups, and conditions of one


@dataclass(slots=True)
class ConditionState:
    """One line of the form: texts, as inputs have them."""

    fact: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    days: str = ""
    where: dict[str, list[str]] = field(default_factory=dict)
    # What is searched for, by part: "value", or the code of a narrowing.
    searches: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class GroupState:
    """A box of conditions."""

    match: str = "all"
    conditions: list[ConditionState] = field(default_factory=lambda: [ConditionState()])


@dataclass(slots=True)
class BuilderState:
    """The whole form."""

    match: str = "all"
    groups: list[GroupState] = field(default_factory=lambda: [GroupState()])


def state_of(definition: Any, catalogue: Catalogue) -> BuilderState:
    """The form for a definition as it is written, also for one that can no longer be read."""
    rows = definition.get("groups") if isinstance(definition, dict) else None
    if not isinstance(rows, list) or not rows:
        return BuilderState()
    groups = [
        GroupState(str(row.get("match", "all")), [_condition_of(one, catalogue) for one in row.get("conditions", [])])
        for row in rows
        if isinstance(row, dict)
    ]
    return BuilderState(str(definition.get("match", "all")), groups)


def _condition_of(row: dict[str, Any], catalogue: Catalogue) -> ConditionState:
    value = row.get("value")
    values = [_text(one) for one in (value if isinstance(value, list) else [value])] if value is not None else []
    fact = catalogue.all.get(str(row.get("fact")))
    if fact is not None and fact.type == FactType.TEXT and isinstance(value, list):
        values = ["\n".join(values)]
    where = row.get("where") or {}
    return ConditionState(
        fact=str(row.get("fact", "")),
        op=str(row.get("op", "")),
        values=values,
        days=_text(row["days"]) if row.get("days") else "",
        where={code: [_text(one) for one in values] for code, values in where.items()},
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def state_from(data: QueryDict) -> BuilderState:
    """The form that was posted. A line whose fact was changed begins anew."""
    groups = [_group_from(data, f"g{number}") for number in data.getlist("groups")[:MOST]]
    return BuilderState(data.get("match", "all") or "all", groups)


def _group_from(data: QueryDict, prefix: str) -> GroupState:
    numbers = data.getlist(f"{prefix}-conditions")[:MOST]
    return GroupState(
        data.get(f"{prefix}-match", "all") or "all",
        [_condition_from(data, f"{prefix}-c{number}") for number in numbers],
    )


def _condition_from(data: QueryDict, prefix: str) -> ConditionState:
    fact = data.get(f"{prefix}-fact", "") or ""
    if fact != data.get(f"{prefix}-was", fact):
        return ConditionState(fact)
    where_from, search_from = f"{prefix}-where-", f"{prefix}-search-"
    return ConditionState(
        fact=fact,
        op=data.get(f"{prefix}-op", "") or "",
        values=data.getlist(f"{prefix}-value"),
        days=data.get(f"{prefix}-days", "") or "",
        where={n.removeprefix(where_from): data.getlist(n) for n in data if n.startswith(where_from)},
        searches={n.removeprefix(search_from): str(data[n]) for n in data if n.startswith(search_from)},
    )


def edit(state: BuilderState, command: str) -> None:
    """Do what a button says: `add-group`, `add:0`, `remove-group:0`, `remove:0:1`. Anything else changes nothing."""
    word, *places = command.split(":")
    numbers = [int(place) for place in places if place.isascii() and place.isdigit() and len(place) < 4]
    match word, numbers:
        case "add-group", []:
            state.groups.append(GroupState())
        case "add", [group] if group < len(state.groups):
            state.groups[group].conditions.append(ConditionState())
        case "remove-group", [group] if group < len(state.groups):
            del state.groups[group]
        case "remove", [group, condition] if group < len(state.groups):
            conditions = state.groups[group].conditions
            del conditions[condition : condition + 1]
            if not conditions:
                del state.groups[group]
    if not state.groups:
        state.groups.append(GroupState())


def definition_of(state: BuilderState, catalogue: Catalogue) -> dict[str, Any]:
    """What the form says, as a definition that may be wrong: `read_definition` says where."""
    groups = [
        {"match": group.match, "conditions": [_written(one, catalogue) for one in group.conditions]}
        for group in state.groups
    ]
    return {"match": state.match, "groups": groups}


def _written(state: ConditionState, catalogue: Catalogue) -> dict[str, Any]:
    fact = catalogue.all.get(state.fact)
    row: dict[str, Any] = {"fact": state.fact, "op": state.op}
    if fact is None:
        return row
    op = Op(state.op) if state.op in fact.operators() else fact.operators()[0]
    row["op"] = str(op)
    if op not in WITHOUT_VALUE:
        row["value"] = _value(fact, op, state.values)
    if fact.has_period and state.days:
        row["days"] = _number(state.days)
    where = {}
    for narrowing in fact.narrowings:
        chosen = [text for text in state.where.get(narrowing.code, []) if text]
        if chosen:
            where[narrowing.code] = [narrowing.choices.read(text) for text in chosen]
    return {**row, **({"where": where} if where else {})}


def _value(fact: Fact, op: Op, texts: list[str]) -> Any:
    given = [text for text in texts if text.strip()]
    if op in WITH_DAYS:
        return _number(given[0]) if given else None
    if op in WITH_LIST and fact.type == FactType.TEXT:
        return [line for text in given for line in text.splitlines() if line.strip()]
    values = [_one(fact, text, fact.choices) for text in given]
    if op in WITH_LIST or op == Op.BETWEEN:
        return values
    return values[0] if values else None


def _one(fact: Fact, text: str, choices: Choices | None) -> Any:
    if fact.type == FactType.CHOICE and choices is not None:
        return choices.read(text)
    if fact.type in (FactType.NUMBER, FactType.MONEY):
        return _number(text)
    if fact.type == FactType.YES_NO:
        return {"true": True, "false": False}.get(text, text)
    return text


def _number(text: str) -> Any:
    """A number, or the text that is none."""
    try:
        number = float(text.strip().replace(",", ""))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
