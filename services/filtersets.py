"""How lists of this room are narrowed down: one FilterSet a model, for the API and the admin."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, TypedChoiceFilter

from customers.filtersets import IdFilter, MomentFilter, YesNoFilter
from services.choices import UNSOLVED, Channel, Priority, TicketStatus
from services.models import Queue, ServiceType, SLAPolicy, Ticket


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
    unassigned = YesNoFilter(field_name="assignee", lookup_expr="isnull")
    status = ChoiceFilter(choices=TicketStatus.choices)
    unsolved = YesNoFilter(method="that_are_unsolved")
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
        """By number, words, or how the customer is reached."""
        return tickets.search(value)

    def of_customer(self, tickets: Any, name: str, value: int) -> Any:
        """Tickets for or from this customer."""
        return tickets.filter(Q(customer=value) | Q(requester=value))

    def that_are_unsolved(self, tickets: Any, name: str, value: bool) -> Any:
        """Tickets with work left, or without."""
        return tickets.unsolved() if value else tickets.exclude(status__in=UNSOLVED)

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
