"""Pages that customers open: kept out of caches, search engines, logs and the referrer; in the reader's language."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language, override

View = Callable[..., HttpResponseBase]


def private(log_path: str = "", *, referrer: str = "no-referrer") -> Callable[[View], View]:
    """Keep a page of one customer out of caches, search engines and the referrer; and, where its address is a secret,
    out of the log, which says `log_path` instead.

    Pages with a form that is checked against forgery say `referrer="same-origin"`: told no referrer at all, browsers
    name no origin either, and the check refuses that. Other sites are told nothing by both."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if log_path:
                request.log_path = log_path  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
            response["X-Robots-Tag"] = "noindex, nofollow"
            response["Cache-Control"] = "no-store, private"
            response["Referrer-Policy"] = referrer
            return response

        return wrapped

    return decorate


def chosen_language(request: HttpRequest) -> str:
    """What ?language= asks for; empty where that is nothing of ours."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def in_language(view: View) -> View:
    """Speak the language that ?language= asks for, and remember it; else that of the cookie or the browser, which the
    middleware has found."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = chosen_language(request)
        with override(asked or get_language()):
            response = view(request, *args, **kwargs)
            if "Content-Language" not in response:
                response["Content-Language"] = get_language() or "en"
        if asked and isinstance(response, HttpResponse):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        return response

    return wrapped
