"""One ticket as its customer reads it: what was said in public, an answer, and what they say of the help."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.operations.record_activity import CustomerIsErased
from services.choices import Direction, MessageKind, TicketStatus
from services.models import Attachment, Mailbox, Message, RatingRequest, Ticket
from services.operations.answer_rating_request import RatingRequestIsOver, answer_rating_request
from services.operations.ask_on_solving import ANSWERS
from services.operations.ask_portal_link import portal_mailbox
from services.operations.file_types import FileRefused
from services.operations.mail_message import sender_of
from services.operations.portal_session import Reader, own_tickets
from services.operations.public_uploads import MOST_FILES
from services.operations.rating_links import without_links
from services.operations.reply_in_portal import reply_in_portal
from services.operations.solve_in_portal import may_solve, solve_in_portal
from services.transitions import IllegalTransition
from services.views.file_answer import file_answer
from services.views.portal import state_in_words
from services.views.portal_access import for_customers
from services.views.portal_forms import RateForm, ReplyForm, accepted, is_too_large, too_large_in_words, uploads_of

# The newest of a long conversation.
MOST_MESSAGES = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the page."""

    who: str
    is_own: bool
    at: datetime
    body: str
    files: list[Attachment]


@for_customers("GET", "HEAD", "POST")
def ticket(request: HttpRequest, reader: Reader, number: str) -> HttpResponse:
    """The conversation; posted, an answer."""
    row = _own(reader, number)
    if request.method != "POST":
        return _page(request, reader, row, ReplyForm())
    if is_too_large(request):
        return _page(request, reader, row, ReplyForm(request.POST), problem=too_large_in_words())
    form = ReplyForm(request.POST)
    if row.status == TicketStatus.MERGED:
        raise Http404
    if not form.is_valid():
        return _page(request, reader, row, form)
    try:
        message = reply_in_portal(
            ticket=row,
            customer=reader.who_writes(row),
            body=form.cleaned_data["body"],
            key=str(form.cleaned_data["key"]),
            files=uploads_of(request),
            at=timezone.now(),
        )
    except (FileRefused, CustomerIsErased) as refusal:
        return _page(request, reader, row, form, problem=str(refusal))
    went_to = message.ticket
    if went_to.pk != row.pk:
        messages.success(request, _("This goes on as ticket %(number)s.") % {"number": went_to.number})
    else:
        messages.success(request, _("Thank you. We have your answer."))
    return _back(went_to)


@for_customers("POST")
def solve(request: HttpRequest, reader: Reader, number: str) -> HttpResponse:
    """The customer says that it is done."""
    row = _own(reader, number)
    try:
        solve_in_portal(ticket=row, customer=reader.who_writes(row), at=timezone.now())
    except IllegalTransition:
        messages.warning(request, _("This ticket is over already."))
    else:
        messages.success(request, _("Thank you. Your ticket is marked as solved."))
    return _back(row)


@for_customers("POST")
def rate(request: HttpRequest, reader: Reader, number: str) -> HttpResponse:
    """The customer says what they think of the help."""
    row = _own(reader, number)
    at = timezone.now()
    asked = _rating_request(reader, row, at)
    form = RateForm(request.POST)
    if asked is None:
        raise Http404
    if not form.is_valid():
        return _page(request, reader, row, ReplyForm(), rate_form=form)
    try:
        answer_rating_request(request=asked, at=at, **form.cleaned_data)
    except RatingRequestIsOver:
        messages.warning(request, _("The time to rate is over"))
    else:
        messages.success(request, _("Thank you for your rating."))
    return _back(row)


@for_customers("GET", "HEAD")
def file(request: HttpRequest, reader: Reader, number: str, key: UUID) -> HttpResponseBase:
    """A file of a public message, to be saved; a picture is shown."""
    row = _own(reader, number)
    public = Attachment.objects.filter(ticket=row, message__kind=MessageKind.REPLY, kind=MessageKind.REPLY)
    found = public.exclude(message__direction=Direction.INTERNAL).filter(key=key).first()
    if found is None:
        raise Http404
    return file_answer(found, shows_pictures=True)


def _own(reader: Reader, number: str) -> Ticket:
    rows: Any = Ticket.objects.select_related("requester", "customer", "queue", "merged_into")
    found: Ticket | None = None if "\0" in number else rows.filter(number=number).first()
    if found is None or not {found.customer_id, found.requester_id} & reader.ids:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    reader: Reader,
    row: Ticket,
    form: ReplyForm,
    *,
    problem: str = "",
    rate_form: RateForm | None = None,
) -> HttpResponse:
    at = timezone.now()
    went_to = row.merged_into
    is_theirs = went_to is not None and own_tickets(reader.ids).filter(pk=went_to.pk).exists()
    context = {
        "here": "portal",
        "reader": reader,
        "ticket": row,
        "state": state_in_words(row.status),
        "went_to": went_to if is_theirs else None,
        "is_merged": row.status == TicketStatus.MERGED,
        "is_closed": row.status == TicketStatus.CLOSED,
        "conversation": _conversation(reader, row),
        "form": form,
        "key": form.fresh_key(),
        "problem": problem,
        "may_solve": may_solve(row) and row.status != TicketStatus.NEW,
        "accepted": accepted(),
        "most_files": MOST_FILES,
        "most_bytes": settings.ATTACHMENT_MOST_BYTES,
        "too_large": too_large_in_words(),
        **_rating(_rating_request(reader, row, at), rate_form),
    }
    is_wrong = form.is_bound or bool(problem) or rate_form is not None
    return render(request, "services/portal/ticket.html", context, status=422 if is_wrong else 200)


def _conversation(reader: Reader, row: Ticket) -> list[Said]:
    """Public messages alone, the oldest first. Of ours a name stands only where mail would say it; of others none."""
    public = row.messages.filter(kind=MessageKind.REPLY).exclude(direction=Direction.INTERNAL)
    rows = public.select_related("author__agent").prefetch_related("attachments").order_by("-at", "-pk")
    newest = list(rows[:MOST_MESSAGES])
    mailbox = Mailbox.objects.filter(queue=row.queue_id, is_active=True).order_by("name").first() or portal_mailbox()
    # The question for a rating stands above, with buttons.
    shown = [message for message in newest if not _asks_for_rating(message)]
    return [_said(reader, mailbox, row, message) for message in reversed(shown)]


def _asks_for_rating(message: Message) -> bool:
    is_ours = message.is_automatic and message.direction == Direction.OUTBOUND
    return is_ours and without_links(message.body) != message.body


def _said(reader: Reader, mailbox: Mailbox | None, row: Ticket, message: Message) -> Said:
    is_own = message.direction == Direction.INBOUND and (
        message.customer_id is None or message.customer_id in reader.ids
    )
    if message.direction == Direction.OUTBOUND:
        who = sender_of(mailbox, message.author) if mailbox else row.queue.name
    else:
        who = _("You") if is_own else _("Somebody else")
    files = [one for one in message.attachments.all() if one.kind == MessageKind.REPLY]
    return Said(who, is_own, message.at, message.body, files)


def _rating_request(reader: Reader, row: Ticket, at: datetime) -> RatingRequest | None:
    """The newest question to one of these customers that may be answered; while it is worked on again, none."""
    if row.status not in (TicketStatus.SOLVED, TicketStatus.CLOSED):
        return None
    asked = row.rating_requests.filter(customer__in=reader.ids, expires_at__gt=at)
    return asked.select_related("rating", "ticket", "customer").order_by("-pk").first()


def _rating(asked: RatingRequest | None, form: RateForm | None) -> dict[str, Any]:
    if asked is None:
        return {"asked": None}
    given = asked.rating.value if asked.rating else None
    typed = form.data.get("comment", "").replace("\x00", "") if form else ""
    return {
        "asked": asked,
        "answers": [
            {"value": value, "label": ANSWERS[value], "is_chosen": value == given} for value in sorted(ANSWERS)
        ],
        "given_label": ANSWERS[given] if given else "",
        "comment": typed or (asked.rating.comment if asked.rating else ""),
        "rate_problem": bool(form),
    }


def _back(row: Ticket) -> HttpResponse:
    return HttpResponseRedirect(reverse("portal-ticket", args=[row.number]), status=303)
