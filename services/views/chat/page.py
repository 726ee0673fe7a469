"""The script that a web site loads, and the page in the frame that it makes."""

import hashlib
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from csp.constants import NONE, SELF
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_supported_language_variant, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from services.models import ChatWidget
from services.operations.ask_on_solving import ANSWERS
from services.operations.file_types import TYPES
from services.operations.sla_terms import hours_of
from services.sla.business_time import BusinessHours
from services.views.chat.access import is_too_much, private, widget_of
from services.views.chat.talk import LARGEST_FILE, LONGEST_TEXT, MOST_FILES_AT_ONCE

SCRIPT_SECONDS = 300
BROWSER_OF = {"script-src": [SELF], "img-src": [SELF, "data:", "blob:"], "form-action": [NONE]}


@require_safe
def chat_script(request: HttpRequest, key: UUID) -> HttpResponse:
    """The script of a widget, for any web site: it makes a button and a frame where the widget may stand. Of one that
    is off, a script that does nothing."""
    if is_too_much(request, "read"):
        return HttpResponse("", content_type="text/javascript", status=429)
    widget = widget_of(key)
    text = "// This chat is closed.\n" if widget is None else _script(request, widget)
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}" if widget else "no-store, private"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["ETag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    response["Vary"] = "Accept-Language"
    return response


def _script(request: HttpRequest, widget: ChatWidget) -> str:
    with override(language_asked(request)):
        values = {
            "url": f"{settings.PUBLIC_URL}{reverse('chat', args=[widget.key])}",
            "key": str(widget.key),
            "origins": widget.origins,
            "colour": widget.colour,
            "language": get_language(),
            "open": _("Chat with us"),
            "close": _("Close the chat"),
            "refused": "Candid chat: this page is not among the web sites of the widget.",
        }
    return f"{_source()}({json.dumps(values)});\n"


@cache
def _source() -> str:
    """The script itself: a function that takes what is particular to a widget."""
    path = finders.find("services/chat-widget.js")
    if path is None:
        raise FileNotFoundError("services/chat-widget.js")
    return Path(path).read_text(encoding="utf-8").strip()


@require_safe
def chat_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """The page in the frame. Only the widget's web sites may frame it; opened by itself it works as well."""
    at = timezone.now()
    widget = None if is_too_much(request, "read") else widget_of(key)
    with override(language_asked(request)):
        context = {"language": get_language(), "widget": widget}
        if widget is not None:
            context |= _words(widget, at) | {"is_preview": "preview" in request.GET}
        response = private(render(request, "services/chat/page.html", context, status=200 if widget else 404))
        response["Content-Language"] = get_language() or "en"
    if widget is not None:
        response.xframe_options_exempt = True
        response._csp_replace = {**BROWSER_OF, "frame-ancestors": [SELF, *widget.origins]}  # type: ignore[attr-defined]
    return response


def language_asked(request: HttpRequest) -> str:
    """The language that the web site names (?language=), else that of the browser, of those that we speak."""
    try:
        return get_supported_language_variant(request.GET.get("language", "").lower() or get_language() or "en")
    except LookupError:
        return get_language() or "en"


def _words(widget: ChatWidget, at: datetime) -> dict[str, Any]:
    hours = hours_of(widget.hours_of)
    is_open = hours.is_open(at)
    return {
        "greeting": widget.greetings.get(get_language() or "", "") or _("Hello! How can we help you?"),
        "is_open": is_open,
        "back_at": None if is_open else _back_at(hours, at),
        "accepted": ",".join(f".{end}" for end in TYPES),
        "longest": LONGEST_TEXT,
        "most_files": MOST_FILES_AT_ONCE,
        "largest_mb": LARGEST_FILE // 1024**2,
        "answers": [(value, ANSWERS[value]) for value in sorted(ANSWERS)],
    }


def _back_at(hours: BusinessHours, at: datetime) -> datetime | None:
    """When somebody is there again; the script says it in the visitor's own time. None: the calendar never opens."""
    try:
        return hours.next_open(at)
    except (ValueError, OverflowError):
        return None
