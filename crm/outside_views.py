"""Answers to requests that reach no view: for programs of the API as JSON, like every other refusal of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

API = "/api/v1/"


def bad_request(request: HttpRequest, exception: Exception, *args: Any, **kwargs: Any) -> HttpResponse:
    """400: a `Host` that is none of ours, too many fields, and the like."""
    if not request.path.startswith(API):
        return defaults.bad_request(request, exception, *args, **kwargs)
    return _problem(400, "bad_request", _("The request is not as HTTP or this server want it. Look at its headers."))


def page_not_found(request: HttpRequest, exception: Exception, *args: Any, **kwargs: Any) -> HttpResponse:
    """404: an address that is none."""
    if not request.path.startswith(API):
        return defaults.page_not_found(request, exception, *args, **kwargs)
    return _problem(404, "not_found", _("There is no such address. /api/schema/ names them all."))


def _problem(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse({"status": status, "code": code, "detail": detail}, status=status)
