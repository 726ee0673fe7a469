"""The conversation: begun, read, written, ended. Answers are JSON; what went wrong is said in `detail`."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from customers.audit.origin import acting
from customers.operations.record_activity import CustomerIsErased
from services.mail.parsed import MailFile
from services.models import Attachment, ChatLine, ChatSession
from services.operations.answer_rating_request import RatingRequestIsOver, answer_rating_request
from services.operations.ask_on_solving import ANSWERS
from services.operations.end_chat import end_chat
from services.operations.file_types import FileRefused
from services.operations.macro_text import name_of_agent
from services.operations.note_chat_read import note_chat_read
from services.operations.note_visitor import note_visitor
from services.operations.read_chat import MOST_LINES, is_theirs, lines_after, rating_request_of, state_of
from services.operations.receive_chat_message import ChatIsOver, receive_chat_message
from services.operations.start_chat import BadAddress, start_chat
from services.views.chat.access import is_too_much, of_visitor, origin_of, refuse, secret_of, widget_of
from services.views.file_answer import file_answer

LONGEST_TEXT = 4000
LONGEST_COMMENT = 2000
MOST_FILES_AT_ONCE = 5
LARGEST_FILE = min(10 * 1024**2, settings.ATTACHMENT_MOST_BYTES)
LARGEST_KEY = 2**63 - 1


@csrf_exempt
@require_POST
def start(request: HttpRequest, key: UUID) -> HttpResponse:
    """Begin the conversation of this secret; again is no harm. Who they are may be said now or later."""
    if is_too_much(request, "start"):
        return refuse(_("There were too many requests. It goes on in a minute."), 429)
    widget, secret = widget_of(key), secret_of(request)
    if widget is None:
        return refuse(_("This chat is closed."), 404)
    given = _body(request)
    if not secret or given is None:
        return refuse("Send a secret, and an object of name, email, page and language.", 400)
    language = given.get("language", "")
    language = language if language in dict(settings.LANGUAGES) else get_language() or ""
    at = timezone.now()
    with override(language), acting(origin_of("start_chat", f"chat-widget:{widget.pk}")):
        try:
            session = start_chat(
                widget=widget, secret=secret, language=language, at=at,
                **{name: given.get(name, "") for name in ("name", "email", "page")},
            )  # fmt: skip
        except BadAddress as error:
            return refuse(str(error), 422, field="email")
    return JsonResponse({"state": told_state(session, at=at)})


@of_visitor("POST", "write")
def write(request: HttpRequest, session: ChatSession, *, at: datetime) -> HttpResponse:
    """Take in a message, with files. 200 with the line, also for one that came before: its key makes it once."""
    text = request.POST.get("text", "").replace("\x00", "")
    files = request.FILES.getlist("file")
    try:
        client_key = UUID(request.POST.get("key", ""))
    except ValueError:
        return refuse("Send a key, a UUID that is the message's own.", 400)
    if len(text) > LONGEST_TEXT:
        return refuse(_("A message has %(most)d letters at most.") % {"most": LONGEST_TEXT}, 422)
    if not text.strip() and not files:
        return refuse(_("Write something first."), 422)
    if files and is_too_much(request, "file", session):
        return refuse(_("There were too many requests. It goes on in a minute."), 429)
    if len(files) > MOST_FILES_AT_ONCE:
        return refuse(_("A message takes %(most)d files at most.") % {"most": MOST_FILES_AT_ONCE}, 422)
    if any((file.size or 0) > LARGEST_FILE for file in files):
        return refuse(_("A file may hold %(mb)d MB at most.") % {"mb": LARGEST_FILE // 1024**2}, 422)
    read = [MailFile(file.name or "", "", file.read()) for file in files]
    try:
        line = receive_chat_message(session=session, client_key=client_key, text=text, files=read, at=at)
    except FileRefused as error:
        return refuse(str(error), 422)
    except (ChatIsOver, CustomerIsErased):
        return refuse(_("This chat has ended."), 410)
    return JsonResponse({"line": told_line(_read_again(line))})


@of_visitor("GET", "read")
def read(request: HttpRequest, session: ChatSession, *, at: datetime) -> HttpResponse:
    """What came after the line ?after=, MOST_LINES at a time (`more`: there are others), and how the chat stands."""
    lines = lines_after(session, place(request.GET.get("after", "")))
    told = {"lines": [told_line(line) for line in lines], "more": len(lines) == MOST_LINES}
    return JsonResponse({**told, "state": told_state(session, at=at)})


@csrf_exempt
def messages(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """A GET reads, a POST writes."""
    return write(request, key) if request.method == "POST" else read(request, key)


@of_visitor("POST", "write")
def seen(request: HttpRequest, session: ChatSession, *, at: datetime) -> HttpResponse:
    """The visitor was shown everything up to a line."""
    given = _body(request) or {}
    note_chat_read(session=session, line=place(given.get("line", "")), at=at)
    return HttpResponse(status=204)


@of_visitor("POST", "write")
def typing(request: HttpRequest, session: ChatSession, *, at: datetime) -> HttpResponse:
    """The visitor types, or has stopped."""
    given = _body(request) or {}
    note_visitor(session=session, at=at, types=given.get("types") == "yes")
    return HttpResponse(status=204)


@of_visitor("POST", "write")
def end(request: HttpRequest, session: ChatSession, *, at: datetime) -> HttpResponse:
    """The visitor ends the chat."""
    return JsonResponse({"state": told_state(end_chat(session=session, at=at), at=at)})


@of_visitor("POST", "write")
def rate(request: HttpRequest, session: ChatSession, *, at: datetime) -> HttpResponse:
    """The visitor says how it was: while the question is open, as often as they like; the newest stands."""
    given = _body(request) or {}
    value = given.get("value", "")
    if value not in {str(answer) for answer in ANSWERS}:
        return refuse("Send a value of 1 to 5.", 400)
    asked = rating_request_of(session, at=at)
    if asked is None:
        return refuse(_("The time to rate is over"), 410)
    try:
        comment = given.get("comment", "").replace("\x00", "")[:LONGEST_COMMENT]
        answer_rating_request(request=asked, value=int(value), comment=comment, at=at)
    except RatingRequestIsOver:
        return refuse(_("The time to rate is over"), 410)
    return JsonResponse({"state": told_state(session, at=at)})


@of_visitor("GET", "read")
def file(request: HttpRequest, session: ChatSession, *, at: datetime, file: UUID) -> HttpResponseBase:
    """A file of a line of this chat, to be saved."""
    found = Attachment.objects.filter(key=file, message__chat_lines__session=session).first()
    if found is None:
        return refuse(_("This file is lost."), 404)
    try:
        return file_answer(found)
    except Http404 as error:
        return refuse(str(error), 404)


def told_line(line: ChatLine) -> dict[str, Any]:
    """A line as the browser is told it. Of who wrote it no more than how customers know them."""
    message = line.message
    return {
        "id": line.pk,
        "key": str(line.client_key) if line.client_key else "",
        "theirs": is_theirs(line),
        "name": name_of_agent(message.author) if message.author and not is_theirs(line) else "",
        "text": message.body,
        "at": message.at.isoformat(),
        "files": [
            {"key": str(each.key), "name": each.name, "size": each.size} for each in getattr(message, "shown_files", ())
        ],
    }


def told_state(session: ChatSession, *, at: datetime) -> dict[str, Any]:
    """How the chat stands, as the browser is told it."""
    state = state_of(session, at=at)
    asked = state.may_rate
    return {
        "number": state.number,
        "ended": state.is_ended,
        "types": state.agent_types,
        "read": state.agent_read.isoformat() if state.agent_read else "",
        "rating": {"value": asked.rating.value if asked.rating else 0} if asked else None,
    }


def place(text: Any) -> int:
    """A key of a line; nonsense is before the first."""
    text = str(text)
    return min(int(text), LARGEST_KEY) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _read_again(line: ChatLine) -> ChatLine:
    """With its files."""
    return lines_after(line.session, line.pk - 1, most=1)[0]


def _body(request: HttpRequest) -> dict[str, str] | None:
    """A small JSON object of texts; None where it is none."""
    try:
        given = json.loads(request.body[:10_000] or b"{}")
    except ValueError:
        return None
    if not isinstance(given, dict):
        return None
    return {name: str(value).replace("\x00", "") for name, value in given.items() if isinstance(value, str | int)}
