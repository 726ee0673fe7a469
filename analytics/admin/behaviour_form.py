"""A behaviour report's form: name and sharing, and the builder of its question."""

import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import cached_property
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.behaviour_state import (
    FIXED,
    PERIODS,
    BuilderState,
    StepState,
    definition_of,
    edit,
    state_from,
    state_of,
)
from analytics.admin.sharing import check_sharing
from analytics.behaviour.definition import ASKED, STEPS
from analytics.behaviour.matching import WITHOUT_VALUE
from analytics.choices import ConditionOp, Granularity, ReportKind
from analytics.exporters.behaviour import event_words
from analytics.models import Event, EventName, SavedReport
from analytics.operations.report_definition import DefinitionInvalid, read_report
from customers.admin.builder_form import BuilderForm
from customers.models import Segment, Team, User

MOST_OFFERED = 500
LOOKED_AT = 200  # of the newest events, for names of properties


class Builder:
    """The builder, ready for its template, with what is wrong in it."""

    def __init__(self, state: BuilderState, user: User, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        self.state, self.user, self.errors = state, user, errors or {}

    kinds = ReportKind.choices
    operators = ConditionOp.choices
    granularities = Granularity.choices

    @property
    def asked(self) -> dict[str, bool]:
        """Which parts this kind of report asks for, by name."""
        return dict.fromkeys(ASKED[self.state.kind], True)

    @property
    def periods(self) -> list[tuple[str, str]]:
        """Periods to choose from; one of another length that a report has is one of them."""
        days = {*PERIODS} | ({int(self.state.parts["period"])} if self.state.parts["period"].isdigit() else set())
        return [(str(n), _("Last %(days)d days") % {"days": n}) for n in sorted(days)] + [(FIXED, _("From … to …"))]

    @property
    def zones(self) -> list[str]:
        """Names of time zones."""
        return sorted(zoneinfo.available_timezones())

    @cached_property
    def names(self) -> list[str]:
        """Names of events that came in."""
        return list(EventName.objects.order_by("name").values_list("name", flat=True)[:MOST_OFFERED])

    @cached_property
    def properties(self) -> list[str]:
        """Names of properties that the newest events have."""
        rows = Event.objects.visible_to(self.user).order_by("-pk").values_list("properties", flat=True)[:LOOKED_AT]
        return sorted({str(name) for row in rows if isinstance(row, dict) for name in row})

    @cached_property
    def segments(self) -> list[tuple[str, str, bool]]:
        """Segments to choose from, and whether each is chosen."""
        rows = Segment.objects.visible_to(self.user).order_by("name")[:MOST_OFFERED]
        return [(str(row.pk), row.name, str(row.pk) in self.state.segments) for row in rows]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps, with what is wrong in each."""
        return [self._step(number, step) for number, step in enumerate(self.state.steps)]

    def _step(self, number: int, step: StepState) -> dict[str, Any]:
        lines = [
            (at, one, one.op not in WITHOUT_VALUE, self.errors.get(f"steps.{number}.where.{at}", ()))
            for at, one in enumerate(step.where)
        ]
        errors = self.errors.get(f"steps.{number}", ())
        return {"number": number, "state": step, "label": self._label(number), "where": lines, "errors": errors}

    def _label(self, number: int) -> str:
        match self.state.kind:
            case ReportKind.RETENTION:
                return _("Came back with") if number else _("Began with")
            case ReportKind.PATHS:
                return _("Starting from")
            case ReportKind.FUNNEL:
                return _("Step %(number)d") % {"number": number + 1}
        return _("Event %(number)d") % {"number": number + 1}

    @property
    def may_add(self) -> bool:
        """Whether another step fits."""
        return len(self.state.steps) < STEPS[self.state.kind][1]

    @property
    def may_remove(self) -> bool:
        """Whether a step may go."""
        return len(self.state.steps) > STEPS[self.state.kind][0]

    @property
    def is_ordered(self) -> bool:
        """Whether the order of steps matters, and they may be moved."""
        return self.state.kind == ReportKind.FUNNEL

    @property
    def sentences(self) -> list[str]:
        """What is wrong, of parts that do not show it themselves."""
        return [text for name, texts in self.errors.items() if not name.startswith("steps.") for text in texts]


class ReportForm(BuilderForm):
    """A behaviour report."""

    user: Any = None
    builder_field = "kind"
    definition_label = gettext_lazy("Question")
    not_saved = gettext_lazy("The question is changed here, but not saved yet.")

    class Meta:
        model = SavedReport
        fields = ["name", "description", "is_shared", "team"]

    @property
    def builder(self) -> Builder:
        """The builder, with what is wrong in it."""
        return Builder(self.state, self.user, self.definition_errors)

    def prepare(self) -> None:
        """Offer the teams that the user may share with."""
        if "team" in self.fields and not self.user.sees_all_teams:
            teams: Any = self.fields["team"]
            teams.queryset = Team.objects.filter(pk__in={*self.user.team_ids, self.instance.team_id})

    def check(self, data: dict[str, Any]) -> None:
        """Who may share it, and with whom."""
        check_sharing(self, data)

    def posted_state(self, data: Any, command: str) -> BuilderState:
        """The question as it was posted."""
        state = state_from(data)
        edit(state, command)
        return state

    def standing_state(self) -> BuilderState:
        """That of the report, or an empty one of the kind that the address asks for."""
        if self.instance.pk:
            return state_of(self.instance.kind, self.instance.definition, get_current_timezone_name())
        kind = str(self.initial.get("kind", ""))
        return state_of(kind if kind in ReportKind.values else ReportKind.TREND, {}, get_current_timezone_name())

    def read(self) -> None:
        """The question as it is stored."""
        try:
            read = read_report(kind=self.state.kind, definition=definition_of(self.state), user=self.user)
        except DefinitionInvalid as error:
            self.definition_errors = error.errors
        else:
            self.definition = read.as_json()

    def problems(self) -> Iterable[Any]:
        """What is wrong in each part."""
        return [list(texts) for texts in DefinitionInvalid(self.definition_errors).errors.values()]

    def question(self) -> Any:
        """Kind and question."""
        return self.state.kind, self.definition

    def standing_question(self) -> Any:
        """Those of the report."""
        return self.instance.kind, self.instance.definition

    def in_words(self, question: Any) -> str:
        """In a line."""
        return question_words(*question)


def question_words(kind: str, definition: Any) -> str:
    """A question in a line: its kind, and its events in order; of one that can no longer be read, its kind."""
    label = str(dict(ReportKind.choices).get(kind, kind))
    try:
        read = read_report(kind=kind, definition={**definition, "segments": []}, user=None)
    except (DefinitionInvalid, TypeError):
        return label
    joint = " → " if kind in (ReportKind.FUNNEL, ReportKind.RETENTION) else ", "
    return f"{label}: {joint.join(map(event_words, read.steps))}" if read.steps else label
