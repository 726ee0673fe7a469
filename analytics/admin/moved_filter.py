"""The filter of the customer list by who moved: by how much, since when, and by which factor."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ListFilter
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget

from analytics.admin.score_display import FACTOR_OF_CODE, FELL_MUCH
from analytics.choices import FACTOR_NAMES
from analytics.models import CustomerScore
from analytics.operations.movers import Mover, beginning_of, movers
from customers.admin.segment_from_list import Conditions, register_group

MOVED, BY, SINCE, FACTOR = PARAMETERS = ("moved", "moved_by", "moved_since", "moved_factor")
# As unfold's own filters look.
DROPDOWN = {"data-theme": "admin-autocomplete", "class": "unfold-admin-autocomplete admin-autocomplete"}
CODE_OF_FACTOR = {name: code for code, name in FACTOR_OF_CODE.items()}
MOST_POINTS = 100.0
FIRST_YEAR, LAST_YEAR = 1900, 2200


class NotAsked(ValueError):
    """What was typed into the filter asks for nothing; the message says why."""


class MovedForm(forms.Form):
    """Fell or rose, by at least so many points, since a day, moved by a factor."""

    moved = forms.ChoiceField(
        label=gettext_lazy("By change of the score"),
        required=False,
        choices=[("", gettext_lazy("All")), ("fell", gettext_lazy("fell")), ("rose", gettext_lazy("rose"))],
        widget=UnfoldAdminSelectWidget(attrs=DROPDOWN),
    )
    moved_by = forms.CharField(
        label=gettext_lazy("By so many points or more"),
        required=False,
        widget=forms.TextInput(
            attrs={"type": "number", "min": 0, "max": 100, "step": "any", "class": " ".join(INPUT_CLASSES)}
        ),
    )
    moved_since = forms.CharField(
        label=gettext_lazy("Since (empty: in 30 days)"),
        required=False,
        widget=forms.TextInput(attrs={"type": "date", "class": " ".join(INPUT_CLASSES)}),
    )
    moved_factor = forms.ChoiceField(
        label=gettext_lazy("Moved most by"),
        required=False,
        choices=[("", gettext_lazy("All")), *FACTOR_NAMES.items()],
        widget=UnfoldAdminSelectWidget(attrs=DROPDOWN),
    )


class Asked:
    """What the filter asks for, from the address of the list. Raises NotAsked."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.direction: Any = str(given.get(MOVED) or "")
        if self.direction not in ("", "fell", "rose"):
            raise NotAsked(_("Choose “fell” or “rose”."))
        self.points = self._points(str(given.get(BY) or ""))
        self.since = self._since(str(given.get(SINCE) or ""))
        self.factor = str(given.get(FACTOR) or "")
        if self.factor and self.factor not in FACTOR_NAMES:
            raise NotAsked(_("There is no such factor."))
        if not self.direction and any(given.get(name) for name in (BY, SINCE, FACTOR)):
            self.direction = "fell"

    def _points(self, text: str) -> float:
        try:
            points = float(text.replace(",", ".")) if text else FELL_MUCH
        except ValueError as error:
            raise NotAsked(_("Give a number of points from 0 to 100.")) from error
        if not 0 <= points <= MOST_POINTS:
            raise NotAsked(_("Give a number of points from 0 to 100."))
        return points

    def _since(self, text: str) -> datetime | None:
        try:
            since = beginning_of(text) if text else None
            if since is not None and not FIRST_YEAR <= since.year < LAST_YEAR:
                raise ValueError
        except (ValueError, OverflowError) as error:
            raise NotAsked(_("“%(text)s” is no date such as 2026-03-31.") % {"text": text}) from error
        return since


class MovedFilter(ListFilter):
    """Customers whose score moved. In the last thirty days: by the columns of the score itself; since another day: by
    the history."""

    title = gettext_lazy("change of the score")
    template = "unfold/filters/filters_field.html"
    # Since the day that was asked for, by customer; None where it is the usual thirty days.
    found: dict[int, Mover] | None = None
    since: datetime | None = None

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in PARAMETERS:
            values = params.pop(name, None) or [""]
            self.used_parameters[name] = values[-1] if isinstance(values, list) else values

    def has_output(self) -> bool:
        """Always."""
        return True

    def expected_parameters(self) -> list[str | None]:
        """All four."""
        return list(PARAMETERS)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """The form of this filter."""
        yield {"form": MovedForm(self.used_parameters)}

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Customers who moved so; what cannot be asked is told, and asks for nobody."""
        try:
            asked = Asked(self.used_parameters)
        except NotAsked as error:
            messages.error(request, f"{self.title}: {error}")
            return queryset.none()
        if not asked.direction:
            return queryset
        if asked.since is None:
            return queryset.filter(**in_thirty_days(asked))
        self.since = asked.since
        user: Any = request.user
        moved = movers(
            scores=CustomerScore.objects.visible_to(user),
            since=asked.since,
            points=asked.points,
            direction=asked.direction,
            factor=asked.factor,
        )
        self.found = {mover.customer_id: mover for mover in moved}
        return queryset.filter(pk__in=list(self.found))


def in_thirty_days(asked: Asked) -> dict[str, Any]:
    """The same in the columns that every score has."""
    fell = asked.direction == "fell"
    wanted: dict[str, Any] = {f"score__change__{'lte' if fell else 'gte'}": -asked.points if fell else asked.points}
    if asked.factor:
        wanted["score__change_factor"] = CODE_OF_FACTOR[asked.factor]
    return wanted


def moved_as_conditions(query: QueryDict) -> Conditions | None:
    """The filter as conditions of a segment, which know the change in thirty days alone."""
    try:
        asked = Asked(query)
    except NotAsked:
        return None
    if asked.since is not None or not asked.direction:
        return None
    fell = asked.direction == "fell"
    wanted: Conditions = [
        {
            "fact": "score_change",
            "op": "at_most" if fell else "at_least",
            "value": -asked.points if fell else asked.points,
        }
    ]
    if asked.factor:
        wanted.append({"fact": "score_moved_by", "op": "is", "value": CODE_OF_FACTOR[asked.factor]})
    return wanted


register_group(PARAMETERS, moved_as_conditions)
