"""What agents write. A reply and a note come to different addresses: what is written as a note cannot go out, whatever
the form says."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.operations.record_activity import CustomerIsErased
from services.admin.desk.access import at_the_desk, ticket_in_sight
from services.admin.desk.answers import answer_refusal, answer_verb
from services.admin.desk.ticket_column import SEND_AND, Typed
from services.admin.ticket_forms import SeenForm
from services.admin.ticket_verbs import do, form_for
from services.choices import MessageKind, TicketStatus
from services.models import Ticket
from services.operations.keep_note import keep_note
from services.operations.save_draft import save_draft
from services.operations.send_reply import send_reply

LONGEST = 50_000


class FilesField(forms.MultipleChoiceField):
    """Keys of files; which of them may go with the message is the operation's affair."""

    def valid_value(self, value: str) -> bool:
        """Any UUID."""
        return len(value) == 36 and all(sign in "0123456789abcdef-" for sign in value)


class NoteForm(SeenForm):
    """A note as it was typed."""

    body = forms.CharField(max_length=LONGEST)
    file = FilesField(required=False)


class ReplyForm(NoteForm):
    """A reply as it was typed, and what the ticket is after it."""

    then = forms.ChoiceField(choices=[(status, label) for status, _short, label in SEND_AND], required=False)


class DraftForm(forms.Form):
    """What is typed so far."""

    kind = forms.ChoiceField(choices=MessageKind.choices)
    body = forms.CharField(max_length=LONGEST, required=False, strip=False)


@at_the_desk("POST")
def reply(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Answer the customer."""

    def send(ticket: Ticket, given: dict[str, Any], common: dict[str, Any]) -> str:
        status = TicketStatus(given["then"]) if given["then"] else None
        send_reply(status_after=status, **common)
        return _("The reply is in the conversation; the ticket is %(status)s.") % {
            "status": ticket.get_status_display().lower()
        }

    return _write(request, pk, ReplyForm(request.POST), MessageKind.REPLY, send, at=at)


@at_the_desk("POST")
def note(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Keep an internal note."""

    def keep(ticket: Ticket, given: dict[str, Any], common: dict[str, Any]) -> str:
        keep_note(**common)
        return _("The note is kept. Only colleagues see it.")

    return _write(request, pk, NoteForm(request.POST), MessageKind.NOTE, keep, at=at)


def _write(
    request: HttpRequest,
    pk: int,
    form: NoteForm,
    kind: MessageKind,
    write: Callable[[Ticket, dict[str, Any], dict[str, Any]], str],
    *,
    at: datetime,
) -> HttpResponse:
    ticket = ticket_in_sight(request, pk)
    require_may_write(request)
    body = request.POST.get("body", "")
    if not form.is_valid():
        typed = Typed(_why(form), kind=kind, body=body)
        return answer_refusal(request, pk, typed, at=at, status=422)
    given = form.cleaned_data
    common = {
        "ticket": ticket,
        "body": given["body"],
        "by": request.user,
        "files": given["file"],
        "expected_version": given["version"],
        "at": at,
    }
    return answer_verb(request, ticket, lambda: write(ticket, given, common), at=at, kind=kind, body=body)


def require_may_write(request: HttpRequest) -> None:
    """Raise PermissionDenied for who may not write messages."""
    if not request.user.has_perm("services.add_message"):
        raise PermissionDenied


@at_the_desk("POST")
def draft(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Keep what is typed so far, while somebody types."""
    ticket = ticket_in_sight(request, pk)
    require_may_write(request)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"said": _why(form)}, status=422)
    user: Any = request.user
    given = form.cleaned_data
    try:
        kept = save_draft(ticket=ticket, user=user, kind=MessageKind(given["kind"]), body=given["body"], at=at)
    except CustomerIsErased as refusal:
        return JsonResponse({"said": str(refusal)}, status=409)
    said = _("Draft saved at %(time)s") % {"time": time_format(localtime(at))} if kept else ""
    return JsonResponse({"said": said})


@at_the_desk("POST")
def verb(request: HttpRequest, pk: int, code: str, *, at: datetime) -> HttpResponse:
    """A verb of the ticket's page, done from the desk: take, assign, priority, solve and the like."""
    ticket = ticket_in_sight(request, pk)
    user: Any = request.user
    form = None if code == "compose" else form_for(code, request.POST, ticket=ticket, user=user)
    if form is None or not form.is_valid():
        text = _why(form) if form else _("There is no such verb.")
        return answer_refusal(request, pk, Typed(text), at=at, status=422)
    given = form.cleaned_data
    return answer_verb(request, ticket, lambda: do(code, ticket=ticket, user=user, given=given, at=at), at=at)


def _why(form: forms.Form) -> str:
    """What is wrong with a form, in sentences."""
    if "body" in form.errors and not form.data.get("body", "").strip():
        return _("Nothing is written yet.")
    return " ".join(str(text) for texts in form.errors.values() for text in texts)
