"""How lists of this room are narrowed down: one FilterSet a model, for the API and the admin."""

from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, TypedChoiceFilter

from customers.filtersets import IdFilter, MomentFilter, YesNoFilter
from services.choices import Channel, Direction, MessageKind, Priority, TicketStatus
from services.models import Message, Queue, ServiceType, SLAPolicy, Ticket


class TicketFilterSet(FilterSet):
    """Tickets by who asks, who works on it, and how it stands."""

    q = CharFilter(method="search", label=_("Whole number, or part of the subject"))
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

    class Meta:
        model = Ticket
        fields: list[str] = []

    def search(self, tickets: Any, name: str, value: str) -> Any:
        """By number or subject."""
        return tickets.filter(Q(number=value) | Q(subject__icontains=value))

    def of_customer(self, tickets: Any, name: str, value: int) -> Any:
        """Tickets for or from this customer."""
        return tickets.filter(Q(customer=value) | Q(requester=value))

    def that_are_unsolved(self, tickets: Any, name: str, value: bool) -> Any:
        """Tickets with work left, or without."""
        return tickets.unsolved() if value else tickets.exclude(pk__in=Ticket.objects.unsolved().values("pk"))

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
        late = Ticket.objects.breaching(at=timezone.now())
        return tickets.filter(pk__in=late.values("pk")) if value else tickets.exclude(pk__in=late.values("pk"))

    def that_were_breached(self, tickets: Any, name: str, value: bool) -> Any:
        """Missed a target at some time, or never."""
        late = Ticket.objects.breached(at=timezone.now())
        return tickets.filter(pk__in=late.values("pk")) if value else tickets.exclude(pk__in=late.values("pk"))


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
