"""Tickets: the list of the desk, the page of one, and the forms to open and to correct one."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.admin.row_keys import is_key
from services.admin.clock_faces import pressing
from services.admin.cohort_filter import CohortFilter
from services.admin.ticket_attribute_fields import AsksForAttributes, names_of, with_attributes
from services.admin.ticket_bulk import BulkActions
from services.admin.ticket_filters import ShowFilter, SLAFilter
from services.admin.ticket_forms import OpenTicketForm
from services.admin.ticket_list import SearchPaginator, TicketChangeList, TicketPaginator
from services.admin.ticket_page import do_verb, ticket_customer, ticket_page
from services.choices import Priority
from services.models import Agent, Queue, Ticket
from services.operations.open_ticket import open_ticket
from services.operations.revise_ticket import revise_ticket
from services.operations.ticket_change import lock_tickets

PRIORITY_TONES = {Priority.HIGH: "cd-chip--warn", Priority.URGENT: "cd-chip--bad"}


@admin.register(Ticket)
class TicketAdmin(BulkActions, CandidModelAdmin):
    """The desk."""

    list_display = ["ticket", "customer", "state", "urgency", "queue", "assignee", "clock", "opened"]
    list_display_links = None
    paginator = TicketPaginator
    list_select_related = ["customer", "queue", "assignee"]
    list_filter = [
        ShowFilter,
        SLAFilter,
        CohortFilter,
        ("status", ChoicesDropdownFilter),
        ("priority", ChoicesDropdownFilter),
        ("queue", VisibleRelatedFilter),
        ("assignee", VisibleRelatedFilter),
    ]
    list_before_template = "admin/services/ticket/views.html"
    list_fullwidth = True
    search_fields = ["number", "subject"]  # that there is a search; get_search_results is how
    search_help_text = _("Words of subject and messages, the number, or the customer's e-mail address or phone number")
    actions = BulkActions.bulk_actions
    autocomplete_fields = ["customer", "requester"]
    edited = ["subject", "channel", "service_type"]

    class Media:
        css = {"all": ["services/desk.css", "services/mail.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The page is at .../change/, its customer at .../customer/, the form that corrects a ticket at .../edit/,
        verbs at .../do/<verb>/."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/edit/", wrap(self.edit), name="services_ticket_edit"),
            path("<int:pk>/customer/", wrap(self.customer_card), name="services_ticket_customer"),
            path("<int:pk>/do/<slug:verb>/", wrap(self.do), name="services_ticket_do"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list that goes deep."""
        return TicketChangeList

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Fewer rows are counted of a search."""
        kind = SearchPaginator if request.GET.get(SEARCH_VAR, "").strip() else self.paginator
        return kind(*args, **kwargs)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By words of subject and messages, by number, or by a whole e-mail address or phone number."""
        return (queryset.search(search_term) if search_term.strip() else queryset), False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of the ticket."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        return ticket_page(self, request, pk, at=timezone.now())

    def customer_card(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The customer beside the conversation, for the page."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return ticket_customer(self, request, pk, at=timezone.now())

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
        """Opening asks for more than correcting; both for the attributes."""
        kwargs["form"] = self._form(request, obj)
        return super().get_form(request, obj, change=change, **kwargs)

    def _form(self, request: HttpRequest, obj: Any) -> type[AsksForAttributes]:
        """The form of this request, made once: the definitions are read from the database."""
        if not hasattr(request, "_ticket_form"):
            request._ticket_form = with_attributes(OpenTicketForm if obj is None else AsksForAttributes)  # type: ignore[attr-defined]
        return request._ticket_form  # type: ignore[attr-defined, no-any-return]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What to ask, in the order of a phone call."""
        names = names_of(self._form(request, obj))
        attributes = [(_("Attributes"), {"fields": names})] if names else []
        if obj is not None:
            return [(None, {"fields": self.edited}), *attributes]
        return [
            (None, {"fields": [("customer", "requester"), "subject", "body"]}),
            (_("Where it goes"), {"fields": [("queue", "assignee"), ("priority", "channel"), "service_type"]}),
            *attributes,
        ]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The ticket; about to be written, its customers are locked before it, as by the verbs."""
        if request.method == "POST" and is_key(object_id):
            lock_tickets(tickets=self.get_queryset(request).filter(pk=object_id))
        return super().get_object(request, object_id, from_field)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Tickets are opened in queues of one's own teams, for agents who take tickets."""
        user: Any = request.user
        if db_field.name == "queue" and not user.sees_all_teams:
            kwargs["queryset"] = Queue.objects.filter(team__in=user.team_ids)
        if db_field.name == "assignee":
            kwargs["queryset"] = Agent.objects.filter(is_active=True, user__is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new ticket goes through open_ticket, a correction through revise_ticket."""
        user: Any = request.user
        if change:
            changes = {name: getattr(obj, name) for name in form.changed_data if name in self.edited}
            if form.attributes != obj.attributes:
                changes["attributes"] = form.attributes
            seen = form.cleaned_data.get("seen_version")
            revise_ticket(ticket=obj, changes=changes, by=user, at=timezone.now(), expected_version=seen)
            return
        given = {name: form.cleaned_data[name] for name in [*OpenTicketForm.Meta.fields, "body"]}
        ticket = open_ticket(**given, attributes=form.attributes, by=user, at=timezone.now())
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
