"""A definition, read strictly: what is wrong is named by group and condition, and what has gone is named as well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from customers.segments.choices import Choices
from customers.segments.facts import Catalogue, Fact, Narrowing
from customers.segments.operators import WITHOUT_VALUE, FactType, Op
from customers.segments.references import conditions_in
from customers.segments.sealing import opened, sealed
from customers.segments.values import MOST_VALUES, clean_days, clean_value

MATCHES = ("all", "any")
MOST_GROUPS = 20
MOST_CONDITIONS = 50

# In the shape of the definition: {"groups": {0: {"conditions": {1: {"value": "..."}}}}}
Errors = dict[Any, Any]


class SegmentInvalid(ValueError):
    """A definition that asks for what there is not (any more). `errors` has the shape of the definition."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__(" ".join(self.sentences()))

    def as_lists(self) -> dict[str, Any]:
        """The same for programs: keys are texts, and each text stands in a list."""
        return _with_lists(self.errors)

    def sentences(self) -> list[str]:
        """What is wrong, one sentence each, with its group and condition."""
        found = [str(text) for key, text in self.errors.items() if key != "groups" or not isinstance(text, dict)]
        groups = self.errors.get("groups")
        for number, group in groups.items() if isinstance(groups, dict) else ():
            found += _sentences(number, group)
        return found


def _with_lists(errors: Errors) -> dict[str, Any]:
    return {str(key): _with_lists(one) if isinstance(one, dict) else [one] for key, one in errors.items()}


def _sentences(number: int, group: Errors) -> list[str]:
    place = {"group": number + 1}
    found = [
        _("Group %(group)d: %(problem)s") % {**place, "problem": text}
        for key, text in group.items()
        if key != "conditions" or not isinstance(text, dict)
    ]
    conditions = group.get("conditions")
    for at, problems in conditions.items() if isinstance(conditions, dict) else ():
        found += [
            _("Group %(group)d, condition %(condition)d: %(problem)s") % {**place, "condition": at + 1, "problem": text}
            for text in problems.values()
        ]
    return found


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact and what is asked of it."""

    fact: Fact
    op: Op
    value: Any = None
    days: int | None = None
    where: Mapping[str, list[Any]] = field(default_factory=dict)

    def as_json(self, *, stored: bool) -> dict[str, Any]:
        """As it is written; `stored`: with personal values encrypted."""
        value = sealed(self.value) if stored and self.fact.is_personal else self.value
        return {
            "fact": self.fact.code,
            "op": str(self.op),
            **({"value": value} if self.op not in WITHOUT_VALUE else {}),
            **({"days": self.days} if self.days is not None else {}),
            **({"where": dict(self.where)} if self.where else {}),
        }


@dataclass(frozen=True, slots=True)
class Group:
    match: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    match: str
    groups: tuple[Group, ...]

    def as_json(self, *, stored: bool = False) -> dict[str, Any]:
        """As programs and people read and write it; `stored`: as it stands in the database."""
        groups = [
            {"match": group.match, "conditions": [condition.as_json(stored=stored) for condition in group.conditions]}
            for group in self.groups
        ]
        return {"match": self.match, "groups": groups}


def read_definition(data: Any, *, catalogue: Catalogue) -> Definition:
    """The definition behind what is stored, or sent. Raises SegmentInvalid, which names everything that is wrong."""
    errors: Errors = _unknown(data, {"match", "groups"})
    if errors:
        raise SegmentInvalid(errors)
    _look_names_up(data, catalogue)
    match = _match(data, errors)
    rows = _list(data, "groups", MOST_GROUPS, _("Add a condition: a segment without any would be everybody."), errors)
    groups = []
    for number, row in enumerate(rows):
        problems: Errors = {}
        groups.append(_group(row, catalogue, problems))
        if problems:
            errors.setdefault("groups", {})[number] = problems
    if errors:
        raise SegmentInvalid(errors)
    return Definition(match, tuple(groups))


def _look_names_up(data: Any, catalogue: Catalogue) -> None:
    """Look up everything that the conditions name, in one query for each kind of thing and not for each condition."""
    wanted: dict[int, tuple[Choices, list[Any]]] = {}
    for row in conditions_in(data):
        code = row.get("fact")
        fact = catalogue.all.get(code) if isinstance(code, str) else None
        if fact is None:
            continue
        parts = [(fact.choices, row.get("value"))]
        given = row.get("where")
        if isinstance(given, dict):
            parts += [(one.choices, given.get(one.code)) for one in fact.narrowings]
        for choices, value in parts:
            if choices is not None:
                values = value if isinstance(value, list) else [value]
                wanted.setdefault(id(choices), (choices, []))[1].extend(_clean_ones(choices, values[:MOST_VALUES]))
    for choices, values in wanted.values():
        catalogue.labels(choices, values)


def _clean_ones(choices: Choices, values: list[Any]) -> Iterator[Any]:
    for value in values:
        try:
            yield choices.clean(value)
        except (TypeError, ValueError):
            continue  # it is told where the condition is read


def _group(data: Any, catalogue: Catalogue, errors: Errors) -> Group:
    errors.update(_unknown(data, {"match", "conditions"}))
    if errors:
        return Group("all", ())
    match = _match(data, errors)
    rows = _list(data, "conditions", MOST_CONDITIONS, _("Add a condition, or take the group away."), errors)
    conditions = []
    for number, row in enumerate(rows):
        problems: Errors = {}
        condition = _condition(row, catalogue, problems)
        if problems:
            errors.setdefault("conditions", {})[number] = problems
        elif condition:
            conditions.append(condition)
    return Group(match, tuple(conditions))


def _condition(data: Any, catalogue: Catalogue, errors: Errors) -> Condition | None:
    errors.update(_unknown(data, {"fact", "op", "value", "days", "where"}))
    fact = None if errors else _fact(data, catalogue, errors)
    if fact is None:
        return None
    code = data.get("op")
    if code not in fact.operators():
        errors["op"] = _("“%(fact)s” cannot be asked in this way.") % {"fact": fact.label}
        return None
    op = Op(code)
    value = _value(fact, op, data, catalogue, errors)
    return Condition(fact, op, value, _days(fact, data, errors), _where(fact, data, catalogue, errors))


def _fact(data: Mapping[str, Any], catalogue: Catalogue, errors: Errors) -> Fact | None:
    code = data.get("fact")
    fact = catalogue.all.get(code) if isinstance(code, str) else None
    if fact is None:
        errors["fact"] = (
            _("There is no “%(code)s” (any more) that could be asked for.") % {"code": code[:100]}
            if isinstance(code, str) and code
            else _("Choose what to ask for.")
        )
    elif not catalogue.may_ask(fact):
        errors["fact"] = _("You may not see “%(fact)s”.") % {"fact": fact.label}
        return None
    return fact


def _value(fact: Fact, op: Op, data: Mapping[str, Any], catalogue: Catalogue, errors: Errors) -> Any:
    if op in WITHOUT_VALUE:
        if data.get("value") is not None:
            errors["value"] = _("This takes no value.")
        return None
    try:
        value = clean_value(fact, op, opened(data.get("value")) if fact.is_personal else data.get("value"))
    except ValueError as error:
        errors["value"] = str(error)
        return None
    if fact.type == FactType.CHOICE and fact.choices is not None:
        chosen = value if isinstance(value, list) else [value]
        gone = _gone(chosen, catalogue.labels(fact.choices, chosen))
        if gone:
            errors["value"] = _missing(gone, fact.label)
    return value


def _days(fact: Fact, data: Mapping[str, Any], errors: Errors) -> int | None:
    days = data.get("days")
    if days is None:
        return None
    if not fact.has_period:
        errors["days"] = _("“%(fact)s” cannot be limited to the last days.") % {"fact": fact.label}
        return None
    try:
        return clean_days(days)
    except ValueError as error:
        errors["days"] = str(error)
        return None


def _where(fact: Fact, data: Mapping[str, Any], catalogue: Catalogue, errors: Errors) -> dict[str, list[Any]]:
    given = data.get("where") or {}
    if not isinstance(given, dict):
        errors["where"] = _("Give an object of lists.")
        return {}
    found = {}
    for code, values in given.items():
        narrowing = fact.narrowing(code)
        if narrowing is None:
            errors["where"] = _("“%(fact)s” cannot be narrowed down by “%(code)s”.") % {
                "fact": fact.label,
                "code": str(code)[:100],
            }
        elif values:
            found[code] = _narrowed(narrowing, values, catalogue, errors)
    missing = [one for one in fact.narrowings if one.is_required and one.code not in found]
    if missing and "where" not in errors:
        errors["where"] = _("Choose: %(what)s.") % {"what": ", ".join(str(one.label) for one in missing)}
    return found


def _narrowed(narrowing: Narrowing, values: Any, catalogue: Catalogue, errors: Errors) -> list[Any]:
    most = 1 if narrowing.is_single else MOST_VALUES
    if not isinstance(values, list) or len(values) > most:
        errors["where"] = _("%(what)s: give a list of at most %(most)d.") % {"what": narrowing.label, "most": most}
        return []
    try:
        clean = list(dict.fromkeys(narrowing.choices.clean(value) for value in values))
    except (TypeError, ValueError) as error:
        errors["where"] = f"{narrowing.label}: {error}"
        return []
    gone = _gone(clean, catalogue.labels(narrowing.choices, clean))
    if gone:
        errors["where"] = _missing(gone, narrowing.label)
    return clean


def _gone(values: list[Any], labels: Mapping[Any, str]) -> list[Any]:
    return [value for value in values if value not in labels]


def _missing(gone: list[Any], what: Any) -> str:
    values = ", ".join(str(value) for value in gone[:5])
    return _("%(what)s: “%(values)s” does not exist (any more).") % {"what": what, "values": values}


def _unknown(data: Any, known: set[str]) -> Errors:
    if not isinstance(data, dict):
        return {"non_field_errors": _("Give an object.")}
    return {str(name)[:100]: _("There is no such field.") for name in data if name not in known}


def _match(data: Mapping[str, Any], errors: Errors) -> str:
    match = data.get("match", "all")
    if match not in MATCHES:
        errors["match"] = _("Say “all” or “any”.")
    return str(match)


def _list(data: Mapping[str, Any], name: str, most: int, empty: str, errors: Errors) -> list[Any]:
    rows = data.get(name)
    if not rows:
        errors[name] = empty
    elif not isinstance(rows, list):
        errors[name] = _("Give a list.")
    elif len(rows) > most:
        errors[name] = _("Give at most %(most)d.") % {"most": most}
    else:
        return rows
    return []
