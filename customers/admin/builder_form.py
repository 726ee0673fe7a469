"""The form of a row whose definition is put together in a builder."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.functional import cached_property

from customers.admin.forms import CandidForm, Difference

# A button of the builder has this name, and says what it does.
EDIT = "edit"


class BuilderForm(CandidForm):
    """A button of the builder posts the form without saving it; whatever else posts it reads the definition, and shows
    what is wrong in it. `state`: what stands in the builder. `definition`: what was read, empty where nothing was, or
    where `definition_errors` say why it cannot be.

    A form says by `builder_field` which field tells that the builder was posted, and by the methods below what its
    definition is."""

    builder_field: ClassVar[str]
    definition_label: ClassVar[Any]
    not_saved: ClassVar[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare()
        self.definition: dict[str, Any] = {}
        self.definition_errors: dict[str, list[str]] = {}
        data: Any = self.data
        is_posted = self.is_bound and self.builder_field in data
        self.state: Any = self.posted_state(data, data.get(EDIT, "")) if is_posted else self.standing_state()
        if self.is_bound and not self.is_edit:
            self.read()

    @property
    def is_edit(self) -> bool:
        """Whether a button of the builder was pressed."""
        return EDIT in self.data

    @cached_property
    def changed_data(self) -> list[str]:
        """The names of what changed, for the history too."""
        changed = list(super().changed_data)
        is_other = bool(self.definition) and self.question() != self.standing_question()
        return [*changed, *(["definition"] if is_other else [])]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.check(data)
        if self.is_edit:
            self.add_error(None, self.not_saved)
        for problem in self.problems():
            self.add_error(None, problem)
        return data

    def _refuse(self, data: dict[str, Any]) -> None:
        super()._refuse(data)
        if "definition" in self.changed_data:
            theirs, yours = self.in_words(self.standing_question()), self.in_words(self.question())
            self.differences.append(Difference(label=str(self.definition_label), theirs=theirs, yours=yours))

    def prepare(self) -> None:
        """Set up what the methods below need."""

    def check(self, data: dict[str, Any]) -> None:
        """Add the errors of the fields beside the builder."""

    def posted_state(self, data: Any, command: str) -> Any:
        """The builder as it was posted, after the button that was pressed."""
        raise NotImplementedError

    def standing_state(self) -> Any:
        """The builder as it opens."""
        raise NotImplementedError

    def read(self) -> None:
        """Read `definition` from the builder, or fill `definition_errors`."""
        raise NotImplementedError

    def problems(self) -> Iterable[Any]:
        """What is wrong in the definition, in sentences."""
        raise NotImplementedError

    def question(self) -> Any:
        """What was read, to be compared and told."""
        return self.definition

    def standing_question(self) -> Any:
        """The same of the row as it stands."""
        raise NotImplementedError

    def in_words(self, question: Any) -> str:
        """A question as people read it."""
        raise NotImplementedError
