"""Who is logged in to the portal: a cookie of its own, which opens nothing else."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from services.operations.portal_session import LONGEST, Reader, reader_of
from services.operations.use_portal_link import Begun
from services.views.private import in_language, private
from services.views.throttle import is_too_much

COOKIE = "candid_portal"
# Where to go after the log-in; the link in the mail does not name it.
NEXT = "candid_portal_next"
PortalView = Callable[Concatenate[HttpRequest, Reader, ...], HttpResponseBase]


def reader_from(request: HttpRequest) -> Reader | None:
    """Who is logged in."""
    secret = request.COOKIES.get(COOKIE, "")
    return reader_of(secret=secret, at=timezone.now()) if secret else None


def for_customers(*methods: str) -> Callable[[PortalView], Callable[..., HttpResponseBase]]:
    """A page for whoever is logged in to the portal; all others are sent to the log-in."""

    def decorate(view: PortalView) -> Callable[..., HttpResponseBase]:
        @require_http_methods(list(methods))
        @private(referrer="same-origin")
        @in_language
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if is_too_much(request):
                return too_much(request)
            reader = reader_from(request)
            if reader is None:
                return to_log_in(request)
            return view(request, reader, *args, **kwargs)

        return wrapped

    return decorate


def to_log_in(request: HttpRequest) -> HttpResponse:
    """To the log-in, and back to this page after it. What was typed while the session ended is shown there once more:
    nothing is lost."""
    texts = [request.POST.get(name, "").replace("\x00", "") for name in ("subject", "body")]
    typed = "\n\n".join(text for text in texts if text)
    if typed:
        response = render(request, "services/portal/ended.html", {"here": "portal", "typed": typed}, status=401)
    else:
        response = HttpResponseRedirect(reverse("portal-login"), status=303)
    forget_cookie(response, COOKIE)
    if request.method == "GET" or typed:
        set_cookie(response, NEXT, request.get_full_path()[:500], seconds=3600)
    return response


def log_in(request: HttpRequest, begun: Begun) -> HttpResponse:
    """Give the browser its cookie, and go where it wanted to."""
    wanted = request.COOKIES.get(NEXT, "")
    is_ours = wanted.startswith(reverse("portal")) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    response = HttpResponseRedirect(wanted if is_ours else reverse("portal"), status=303)
    set_cookie(response, COOKIE, begun.secret, seconds=int(LONGEST.total_seconds()))
    forget_cookie(response, NEXT)
    return response


def set_cookie(response: HttpResponse, name: str, value: str, *, seconds: int) -> None:
    """A cookie for the portal alone, that no script reads and no other site's form sends."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=reverse("portal"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_cookie(response: HttpResponse, name: str) -> None:
    """Have the browser forget it."""
    response.delete_cookie(name, path=reverse("portal"), samesite="Lax")


def too_much(request: HttpRequest) -> HttpResponse:
    """Wait a minute."""
    return render(request, "services/portal/too_much.html", {"here": "portal"}, status=429)
