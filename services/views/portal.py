"""The customer's own tickets: all of them, and a new one."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from services.choices import UNSOLVED, TicketStatus
from services.operations.file_types import FileRefused
from services.operations.open_in_portal import NowhereToOpen, open_in_portal, queue_of_portal
from services.operations.portal_session import Reader, own_tickets
from services.operations.public_uploads import MOST_FILES
from services.views.portal_access import for_customers
from services.views.portal_forms import NewTicketForm, accepted, is_too_large, too_large_in_words, uploads_of

A_PAGE = 20


@for_customers("GET", "HEAD")
def tickets(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The tickets of all customers with this address, what is worked on first."""
    rows = own_tickets(reader.ids).only("number", "subject", "status", "created_at", "updated_at")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    for ticket in page.object_list:
        ticket.state = state_in_words(ticket.status)  # type: ignore[attr-defined]
        ticket.is_open = ticket.status in UNSOLVED  # type: ignore[attr-defined]
    context = {"here": "portal", "reader": reader, "page": page, "may_open": _may_open()}
    return render(request, "services/portal/tickets.html", context)


@for_customers("GET", "HEAD", "POST")
def new_ticket(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Open a ticket."""
    if request.method != "POST":
        return _form(request, reader, NewTicketForm(customers=reader.customers))
    if is_too_large(request):
        form = NewTicketForm(request.POST, customers=reader.customers)
        return _form(request, reader, form, problem=too_large_in_words())
    form = NewTicketForm(request.POST, customers=reader.customers)
    if not form.is_valid():
        return _form(request, reader, form)
    data = form.cleaned_data
    try:
        ticket = open_in_portal(
            customer=form.for_whom,
            subject=data["subject"],
            body=data["body"],
            key=str(data["key"]),
            form=data["about"],
            files=uploads_of(request),
            at=timezone.now(),
        )
    except (FileRefused, NowhereToOpen) as refusal:
        said = str(refusal) or _("No tickets are taken here at the moment: write us a mail.")
        return _form(request, reader, form, problem=said)
    messages.success(request, _("Thank you. We have your message under the number %(number)s.") % {"number": ticket})
    return HttpResponseRedirect(reverse("portal-ticket", args=[ticket.number]), status=303)


def _form(request: HttpRequest, reader: Reader, form: NewTicketForm, *, problem: str = "") -> HttpResponse:
    context = {
        "here": "portal",
        "reader": reader,
        "form": form,
        "key": form.fresh_key(),
        "problem": problem,
        "accepted": accepted(),
        "most_files": MOST_FILES,
        "most_bytes": settings.ATTACHMENT_MOST_BYTES,
        "too_large": too_large_in_words(),
    }
    status = 422 if form.is_bound or problem else 200
    return render(request, "services/portal/new.html", context, status=status)


def _may_open() -> bool:
    """Whether a new ticket would have a queue to go to."""
    if NewTicketForm(customers=()).has_choice:
        return True
    try:
        queue_of_portal(None)
    except NowhereToOpen:
        return False
    return True


def state_in_words(status: str) -> tuple[str, str]:
    """How a ticket stands, as a customer reads it, and the colour of that."""
    return {
        TicketStatus.NEW: (_("Received"), ""),
        TicketStatus.OPEN: (_("We are on it"), ""),
        TicketStatus.PENDING: (_("Waits for your answer"), "warn"),
        TicketStatus.ON_HOLD: (_("We wait for somebody else"), ""),
        TicketStatus.SOLVED: (_("Solved"), "good"),
        TicketStatus.CLOSED: (_("Closed"), "good"),
        TicketStatus.MERGED: (_("Went on in another ticket"), ""),
    }[TicketStatus(status)]
