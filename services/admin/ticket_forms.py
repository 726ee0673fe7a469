"""What people type on the pages of tickets."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from customers.models import User
from services.admin.ticket_attribute_fields import AsksForAttributes
from services.choices import Priority, RatingScale, TicketStatus
from services.models import Agent, Ticket

MODES = [("reply", _("Reply")), ("note", _("Note")), ("customer", _("Customer wrote"))]
THEN = [
    ("", _("Send")),
    (TicketStatus.PENDING, _("Send and wait for customer")),
    (TicketStatus.SOLVED, _("Send and solve")),
]


class SeenForm(forms.Form):
    """A form that remembers what its page showed: the ticket's version and the last thing that had happened."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen_event = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class SendAgainForm(SeenForm):
    """A mail that failed. What else happened to the ticket does not matter."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    mail = forms.UUIDField(widget=forms.HiddenInput)


class ComposeForm(SeenForm):
    """The reply box."""

    mode = forms.ChoiceField(choices=MODES, initial="reply")
    body = forms.CharField(max_length=50_000, widget=forms.Textarea)
    then = forms.ChoiceField(choices=THEN, required=False)


class AssignForm(SeenForm):
    """Whom to give the ticket to. `choices`: the agents with their names, where they are read already."""

    to = forms.ModelChoiceField(queryset=Agent.objects.none(), required=False, empty_label=_("Nobody"))

    def __init__(
        self, *args: Any, ticket: Ticket, user: User, choices: list[tuple[int, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = agents_for(ticket, user)
        if choices is not None:
            field.choices = [("", field.empty_label), *choices]


class PriorityForm(SeenForm):
    """Which priority."""

    to = forms.TypedChoiceField(choices=Priority.choices, coerce=int)


class RateForm(SeenForm):
    """What the customer said of the service, entered by a member of staff."""

    scale = forms.ChoiceField(choices=RatingScale.choices, initial=RatingScale.CSAT)
    value = forms.IntegerField(min_value=0, max_value=10)
    comment = forms.CharField(max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class OpenTicketForm(AsksForAttributes):
    """A new ticket, as `open_ticket` wants it."""

    body = forms.CharField(
        label=_("What the customer wrote or said"),
        required=False,
        max_length=50_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
    )

    class Meta:
        model = Ticket
        fields = ["customer", "requester", "subject", "channel", "queue", "service_type", "priority", "assignee"]


def agents_for(ticket: Ticket, user: User) -> Any:
    """The agents that a ticket may be given to: those of its team who take tickets, who has it now, and oneself."""
    here = Q(is_active=True, user__is_active=True, user__in=ticket.team.members.values("pk"))
    return Agent.objects.filter(here | Q(user=user, is_active=True) | Q(pk=ticket.assignee_id))
