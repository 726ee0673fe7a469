"""A segment's form: name and description, and the builder of its conditions."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from customers.admin.builder_form import BuilderForm
from customers.admin.segment_builder import Builder
from customers.admin.segment_state import BuilderState, definition_of, edit, state_from, state_of
from customers.models import Segment, User
from customers.operations.revise_segment import require_may_hide
from customers.segments.definition import SegmentInvalid, read_definition
from customers.segments.facts import Catalogue
from customers.segments.sealing import opened_definition
from customers.segments.sentence import sentence_of


class SegmentForm(BuilderForm):
    """A segment."""

    user: User | None = None
    builder_field = "groups"
    definition_label = gettext_lazy("Conditions")
    not_saved = gettext_lazy("The conditions are changed here, but not saved yet.")

    class Meta:
        model = Segment
        fields = ["name", "description", "is_shared"]

    @property
    def builder(self) -> Builder:
        """The builder, with what is wrong in it."""
        return Builder(self.state, self.catalogue, self.definition_errors)

    def prepare(self) -> None:
        """What may be asked, and what stands."""
        self.catalogue = Catalogue(self.user)
        self.standing_definition = opened_definition(self.instance.definition) if self.instance.pk else {}

    def check(self, data: dict[str, Any]) -> None:
        """What others rest on stays shared."""
        if self.instance.pk and data.get("is_shared") is False:
            try:
                require_may_hide(self.instance, self.user)
            except ValidationError as refused:
                self.add_error(None, refused)

    def posted_state(self, data: Any, command: str) -> BuilderState:
        """The conditions as they were posted."""
        state = state_from(data)
        edit(state, command)
        return state

    def standing_state(self) -> BuilderState:
        """Those of the segment, or those that the address asks for."""
        return state_of(self.initial.get("definition") or self.standing_definition, self.catalogue)

    def read(self) -> None:
        """The conditions as they are stored."""
        try:
            read = read_definition(definition_of(self.state, self.catalogue), catalogue=self.catalogue)
        except SegmentInvalid as error:
            self.definition_errors = error.errors
        else:
            self.definition = read.as_json()

    def problems(self) -> Iterable[Any]:
        """A sentence for each condition that cannot be read."""
        return SegmentInvalid(self.definition_errors).sentences()

    def standing_question(self) -> Any:
        """The conditions of the segment."""
        return self.standing_definition

    def in_words(self, question: Any) -> str:
        """As a sentence."""
        return in_words(question, self.catalogue)


def in_words(definition: Any, catalogue: Catalogue) -> str:
    """A definition as a sentence; of one that asks for what is gone, what that is."""
    try:
        return sentence_of(read_definition(definition, catalogue=catalogue), catalogue=catalogue)
    except SegmentInvalid as error:
        return str(error)
