"""The builder as it is shown: which inputs a condition has follows from its fact and its operator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers.admin.segment_state import BuilderState, ConditionState, GroupState
from customers.segments.choices import MOST_AT_ONCE, Choices, Options
from customers.segments.facts import Catalogue, Fact
from customers.segments.operators import WITH_DAYS, WITH_LIST, WITHOUT_VALUE, FactType, Op


@dataclass(frozen=True, slots=True)
class Option:
    value: Any
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Picker:
    """A choice of one or of several: a drop-down, or boxes to tick, under a search where there are many."""

    part: str  # "value", or the code of a narrowing
    name: str
    label: str
    options: list[Option]
    is_single: bool
    is_searched: bool = False
    search_name: str = ""
    search: str = ""
    search_url: str = ""

    @property
    def is_dropdown(self) -> bool:
        """One of a few."""
        return self.is_single and not self.is_searched

    @property
    def chosen(self) -> list[Option]:
        """What is chosen."""
        return [option for option in self.options if option.is_chosen]


@dataclass(frozen=True, slots=True)
class ConditionView:
    """One line."""

    prefix: str
    place: str  # "0:1", for its buttons
    state: ConditionState
    fact: Fact | None
    ops: list[Option]
    # none, text, lines, number, days, date, yes_no, or choice
    widget: str
    values: list[str]
    is_pair: bool
    picker: Picker | None
    narrowings: list[Picker]
    errors: list[str]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A box of lines."""

    prefix: str
    number: int
    match: str
    conditions: list[ConditionView]
    errors: list[str]


@dataclass
class Builder:
    """The whole builder, ready for its template."""

    state: BuilderState
    catalogue: Catalogue
    errors: Mapping[Any, Any] = field(default_factory=dict)
    _options: dict[int, Options] = field(default_factory=dict)

    @property
    def match(self) -> str:
        """Whether all groups must hold, or any."""
        return self.state.match

    @cached_property
    def facts(self) -> list[tuple[str, list[Option]]]:
        """What may be asked for, in its groups."""
        offered = groupby(self.catalogue.offered(), key=lambda fact: str(fact.group))
        return [(name, [Option(fact.code, capfirst(str(fact.label))) for fact in facts]) for name, facts in offered]

    @cached_property
    def groups(self) -> list[GroupView]:
        """The boxes."""
        errors = _dict(self.errors.get("groups"))
        return [self._group(number, group, _dict(errors.get(number))) for number, group in enumerate(self.state.groups)]

    def _group(self, number: int, group: GroupState, errors: Mapping[Any, Any]) -> GroupView:
        inner = _dict(errors.get("conditions"))
        prefix = f"g{number}"
        lines = [
            self._condition(prefix, number, at, one, _dict(inner.get(at))) for at, one in enumerate(group.conditions)
        ]
        own = [str(text) for name, text in errors.items() if name != "conditions" or not isinstance(text, dict)]
        return GroupView(prefix, number, group.match, lines, own)

    def _condition(
        self, group: str, number: int, at: int, state: ConditionState, errors: Mapping[Any, Any]
    ) -> ConditionView:
        fact = self.catalogue.all.get(state.fact)
        prefix = f"{group}-c{at}"
        problems = [str(text) for text in errors.values()]
        if fact is None or not self.catalogue.may_ask(fact):
            return ConditionView(prefix, f"{number}:{at}", state, None, [], "none", [], False, None, [], problems)
        op = Op(state.op) if state.op in fact.operators() else fact.operators()[0]
        widget = widget_of(fact, op)
        is_pair = op == Op.BETWEEN
        values = [*state.values, "", ""][: 2 if is_pair else 1] if widget != "choice" else state.values
        picker = None
        if widget == "choice" and fact.choices is not None:
            is_single = op not in WITH_LIST
            picker = self._picker(prefix, "value", "", fact.choices, state.values, is_single, state)
        return ConditionView(
            prefix=prefix,
            place=f"{number}:{at}",
            state=state,
            fact=fact,
            ops=[Option(str(one), str(one.label), one == op) for one in fact.operators()],
            widget=widget,
            values=values,
            is_pair=is_pair,
            picker=picker,
            narrowings=[
                self._picker(
                    prefix,
                    one.code,
                    capfirst(str(one.label)),
                    one.choices,
                    state.where.get(one.code, []),
                    one.is_single,
                    state,
                )
                for one in fact.narrowings
            ],
            errors=problems,
        )

    def _picker(
        self,
        prefix: str,
        part: str,
        label: str,
        choices: Choices,
        texts: list[str],
        is_single: bool,
        state: ConditionState,
    ) -> Picker:
        values = [choices.read(text) for text in texts if text][: 1 if is_single else None]
        offered = self.options_of(choices)
        is_searched = len(offered) > MOST_AT_ONCE
        search = state.searches.get(part, "").strip()
        if is_searched:
            offered = choices.options(self.catalogue.user, search)[:MOST_AT_ONCE] if search else []
        known = {value for value, _name in offered}
        named = self.catalogue.labels(choices, [value for value in values if value not in known])
        standing = [
            (value, named.get(value, _("%(value)s (gone)") % {"value": value}))
            for value in values
            if value not in known
        ]
        name = f"{prefix}-value" if part == "value" else f"{prefix}-where-{part}"
        return Picker(
            part=part,
            name=name,
            label=label,
            options=[Option(value, text, value in values) for value, text in [*standing, *offered]],
            is_single=is_single,
            is_searched=is_searched,
            search_name=f"{prefix}-search-{part}",
            search=search,
            search_url=options_url(state.fact, part, name, is_single=is_single),
        )

    def options_of(self, choices: Choices) -> Options:
        """The first options of these choices; looked up once."""
        if id(choices) not in self._options:
            self._options[id(choices)] = choices.options(self.catalogue.user)
        return self._options[id(choices)]


def widget_of(fact: Fact, op: Op) -> str:
    """The kind of input that an operator of a fact has."""
    if op in WITHOUT_VALUE:
        return "none"
    if op in WITH_DAYS:
        return "days"
    match fact.type:
        case FactType.CHOICE:
            return "choice"
        case FactType.YES_NO:
            return "yes_no"
        case FactType.NUMBER | FactType.MONEY:
            return "number"
        case FactType.DATE | FactType.MOMENT:
            return "date"
    return "lines" if op in WITH_LIST else "text"


def options_url(fact: str, part: str, name: str, *, is_single: bool) -> str:
    """Where a search finds options for one picker."""
    given = urlencode({"fact": fact, "part": part, "name": name, "single": str(int(is_single))})
    return f"{reverse('admin:customers_segment_options')}?{given}"


def choices_of(catalogue: Catalogue, fact_code: str, part: str) -> Choices | None:
    """The choices of a fact's value or of one of its narrowings; None where there are none."""
    fact = catalogue.all.get(fact_code)
    if fact is None or not catalogue.may_ask(fact):
        return None
    if part == "value":
        return fact.choices
    narrowing = fact.narrowing(part)
    return narrowing.choices if narrowing else None


def _dict(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, dict) else {}
