"""Which events a step means: one name, or any, with conditions on properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.behaviour.blocks import Array, Block

NONE = ""  # the label of an event without the property

OPERATORS = ("is", "is_not", "contains", "at_least", "at_most", "is_set", "is_not_set")
WITHOUT_VALUE = ("is_set", "is_not_set")
WITH_NUMBER = ("at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one property. Values are compared as texts (`label_of`), case matters; `at_least` and `at_most`
    compare numbers, also those that a source sends as texts. A property that is missing meets `is_not` and
    `is_not_set` alone."""

    property: str
    op: str
    value: str = ""

    def holds(self, properties: Mapping[str, Any]) -> bool:
        """Whether an event with these properties meets it."""
        given = properties.get(self.property)
        match self.op:
            case "is_set":
                return given is not None
            case "is_not_set":
                return given is None
            case "is_not":
                return given is None or label_of(given) != self.value
            case "is":
                return given is not None and label_of(given) == self.value
            case "contains":
                return given is not None and self.value in label_of(given)
        number, bound = number_of(given), number_of(self.value)
        if number is None or bound is None:
            return False
        return number >= bound if self.op == "at_least" else number <= bound


@dataclass(frozen=True, slots=True)
class Selector:
    """A step: events of one name (None: of any name) that meet all conditions. A name that no event has is -1."""

    name: int | None
    where: tuple[Condition, ...] = ()

    def met(self, block: Block) -> Array:
        """Which events of a block are some of them. Conditions are asked once of properties that events share."""
        found = np.ones(len(block), dtype=bool) if self.name is None else block.name == self.name
        if self.where:
            holds = np.zeros(len(block.kinds), dtype=bool)
            for kind in np.unique(block.kind[found]):
                holds[kind] = all(one.holds(block.kinds[kind]) for one in self.where)
            found &= holds[block.kind]
        return found


def label_of(value: Any) -> str:
    """The value of a property as a text: yes and no as JSON has them, numbers without an empty fraction."""
    if isinstance(value, str):
        return value
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {label_of(value[name])}" for name in sorted(value))
    return ", ".join(label_of(one) for one in value)


def number_of(value: Any) -> float | None:
    """A finite number, or what reads like one; None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None
