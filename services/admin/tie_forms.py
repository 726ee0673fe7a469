"""What people type to tie tickets together, to move one to another queue, and to put down time."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import User
from services.admin.ticket_forms import SeenForm
from services.choices import LinkKind
from services.models import Message, Queue, Ticket, TicketLink, TicketMerge
from services.operations.add_time import MOST_MINUTES

INTO_OTHER, INTO_THIS = "into_other", "into_this"


class TicketByNumber(forms.CharField):
    """A ticket in sight, by its number: whole, or the digits that end it (T-000123 as 123)."""

    default_error_messages = {"unknown": _("There is no ticket “%(number)s”, or you may not see it.")}

    def __init__(self, *, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        """The ticket; None where none is asked for and none is needed."""
        number = str(super().clean(value)).strip()
        if not number:
            return None
        names = [number, number.upper()]
        if number.isascii() and number.isdigit() and len(number) < 19:
            names.append(f"T-{int(number):06d}")
        found = Ticket.objects.visible_to(self.user).filter(number__in=names).order_by("pk").first()
        if found is None:
            raise forms.ValidationError(self.error_messages["unknown"] % {"number": number})
        return found


class OfTicketForm(SeenForm):
    """A form about one ticket, filled in by somebody who may see some others."""

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticket, self.user = ticket, user
        self.prepare()

    def prepare(self) -> None:
        """Say what may be chosen."""


class MergeForm(OfTicketForm):
    """The other ticket, and which of the two is kept."""

    direction = forms.ChoiceField(
        label=_("Which is kept"),
        choices=[
            (INTO_OTHER, _("This one goes into the other")),
            (INTO_THIS, _("The other goes into this one")),
        ],
    )
    across_customers = forms.BooleanField(label=_("Also if it is of another customer"), required=False)

    def prepare(self) -> None:
        """The other ticket is one in sight."""
        self.fields["other"] = TicketByNumber(user=self.user, label=_("Other ticket"))


class LinkForm(OfTicketForm):
    """The other ticket, and what this one is to it."""

    kind = forms.ChoiceField(
        label=_("This ticket is"),
        choices=[(LinkKind.RELATED, LinkKind.RELATED.label), (LinkKind.INCIDENT, LinkKind.INCIDENT.label)],
    )

    def prepare(self) -> None:
        """The other ticket is one in sight."""
        self.fields["other"] = TicketByNumber(user=self.user, label=_("Other ticket"))


class ParentForm(OfTicketForm):
    """The ticket that this one is a part of; empty: of none."""

    def prepare(self) -> None:
        """The other ticket is one in sight."""
        self.fields["other"] = TicketByNumber(user=self.user, label=_("Part of ticket"), required=False)


class UnlinkForm(OfTicketForm):
    """One of the links of this ticket."""

    def prepare(self) -> None:
        """Out or in."""
        links = TicketLink.objects.filter(from_ticket=self.ticket) | TicketLink.objects.filter(to_ticket=self.ticket)
        self.fields["link"] = forms.ModelChoiceField(queryset=links)


class UnmergeForm(OfTicketForm):
    """One of the merges into this ticket."""

    def prepare(self) -> None:
        """Those that were not undone."""
        self.fields["merge"] = forms.ModelChoiceField(queryset=TicketMerge.objects.filter(kept=self.ticket))


class SplitForm(OfTicketForm):
    """One of the messages of this ticket, and what its own ticket is to be about."""

    subject = forms.CharField(label=_("Subject"), max_length=255, required=False)

    def prepare(self) -> None:
        """The messages of this ticket."""
        self.fields["message"] = forms.ModelChoiceField(queryset=Message.objects.filter(ticket=self.ticket))


class QueueForm(OfTicketForm):
    """Where the ticket goes. `choices`: the queues with their names, where they are read already."""

    def __init__(self, *args: Any, choices: list[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choices is not None:
            self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def prepare(self) -> None:
        """Every queue: one's own team may be the wrong one."""
        queues = Queue.objects.select_related("team").order_by("name")
        self.fields["to"] = forms.ModelChoiceField(queryset=queues, empty_label=None, label=_("Queue"))


class TimeForm(OfTicketForm):
    """Minutes, and what they were spent with."""

    minutes = forms.IntegerField(label=_("Minutes"), min_value=-MOST_MINUTES, max_value=MOST_MINUTES)
    note = forms.CharField(label=_("What for"), max_length=255, required=False)


class SolveProblemForm(OfTicketForm):
    """What all customers are told."""

    body = forms.CharField(label=_("Reply to all"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 3}))


FORMS: dict[str, type[OfTicketForm]] = {
    "merge": MergeForm,
    "unmerge": UnmergeForm,
    "link": LinkForm,
    "unlink": UnlinkForm,
    "parent": ParentForm,
    "split": SplitForm,
    "queue": QueueForm,
    "time": TimeForm,
    "solve-problem": SolveProblemForm,
}
