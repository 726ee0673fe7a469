"""The builder's form as it was posted, right or wrong, and what its buttons do to it. Every edit is a post of the whole
form, so that it works without JavaScript as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from analytics.behaviour.definition import ASKED, STEPS
from analytics.choices import ReportKind
from analytics.operations.report_definition import USUAL

MOST = 20
# Periods that are offered, in days; "" is from one day to another.
PERIODS = (7, 30, 90, 180, 365)
FIXED = "fixed"
PARTS = (
    "period",
    "first",
    "last",
    "time_zone",
    "by",
    "breakdown",
    "window_count",
    "window_unit",
    "columns",
    "direction",
    "repeats",
    "depth",
    "top",
)
NUMBERS = ("columns", "depth", "top")


@dataclass(slots=True)
class ConditionState:
    """A condition on a property: texts, as inputs have them."""

    property: str = ""
    op: str = "is"
    value: str = ""


@dataclass(slots=True)
class StepState:
    """One step of the form."""

    event: str = ""
    is_any: bool = False
    where: list[ConditionState] = field(default_factory=list)


@dataclass(slots=True)
class BuilderState:
    """The whole form; `parts` are texts by the names of inputs."""

    kind: str = ReportKind.TREND.value
    steps: list[StepState] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    segments: list[str] = field(default_factory=list)

    def fit(self) -> BuilderState:
        """As many steps as this kind of report has at least and at most."""
        least, most = STEPS[self.kind]
        del self.steps[most:]
        while len(self.steps) < least:
            self.steps.append(StepState())
        return self


def state_of(kind: str, definition: Any, zone: str) -> BuilderState:
    """The form for a definition as it is stored, or for a new report (`definition` empty)."""
    given: dict[str, Any] = definition if isinstance(definition, dict) else {}
    period, window = given.get("period") or {"days": 30}, given.get("window") or USUAL["window"].as_json()
    parts = {
        "period": str(period.get("days") or FIXED),
        "first": str(period.get("first") or ""),
        "last": str(period.get("last") or ""),
        "time_zone": str(given.get("time_zone") or zone),
        "by": str(given.get("by") or USUAL["by"]),
        "breakdown": str(given.get("breakdown") or ""),
        "window_count": str(window["count"]),
        "window_unit": str(window["unit"]),
        "direction": "before" if given.get("is_backwards") else "after",
        "repeats": "" if given.get("skips_repeats", True) else "keep",
        **{name: str(given.get(name) or USUAL[name]) for name in NUMBERS},
    }
    steps = [
        StepState(
            event=row.get("event") or "",
            is_any=row.get("event") is None,
            where=[ConditionState(one["property"], one["op"], one.get("value", "")) for one in row.get("where", ())],
        )
        for row in given.get("steps", ())
    ]
    return BuilderState(kind, steps, parts, [str(key) for key in given.get("segments", ())]).fit()


def state_from(data: QueryDict) -> BuilderState:
    """The form that was posted."""
    kind = str(data.get("kind", ""))
    steps = [_step_from(data, f"s{number}") for number in data.getlist("steps")[:MOST]]
    parts = {name: str(data.get(name, "")).strip() for name in PARTS}
    state = BuilderState(kind if kind in ReportKind.values else ReportKind.TREND.value, steps, parts)
    state.segments = [key for key in data.getlist("segments") if key][:MOST]
    for name in NUMBERS:  # inputs that the kind before did not have
        state.parts[name] = state.parts[name] or str(USUAL[name])
    state.parts["by"] = state.parts["by"] or USUAL["by"]
    state.parts["window_count"] = state.parts["window_count"] or str(USUAL["window"].count)
    state.parts["window_unit"] = state.parts["window_unit"] or USUAL["window"].unit
    return state.fit()


def _step_from(data: QueryDict, prefix: str) -> StepState:
    conditions = [
        ConditionState(*(str(data.get(f"{prefix}-c{number}-{name}", "")) for name in ("property", "op", "value")))
        for number in data.getlist(f"{prefix}-conditions")[:MOST]
    ]
    return StepState(str(data.get(f"{prefix}-event", "")).strip(), f"{prefix}-any" in data, conditions)


def edit(state: BuilderState, command: str) -> None:
    """Do what a button says: `add-step`, `remove-step:1`, `up:1`, `add:0` (a condition), `remove:0:1`. Anything else
    changes nothing."""
    word, *places = command.split(":")
    numbers = [int(place) for place in places if place.isascii() and place.isdigit() and len(place) < 4]
    steps = state.steps
    match word, numbers:
        case "add-step", [] if len(steps) < STEPS[state.kind][1]:
            steps.append(StepState())
        case "remove-step", [step] if step < len(steps):
            del steps[step]
        case "up", [step] if 0 < step < len(steps):
            steps[step - 1], steps[step] = steps[step], steps[step - 1]
        case "add", [step] if step < len(steps):
            steps[step].where.append(ConditionState())
        case "remove", [step, condition] if step < len(steps):
            del steps[step].where[condition : condition + 1]
    state.fit()


def definition_of(state: BuilderState) -> dict[str, Any]:
    """What the form says, as a definition that may be wrong: `read_report` says where."""
    parts = state.parts
    whole: dict[str, Any] = {
        "by": parts["by"],
        "breakdown": parts["breakdown"],
        "window": {"count": _number(parts["window_count"]), "unit": parts["window_unit"]},
        "is_backwards": parts["direction"] == "before",
        "skips_repeats": not parts["repeats"],
        **{name: _number(parts[name]) for name in NUMBERS},
    }
    period = parts["period"]
    written: dict[str, Any] = {
        "period": {"first": parts["first"], "last": parts["last"]} if period == FIXED else {"days": _number(period)},
        "segments": [_number(key) for key in state.segments],
        **({"time_zone": parts["time_zone"]} if parts["time_zone"] else {}),
        **{name: whole[name] for name in ASKED[state.kind]},
    }
    if STEPS[state.kind][1]:
        written["steps"] = [
            {
                "event": None if step.is_any else step.event,
                "where": [{"property": one.property, "op": one.op, "value": one.value} for one in step.where],
            }
            for step in state.steps
        ]
    return written


def _number(text: str) -> Any:
    """A whole number, or the text that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else text
