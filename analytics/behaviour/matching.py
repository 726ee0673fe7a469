"""Which events a step means: one name, or any, with conditions on properties."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.behaviour.events import Seen

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

    def matches(self, seen: Seen) -> bool:
        """Whether this event is one of them."""
        if self.name is not None and seen.name != self.name:
            return False
        return not self.where or all(one.holds(seen.properties or {}) for one in self.where)


def matcher(selectors: Sequence[Selector]) -> Callable[[Seen], list[int]]:
    """Which of the selectors an event meets, by their places. By name first: most events meet none."""
    of_any = [place for place, one in enumerate(selectors) if one.name is None]
    names = {one.name for one in selectors}
    by_name = {
        name: [place for place, one in enumerate(selectors) if one.name in (None, name)]
        for name in names
        if name is not None
    }

    def places(seen: Seen) -> list[int]:
        return [place for place in by_name.get(seen.name, of_any) if selectors[place].matches(seen)]

    return places


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
