"""What the rows of a table are: customers, relations, interactions, tickets. Higher rooms register theirs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from customers.importers.formats import TableKind
from customers.importers.mapping.targets import TargetGroup
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.records import Counts

if TYPE_CHECKING:
    from customers.importers.mapping.sheet_plan import SheetPlan

Maker = Callable[[list[str]], Iterable[Any]]
"""From the cells of a row, which it may change, to the records that it holds. Raises Unusable where it cannot."""


@dataclass(frozen=True, slots=True)
class Step:
    """One pass over the files: everything that one bulk operation takes. Passes go by `order`, whatever the order of
    the files, so that a row may name another one that comes later.

    `kind` is what the rows are counted as. `by_name`: the rows name others who may have to be made."""

    code: str
    order: int
    kind: str
    operation: Callable[..., Counts]
    by_name: bool = False


class Content(Protocol):
    """What rows become, and the vocabulary of targets that their columns are mapped to."""

    code: str
    label: Any
    steps: tuple[Step, ...]

    def groups(self) -> list[TargetGroup]:
        """The choices for a column, for a <select>. A mapping may hold targets beyond these: `describe` names them."""
        ...

    def describe(self, target: str) -> str:
        """The name of a target in the reader's language. Raises ValueError for what is none."""
        ...

    def guess(self, column: str) -> str:
        """The target that a column of this name most probably has, whatever the format; empty where nobody knows."""
        ...

    def fits(self, target: str, samples: Sequence[str]) -> bool:
        """Whether a column that is called like this target can be it, as its values show."""
        ...

    def rest(self, column: str, kind: TableKind) -> str:
        """What becomes of a column that nobody knows, so that nothing is lost."""
        ...

    def problems(self, targets: Sequence[str]) -> list[str]:
        """What is wrong with a mapping to these targets as a whole, in sentences for people; a target may be two codes
        joined by `+`."""
        ...

    def is_moment(self, target: str) -> bool:
        """Whether the column holds dates, so that their order matters."""
        ...

    def attribute(self, target: str, column: str) -> NewAttribute | None:
        """The custom attribute of customers that a column goes into, of the type that the target says; None for other
        targets. Where the target says no type (empty) it is learnt from the values."""
        ...

    def makers(self, plan: "SheetPlan") -> Mapping[str, Maker]:
        """How a row is read in each step that this table takes part in, by the step's code."""
        ...


_contents: dict[str, Content] = {}


def register_content(content: Content) -> Content:
    """Make a content known. Called once a process, when the app is ready."""
    _contents[content.code] = content
    return content


def content_of(code: str) -> Content:
    """A content by its code. Raises KeyError for one that no installed room knows."""
    return _contents[code]


def steps() -> list[Step]:
    """The passes of all contents, in order."""
    found = {step.code: step for content in _contents.values() for step in content.steps}
    return sorted(found.values(), key=lambda step: step.order)
