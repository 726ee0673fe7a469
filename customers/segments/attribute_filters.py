"""Custom attributes as parameters of a list: `attribute.level=gold`, `attribute.size.min=5`, `attribute.size.max=9`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.segments.attributes import PREFIX
from customers.segments.definition import SegmentInvalid, read_definition
from customers.segments.facts import Catalogue, Fact
from customers.segments.operators import FactType, Op
from customers.segments.values import FIRST_YEAR, LAST_YEAR

BOUNDS = {".min": Op.AT_LEAST, ".max": Op.AT_MOST}
FIRST_DAY, LAST_DAY = f"{FIRST_YEAR}-01-01", f"{LAST_YEAR - 1}-12-31"
WORDS = {"true": True, "false": False}


class BadFilters(ValueError):
    """Parameters that no attribute has, or values that it does not take. `errors` is {parameter: message}."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors.items()))


def attribute_conditions(parameters: Mapping[str, str], *, catalogue: Catalogue) -> list[dict[str, Any]]:
    """The conditions behind those of the parameters that are about attributes. Raises BadFilters."""
    found, errors = [], {}
    for name, text in parameters.items():
        if not name.startswith(PREFIX):
            continue
        try:
            condition = _condition(name, text, catalogue)
            read_definition({"groups": [{"conditions": [condition]}]}, catalogue=catalogue)
        except SegmentInvalid as error:
            problems = error.errors["groups"][0]["conditions"][0]
            errors[name] = next(iter(problems.values()))
        except ValueError as error:
            errors[name] = str(error)
        else:
            found.append(condition)
    if errors:
        raise BadFilters(errors)
    return found


def _condition(name: str, text: str, catalogue: Catalogue) -> dict[str, Any]:
    bound = next((end for end in BOUNDS if name.endswith(end)), "")
    code = name.removesuffix(bound)
    fact = catalogue.all.get(code)
    if fact is None:
        raise ValueError(_("There is no such parameter."))
    if not bound:
        return {"fact": code, "op": str(Op.IS), "value": _value(fact, text)}
    if fact.type == FactType.DATE:
        days = [text, LAST_DAY] if bound == ".min" else [FIRST_DAY, text]
        return {"fact": code, "op": str(Op.BETWEEN), "value": days}
    return {"fact": code, "op": str(BOUNDS[bound]), "value": _value(fact, text)}


def _value(fact: Fact, text: str) -> Any:
    if fact.type == FactType.YES_NO:
        if text not in WORDS:
            raise ValueError(_("Say true or false."))
        return WORDS[text]
    if fact.type == FactType.NUMBER:
        try:
            return float(text)
        except ValueError as error:
            raise ValueError(_("Give a number.")) from error
    return text
