"""A segment's form: name and description, and the builder of its conditions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from customers.admin.forms import CandidForm, Difference
from customers.admin.segment_builder import Builder
from customers.admin.segment_state import BuilderState, definition_of, edit, state_from, state_of
from customers.models import Segment, User
from customers.operations.revise_segment import require_may_hide
from customers.segments.definition import Errors, SegmentInvalid, read_definition
from customers.segments.facts import Catalogue
from customers.segments.sealing import opened_definition
from customers.segments.sentence import sentence_of

EDIT = "edit"


class SegmentForm(CandidForm):
    """A segment. A button of the builder posts the form without saving it."""

    user: User | None = None

    class Meta:
        model = Segment
        fields = ["name", "description", "is_shared"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = Catalogue(self.user)
        self.standing_definition = opened_definition(self.instance.definition) if self.instance.pk else {}
        self.definition: dict[str, Any] = {}
        self.definition_errors: Errors = {}
        self.state = self._state()
        if self.is_bound and not self._is_edit():
            self._read()

    @property
    def builder(self) -> Builder:
        """The builder, with what is wrong in it."""
        return Builder(self.state, self.catalogue, self.definition_errors)

    @cached_property
    def changed_data(self) -> list[str]:
        """The names of what changed, for the history too."""
        changed = list(super().changed_data)
        is_other = bool(self.definition) and self.definition != self.standing_definition
        return [*changed, *(["definition"] if is_other else [])]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.instance.pk and data.get("is_shared") is False:
            try:
                require_may_hide(self.instance, self.user)
            except ValidationError as refused:
                self.add_error(None, refused)
        if self._is_edit():
            self.add_error(None, _("The conditions are changed here, but not saved yet."))
        for sentence in SegmentInvalid(self.definition_errors).sentences():
            self.add_error(None, sentence)
        return data

    def _is_edit(self) -> bool:
        return EDIT in self.data

    def _state(self) -> BuilderState:
        data: Any = self.data
        if self.is_bound and "groups" in data:
            state = state_from(data)
            edit(state, data.get(EDIT, ""))
            return state
        return state_of(self.initial.get("definition") or self.standing_definition, self.catalogue)

    def _read(self) -> None:
        try:
            read = read_definition(definition_of(self.state, self.catalogue), catalogue=self.catalogue)
        except SegmentInvalid as error:
            self.definition_errors = error.errors
        else:
            self.definition = read.as_json()

    def _refuse(self, data: dict[str, Any]) -> None:
        super()._refuse(data)
        if "definition" in self.changed_data:
            theirs, yours = (in_words(one, self.catalogue) for one in (self.standing_definition, self.definition))
            self.differences.append(Difference(label=_("Conditions"), theirs=theirs, yours=yours))


def in_words(definition: Any, catalogue: Catalogue) -> str:
    """A definition as a sentence; of one that asks for what is gone, what that is."""
    try:
        return sentence_of(read_definition(definition, catalogue=catalogue), catalogue=catalogue)
    except SegmentInvalid as error:
        return str(error)
