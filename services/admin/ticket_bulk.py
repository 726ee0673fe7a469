"""What the list of tickets does to many at once: all are done, or those that refuse are named."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from services.choices import Priority
from services.models import Agent, Queue, Ticket
from services.operations.bulk import bulk

MOST_AT_ONCE = 500
NAMED = 20  # of those that refuse; the rest is counted
TEMPLATE = "admin/services/ticket/bulk.html"


class AssignManyForm(forms.Form):
    """Whom to give them to: an agent of the user's teams."""

    to = forms.ModelChoiceField(
        queryset=Agent.objects.filter(is_active=True, user__is_active=True),
        required=False,
        empty_label=_("Nobody"),
        label=_("Agent"),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.sees_all_teams:
            field: Any = self.fields["to"]
            mine = Q(user__teams__in=user.team_ids) | Q(user=user)
            field.queryset = field.queryset.filter(mine).distinct()


class PriorityManyForm(forms.Form):
    """Which priority."""

    to = forms.TypedChoiceField(
        choices=Priority.choices, coerce=lambda value: Priority(int(value)), label=_("Priority")
    )


class QueueManyForm(forms.Form):
    """Which queue."""

    to = forms.ModelChoiceField(queryset=Queue.objects.order_by("name"), empty_label=None, label=_("Queue"))


class NoteManyForm(forms.Form):
    """A note on each."""

    body = forms.CharField(max_length=50_000, widget=forms.Textarea(attrs={"rows": 4}), label=_("Internal note"))


class BulkActions:
    """The actions of the list. Those that need a choice ask for it on a page of their own."""

    bulk_actions = [
        "take_tickets",
        "assign_tickets",
        "prioritise_tickets",
        "queue_tickets",
        "note_tickets",
        "solve_tickets",
        "pend_tickets",
        "hold_tickets",
        "reopen_tickets",
        "close_tickets",
    ]

    @action(description=_("Take"), permissions=["change"])
    def take_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        """Give the chosen tickets to oneself."""
        agent = Agent.objects.filter(user=request.user.pk).first()
        if agent is None:
            messages.error(request, gettext("Only agents take tickets."))
            return
        do_many(request, queryset, "assign", at=timezone.now(), to=agent)

    @action(description=_("Assign …"), permissions=["change"])
    def assign_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> HttpResponse | None:
        """Give the chosen tickets to an agent, or to nobody."""
        form = AssignManyForm(_posted(request), user=request.user)
        return self._ask(request, queryset, "assign", form, title=gettext("Assign tickets"))

    @action(description=_("Set the priority …"), permissions=["change"])
    def prioritise_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> HttpResponse | None:
        """Give the chosen tickets another priority."""
        form = PriorityManyForm(_posted(request))
        return self._ask(request, queryset, "prioritise", form, title=gettext("Set the priority"))

    @action(description=_("Move to a queue …"), permissions=["change"])
    def queue_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> HttpResponse | None:
        """Move the chosen tickets to another queue."""
        return self._ask(request, queryset, "queue", QueueManyForm(_posted(request)), title=gettext("Move to a queue"))

    @action(description=_("Add a note …"), permissions=["change"])
    def note_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> HttpResponse | None:
        """Write the same internal note on the chosen tickets."""
        user: Any = request.user
        if not user.has_perm("services.add_message"):
            raise PermissionDenied
        return self._ask(request, queryset, "note", NoteManyForm(_posted(request)), title=gettext("Add a note"))

    @action(description=_("Solve"), permissions=["change"])
    def solve_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        """Solve the chosen tickets."""
        do_many(request, queryset, "solve", at=timezone.now())

    @action(description=_("Wait for customer"), permissions=["change"])
    def pend_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        """Wait for the customers of the chosen tickets."""
        do_many(request, queryset, "pend", at=timezone.now())

    @action(description=_("Put on hold"), permissions=["change"])
    def hold_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        """Wait for a third party."""
        do_many(request, queryset, "hold", at=timezone.now())

    @action(description=_("Reopen"), permissions=["change"])
    def reopen_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        """Take up work on the chosen tickets again."""
        do_many(request, queryset, "reopen", at=timezone.now())

    @action(description=_("Close for good"), permissions=["change"])
    def close_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        """Close the chosen tickets, which must be solved."""
        do_many(request, queryset, "close", at=timezone.now())

    def _ask(
        self: Any, request: HttpRequest, queryset: QuerySet[Ticket], verb: str, form: forms.Form, *, title: str
    ) -> HttpResponse | None:
        """Ask for what the verb takes; once it is given, do it."""
        if form.is_valid():
            do_many(request, queryset, verb, at=timezone.now(), **form.cleaned_data)
            return None
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": self.media,
            "form": form,
            "number": queryset.count(),
            "action": request.POST.get("action", ""),
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, TEMPLATE, context)


def do_many(request: HttpRequest, tickets: QuerySet[Ticket], verb: str, *, at: datetime, **given: Any) -> None:
    """Do a verb to each of the chosen; tell how many were done, and name those that refused."""
    user: Any = request.user
    chosen = list(tickets.order_by("pk")[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        messages.error(
            request, gettext("At most %(most)d tickets at once: narrow the list down.") % {"most": MOST_AT_ONCE}
        )
        return
    outcomes = bulk(tickets=chosen, verb=verb, by=user, at=at, **given)
    refused = [outcome for outcome in outcomes if outcome.refused]
    for outcome in refused[:NAMED]:
        messages.warning(request, f"{outcome.ticket.number}: {outcome.refused}")
    if len(refused) > NAMED:
        rest = len(refused) - NAMED
        text = ngettext("%(count)d more was refused.", "%(count)d more were refused.", rest)
        messages.warning(request, text % {"count": rest})
    done = len(outcomes) - len(refused)
    if done:
        text = ngettext("Done for %(count)d ticket.", "Done for %(count)d tickets.", done) % {"count": done}
        messages.success(request, text)


def _posted(request: HttpRequest) -> Any:
    """What was typed on the page of an action; None when it is asked for the first time."""
    return request.POST if "post" in request.POST else None
