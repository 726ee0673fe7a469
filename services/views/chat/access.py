"""Who may ask: anybody the page of a widget that is on; the conversation whoever has its secret. It comes as a header,
so that no other web site can send it along: no cookie is set, and there is no request to forge."""

import re
import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from customers.api.counting import count
from customers.audit.origin import Origin, acting
from customers.choices import AuditChannel
from services.models import ChatSession, ChatWidget
from services.operations.note_visitor import note_visitor
from services.operations.start_chat import digest_of

HEADER = "X-Chat-Secret"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
# Requests in a minute: by address, behind which there may be a whole office, and by conversation.
OF_ADDRESS = {"start": 30, "read": 600, "write": 180, "file": 60}
OF_SESSION = {"read": 120, "write": 60, "file": 20}

View = Callable[..., HttpResponseBase]


def widget_of(key: UUID) -> ChatWidget | None:
    """The widget that is on."""
    rows = ChatWidget.objects.select_related("queue__team", "queue__calendar", "calendar")
    return rows.filter(key=key, is_active=True).first()


def secret_of(request: HttpRequest) -> str:
    """The visitor's secret: 32 random bytes in base64url; empty where it is none."""
    given = request.headers.get(HEADER, "")
    return given if _SECRET.fullmatch(given) else ""


def is_too_much(request: HttpRequest, what: str, session: ChatSession | None = None) -> bool:
    """Whether this was asked too often within the last minute, from this address or in this conversation."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    counted = [(f"address:{what}:{address}", OF_ADDRESS[what])] if session is None else []
    if session is not None:
        counted.append((f"session:{what}:{session.pk}", OF_SESSION[what]))
    # Addresses are personal data: Redis holds a keyed hash of them.
    return any(
        count(salted_hmac("services.chat", who, algorithm="sha256").hexdigest()[:32], now=time.time()) > most
        for who, most in counted
    )


def refuse(text: str, status: int, **more: Any) -> JsonResponse:
    """Why not, in words that the visitor is shown."""
    response = JsonResponse({"detail": text, **more}, status=status)
    if status in (429, 503):
        response["Retry-After"] = "20" if status == 429 else "3"
    return response


def of_visitor(method: str, what: str) -> Callable[[View], View]:
    """A view of one conversation: it is given the conversation, and the time (`at`). 404 where the widget is off, 401
    where nobody has this secret, 429 where they ask too often."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @require_http_methods([method])
        @wraps(view)
        def guarded(request: HttpRequest, key: UUID, **kwargs: Any) -> HttpResponseBase:
            at: datetime = timezone.now()
            if is_too_much(request, what):
                return refuse(_("There were too many requests. It goes on in a minute."), 429)
            rows = ChatSession.objects.select_related("widget__queue", "ticket", "customer")
            secret = secret_of(request)
            session = rows.filter(digest=digest_of(secret, widget=key)).first() if secret else None
            if session is None:
                is_on = widget_of(key) is not None
                return refuse("Unknown secret.", 401) if is_on else refuse(_("This chat is closed."), 404)
            if not session.widget.is_active:
                return refuse(_("This chat is closed."), 404)
            if is_too_much(request, what, session):
                return refuse(_("There were too many requests. It goes on in a minute."), 429)
            note_visitor(session=session, at=at)
            with override(session.language or get_language()), acting(_origin(view, session)):
                return view(request, session, at=at, **kwargs)

        return guarded

    return decorate


def origin_of(verb: str, via: str) -> Origin:
    """Who is at work, for the record: a visitor."""
    return Origin(AuditChannel.LINK, verb, via=via)


def _origin(view: View, session: ChatSession) -> Origin:
    return origin_of(getattr(view, "__name__", ""), f"chat:{session.pk}")


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search engine."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response
