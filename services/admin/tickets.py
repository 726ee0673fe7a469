"""Tickets: the list of the desk, the page of one, and the forms to open and to correct one."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from services.admin.clock_faces import pressing
from services.admin.ticket_filters import ShowFilter, SLAFilter
from services.admin.ticket_forms import OpenTicketForm
from services.admin.ticket_page import do_verb, ticket_page
from services.admin.ticket_verbs import REFUSALS
from services.choices import Priority
from services.models import Agent, Queue, Ticket
from services.operations.assign_ticket import assign_ticket
from services.operations.open_ticket import open_ticket
from services.operations.solve_ticket import solve_ticket

PRIORITY_TONES = {Priority.HIGH: "cd-chip--warn", Priority.URGENT: "cd-chip--bad"}


@admin.register(Ticket)
class TicketAdmin(CandidModelAdmin):
    """The desk."""

    list_display = ["ticket", "customer", "state", "urgency", "queue", "assignee", "clock", "opened"]
    list_display_links = None
    list_select_related = ["customer", "queue", "assignee"]
    list_filter = [
        ShowFilter,
        SLAFilter,
        ("status", ChoicesDropdownFilter),
        ("priority", ChoicesDropdownFilter),
        ("queue", VisibleRelatedFilter),
        ("assignee", VisibleRelatedFilter),
    ]
    list_before_template = "admin/services/ticket/views.html"
    list_fullwidth = True
    search_fields = ["number__istartswith", "subject__icontains"]
    search_help_text = _("The beginning of the number, or a part of the subject")
    actions = ["take_tickets", "solve_tickets"]
    autocomplete_fields = ["customer", "requester"]
    edited = ["subject", "channel", "service_type", "attributes"]

    class Media:
        css = {"all": ["services/desk.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The page is at .../change/, the form that corrects a ticket at .../edit/, verbs at .../do/<verb>/."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/edit/", wrap(self.edit), name="services_ticket_edit"),
            path("<int:pk>/do/<slug:verb>/", wrap(self.do), name="services_ticket_do"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of the ticket."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        return ticket_page(self, request, pk, at=timezone.now())

    def do(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """A verb, asked for by a button of the page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return do_verb(self, request, pk, verb, at=timezone.now())

    def edit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form for what no verb owns."""
        back = {"show_delete": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        response: HttpResponse = super().change_view(request, str(pk), extra_context=back)
        return response

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Opening asks for more than correcting."""
        if obj is None:
            kwargs["form"] = OpenTicketForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What to ask, in the order of a phone call."""
        if obj is not None:
            return [(None, {"fields": self.edited})]
        return [
            (None, {"fields": [("customer", "requester"), "subject", "body"]}),
            (_("Where it goes"), {"fields": [("queue", "assignee"), ("priority", "channel"), "service_type"]}),
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Tickets are opened in queues of one's own teams, for agents who take tickets."""
        user: Any = request.user
        if db_field.name == "queue" and not user.sees_all_teams:
            kwargs["queryset"] = Queue.objects.filter(team__in=user.team_ids)
        if db_field.name == "assignee":
            kwargs["queryset"] = Agent.objects.filter(is_active=True, user__is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new ticket goes through open_ticket; a correction through the usual way."""
        if change:
            super().save_model(request, obj, form, change)
            return
        given = {name: form.cleaned_data[name] for name in [*OpenTicketForm.Meta.fields, "body"]}
        ticket = open_ticket(**given, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        obj.__dict__.update(ticket.__dict__)

    def response_post_save_change(self, request: HttpRequest, obj: Ticket) -> HttpResponse:
        """After correcting, the page."""
        return HttpResponseRedirect(reverse("admin:services_ticket_change", args=[obj.pk]))

    def response_post_save_add(self, request: HttpRequest, obj: Ticket) -> HttpResponse:
        """After opening, the page."""
        return HttpResponseRedirect(reverse("admin:services_ticket_change", args=[obj.pk]))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes: scores and histories rest on tickets."""
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Other pages lead to the tickets of one customer."""
        return lookup == "customer__id__exact" or super().lookup_allowed(lookup, value, request)

    @action(description=_("Take"), permissions=["change"])
    def take_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        """Give the chosen tickets to oneself."""
        agent = Agent.objects.filter(user=request.user.pk).first()
        if agent is None:
            messages.error(request, gettext("Only agents take tickets."))
            return
        self._each(request, queryset, lambda ticket, at: assign_ticket(ticket=ticket, to=agent, by=agent.user, at=at))

    @action(description=_("Solve"), permissions=["change"])
    def solve_tickets(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        """Solve the chosen tickets."""
        user: Any = request.user
        self._each(request, queryset, lambda ticket, at: solve_ticket(ticket=ticket, by=user, at=at))

    def _each(self, request: HttpRequest, queryset: QuerySet[Ticket], verb: Any) -> None:
        """Do a verb to each ticket by itself; those that refuse are named."""
        at, done = timezone.now(), 0
        for ticket in queryset.order_by("pk"):
            try:
                verb(ticket, at)
            except REFUSALS as refusal:
                messages.warning(request, f"{ticket.number}: {refusal}")
            else:
                done += 1
        if done:
            text = ngettext("Done for %(count)d ticket.", "Done for %(count)d tickets.", done) % {"count": done}
            messages.success(request, text)

    @admin.display(description=_("ticket"), ordering="pk")
    def ticket(self, ticket: Ticket) -> SafeString:
        """Subject and number, which lead to the page."""
        link = reverse("admin:services_ticket_change", args=[ticket.pk])
        text = '<a class="desk-subject" href="{}"><b>{}</b><small class="cd-number">{}</small></a>'
        return format_html(text, link, ticket.subject, ticket.number)

    @admin.display(description=_("status"), ordering="status")
    def state(self, ticket: Ticket) -> SafeString:
        """The status, coloured."""
        text = '<span class="cd-chip desk-status desk-status--{}">{}</span>'
        return format_html(text, ticket.status, ticket.get_status_display())

    @admin.display(description=_("priority"), ordering="priority")
    def urgency(self, ticket: Ticket) -> SafeString:
        """The priority, coloured where it presses."""
        tone = PRIORITY_TONES.get(Priority(ticket.priority), "")
        return format_html('<span class="cd-chip {}">{}</span>', tone, ticket.get_priority_display())

    @admin.display(description=_("SLA"), ordering="resolution_due_at")
    def clock(self, ticket: Ticket) -> SafeString:
        """The clock that presses most: due in 2 hours, late by 3 hours."""
        face = pressing(ticket, at=timezone.now())
        text = '<span class="desk-clock{}" title="{}"><b>{}</b><small>{}</small></span>'
        moment = date_format(face.moment, "DATETIME_FORMAT") if face.moment else ""
        return format_html(text, f" cd-{face.tone}" if face.tone else "", moment, face.words, face.name)

    @display(description=_("opened"), ordering="created_at")
    def opened(self, ticket: Ticket) -> SafeString:
        """The day it was opened."""
        return format_html('<span class="cd-number">{}</span>', date_format(ticket.created_at, "SHORT_DATE_FORMAT"))
