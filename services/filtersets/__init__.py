"""How lists of this room are narrowed down: one FilterSet a model, for the API and the admin."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter, TypedChoiceFilter

from customers.choices import AttributeType
from customers.filtersets import IdFilter, MomentFilter, YesNoFilter
from customers.operations.clean_attributes import read_value
from customers.sql.attribute_value import AttributeValue
from services.choices import UNSOLVED, Channel, Direction, MessageKind, Priority, TicketStatus
from services.cohorts import COHORTS, Span
from services.models import (
    Agent,
    AssignmentRule,
    Message,
    Queue,
    RatingRequest,
    ServiceType,
    Skill,
    SLAPolicy,
    Ticket,
    TicketAttribute,
    TicketMerge,
)

PERIOD = ("cohort_after", "cohort_before")
TAKEN = ("cohort_least", "cohort_below")
MOST_SECONDS = 2**31 - 1


class _TicketFilterForm(forms.Form):
    """A cohort goes with its period, and nothing of a cohort without it: passed over, it would find other tickets."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        cohort = COHORTS.get(given.get("cohort") or "")
        for name in (*PERIOD, *TAKEN):
            is_given = given.get(name) is not None
            if "cohort" in self.errors or name in self.errors:
                continue
            if cohort is None and is_given:
                self.add_error(name, _("Name the `cohort` that it belongs to."))
            elif cohort and name in PERIOD and not is_given:
                self.add_error(name, _("A cohort is one of a period: give when it begins and before when it ends."))
            elif cohort and name in TAKEN and is_given and not cohort.is_timed:
                self.add_error(name, _("Only the cohorts `replied` and `resolved` go by the time that was taken."))
        return given


class TicketFilterSet(FilterSet):
    """Tickets by who asks, who works on it, and how it stands."""

    q = CharFilter(
        method="search",
        label=_("Words of the subject and the messages, the number, or a whole e-mail address or phone number"),
    )
    number = CharFilter()
    customer = IdFilter(method="of_customer", label=_("As customer or requester"))
    queue = IdFilter()
    team = IdFilter()
    assignee = IdFilter()
    service_type = IdFilter()
    mine = YesNoFilter(method="that_are_mine", label=_("Given to whoever asks"))
    unassigned = YesNoFilter(field_name="assignee", lookup_expr="isnull")
    status = ChoiceFilter(choices=TicketStatus.choices)
    unsolved = YesNoFilter(method="that_are_unsolved")
    waiting = YesNoFilter(method="that_wait_for_us", label=_("The customer wrote last"))
    breaching = YesNoFilter(method="that_are_breaching", label=_("Unsolved and late now"))
    breached = YesNoFilter(method="that_were_breached", label=_("Missed a target at some time"))
    priority = TypedChoiceFilter(choices=Priority.choices, coerce=int)
    channel = ChoiceFilter(choices=Channel.choices)
    opened_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    opened_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    cohort = ChoiceFilter(
        method="of_cohort",
        choices=[(name, cohort.name) for name, cohort in COHORTS.items()],
        label=_("Those that a number of the service report counts, with its period"),
    )
    cohort_after = MomentFilter(method="beside_cohort", label=_("When the period of the cohort begins"))
    cohort_before = MomentFilter(method="beside_cohort", label=_("Before when the period of the cohort ends"))
    cohort_least = NumberFilter(
        method="beside_cohort",
        min_value=0,
        max_value=MOST_SECONDS,
        label=_("That took so many seconds of business time or more (`replied`, `resolved`)"),
    )
    cohort_below = NumberFilter(
        method="beside_cohort",
        min_value=0,
        max_value=MOST_SECONDS,
        label=_("That took less than so many seconds of business time (`replied`, `resolved`)"),
    )

    attribute = CharFilter(method="with_value", label=_("code:value of a custom attribute"))

    class Meta:
        model = Ticket
        form = _TicketFilterForm
        fields: list[str] = []

    def of_cohort(self, tickets: Any, name: str, value: str) -> Any:
        """Tickets of a cohort of the service report; the form has seen to its period."""
        start, end, least, below = (self.form.cleaned_data[bound] for bound in (*PERIOD, *TAKEN))
        return tickets.filter(COHORTS[value].condition(Span(start, end, least or 0, below)))

    def beside_cohort(self, tickets: Any, name: str, value: Any) -> Any:
        """Read together with the cohort."""
        return tickets

    def with_value(self, tickets: Any, name: str, given: str) -> Any:
        """Tickets that have this value of a custom attribute."""
        code, colon, text = given.partition(":")
        definition = TicketAttribute.objects.filter(code=code).first() if colon else None
        if definition is None:
            raise ValidationError({name: _("Give the code of an attribute of tickets, a colon and a value.")})
        try:
            value = read_value(definition, text)
        except ValueError as error:
            raise ValidationError({name: str(error)}) from error
        return tickets.alias(asked=AttributeValue(code, definition.type)).filter(asked=value)

    def search(self, tickets: Any, name: str, value: str) -> Any:
        """By number, words, or how the customer is reached."""
        return tickets.search(value)

    def of_customer(self, tickets: Any, name: str, value: int) -> Any:
        """Tickets for or from this customer."""
        return tickets.filter(Q(customer=value) | Q(requester=value))

    def that_are_unsolved(self, tickets: Any, name: str, value: bool) -> Any:
        """Tickets with work left, or without."""
        return tickets.unsolved() if value else tickets.exclude(status__in=UNSOLVED)

    def that_are_mine(self, tickets: Any, name: str, value: bool) -> Any:
        """Tickets that whoever asks has, or that they do not have."""
        user: Any = getattr(self.request, "user", None)
        mine = Q(assignee__user=user and user.pk)
        return tickets.filter(mine) if value else tickets.exclude(mine)

    def that_wait_for_us(self, tickets: Any, name: str, value: bool) -> Any:
        """New and open tickets in which the customer had the last word, or all others. An automatic reply is none."""
        said = Message.objects.filter(ticket=OuterRef("pk"), kind=MessageKind.REPLY, is_automatic=False)
        last = Subquery(said.order_by("-at", "-pk").values("direction")[:1])
        at_work = Q(status__in=[TicketStatus.NEW, TicketStatus.OPEN])
        if value:
            return tickets.filter(at_work).annotate(last_said=last).filter(last_said=Direction.INBOUND)
        return tickets.annotate(last_said=last).exclude(at_work, last_said=Direction.INBOUND)

    def that_are_breaching(self, tickets: Any, name: str, value: bool) -> Any:
        """Late now, or not."""
        at = timezone.now()
        return (
            tickets.breaching(at=at) if value else tickets.exclude(pk__in=Ticket.objects.breaching(at=at).values("pk"))
        )

    def that_were_breached(self, tickets: Any, name: str, value: bool) -> Any:
        """Missed a target at some time, or never."""
        at = timezone.now()
        late = tickets.breached(at=at)
        return late if value else tickets.exclude(pk__in=late.values("pk"))


class QueueFilterSet(FilterSet):
    """Queues."""

    team = IdFilter()

    class Meta:
        model = Queue
        fields: list[str] = []


class SLAPolicyFilterSet(FilterSet):
    """SLA policies."""

    queue = IdFilter()
    is_active = YesNoFilter()

    class Meta:
        model = SLAPolicy
        fields: list[str] = []


class ServiceTypeFilterSet(FilterSet):
    """Service types."""

    code = CharFilter()

    class Meta:
        model = ServiceType
        fields: list[str] = []


class AssignmentRuleFilterSet(FilterSet):
    """Assignment rules."""

    queue = IdFilter()
    is_active = YesNoFilter()

    class Meta:
        model = AssignmentRule
        fields: list[str] = []


class SkillFilterSet(FilterSet):
    """Skills."""

    name = CharFilter()

    class Meta:
        model = Skill
        fields: list[str] = []


class AgentFilterSet(FilterSet):
    """Agents by what they know and whether they are here."""

    user = IdFilter()
    team = IdFilter(field_name="user__teams")
    skill = IdFilter(field_name="skills")
    is_active = YesNoFilter()
    is_away = YesNoFilter(method="that_are_away", label=_("Away now"))

    class Meta:
        model = Agent
        fields: list[str] = []

    def that_are_away(self, agents: Any, name: str, value: bool) -> Any:
        """Away now, or here."""
        away = Agent.objects.away(at=timezone.now()).values("pk")
        return agents.filter(pk__in=away) if value else agents.exclude(pk__in=away)


class RatingRequestFilterSet(FilterSet):
    """Rating requests by ticket, who had it, and whether they were answered."""

    ticket = IdFilter()
    customer = IdFilter()
    queue = IdFilter(field_name="ticket__queue")
    agent = IdFilter(field_name="ticket__assignee")
    answered = YesNoFilter(method="that_were_answered", label=_("Answered"))
    asked_after = MomentFilter(field_name="requested_at", lookup_expr="gte")
    asked_before = MomentFilter(field_name="requested_at", lookup_expr="lt")

    class Meta:
        model = RatingRequest
        fields: list[str] = []

    def that_were_answered(self, requests: Any, name: str, value: bool) -> Any:
        """Answered, or not (yet)."""
        return requests.filter(answered_at__isnull=not value)


class TicketAttributeFilterSet(FilterSet):
    """Definitions of ticket attributes."""

    code = CharFilter()
    service_type = IdFilter()
    type = ChoiceFilter(choices=AttributeType.choices)

    class Meta:
        model = TicketAttribute
        fields: list[str] = []


class TicketMergeFilterSet(FilterSet):
    """Merges of tickets."""

    kept = IdFilter()
    gone = IdFilter()
    undone = YesNoFilter(field_name="undone_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = TicketMerge
        fields: list[str] = []


def filter_problems(filters: Any) -> dict[str, list[str]]:
    """What is wrong with the filters of a view of the desk, by name: one that TicketFilterSet does not know, or a value
    that it does not take. Empty: nothing."""
    if not isinstance(filters, dict):
        return {"filters": [str(_("Send an object of filters by name."))]}
    unknown = [name for name in filters if name not in TicketFilterSet.base_filters]
    problems = {str(name): [str(_("There is no such filter."))] for name in unknown}
    given = {name: value for name, value in filters.items() if name not in unknown}
    odd = [name for name, value in given.items() if not isinstance(value, str | int | bool)]
    problems |= {str(name): [str(_("Send a text, a number, true or false."))] for name in odd}
    form = TicketFilterSet(filter_data({name: given[name] for name in given if name not in odd})).form
    return problems | {name: [str(text) for text in texts] for name, texts in form.errors.items()}


def filter_data(filters: dict[str, Any]) -> dict[str, str]:
    """Stored filters as a query string would have them."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in filters.items()}
