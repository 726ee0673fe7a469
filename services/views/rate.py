"""The page on which a customer rates a solved ticket, by a signed link and without logging in.

Opening it records nothing: mail scanners open links before people do. The answer is a POST, by one of five buttons;
a script presses the one that the link names."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from services.models import RatingRequest
from services.operations.answer_rating_request import (
    RatingRequestIsOver,
    answer_rating_request,
    require_open,
)
from services.operations.ask_on_solving import ANSWERS
from services.operations.mail_texts import language_of
from services.operations.open_rating_request import open_rating_request
from services.operations.rating_links import BadRatingLink, request_of
from services.views.private import private
from services.views.throttle import is_too_much

LONGEST_COMMENT = 5000


class AnswerForm(forms.Form):
    """One of five, and what they want to say beside it."""

    value = forms.TypedChoiceField(choices=[(value, value) for value in ANSWERS], coerce=int)
    comment = forms.CharField(max_length=LONGEST_COMMENT, required=False)


# The link itself is the authority, so that there is no session to forge a request in, and no cookie to be set.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private("/rate/…/")
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question, or take the answer."""
    at = timezone.now()
    if is_too_much(request):
        return _page(request, {"state": "too_much"}, status=429)
    try:
        asked = request_of(token)
    except BadRatingLink:
        return _page(request, {"state": "unknown"}, status=404)
    with override(language_of(asked.customer)):
        try:
            require_open(asked, at=at)
            return _answer(request, asked, token, at=at) if request.method == "POST" else _ask(request, asked, at=at)
        except RatingRequestIsOver as over:
            return _page(request, {"state": over.why, "ticket": asked.ticket}, status=410)


def _ask(request: HttpRequest, asked: RatingRequest, *, at: datetime) -> HttpResponse:
    if request.method == "GET" and not request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        open_rating_request(request=asked, at=at)
    given = asked.rating.value if asked.rating else None
    named = request.GET.get("value", "")
    chosen = int(named) if named in {str(value) for value in ANSWERS} else None
    return _page(request, _question(asked, chosen=chosen or given, given=given))


def _answer(request: HttpRequest, asked: RatingRequest, token: str, *, at: datetime) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        given = asked.rating.value if asked.rating else None
        typed = request.POST.get("comment", "").replace("\x00", "")
        context = _question(asked, chosen=given, given=given) | {"problems": set(form.errors), "comment": typed}
        return _page(request, context, status=422)
    answer_rating_request(request=asked, at=at, **form.cleaned_data)
    return HttpResponseRedirect(reverse("rate", args=[token]), status=303)


def _question(asked: RatingRequest, *, chosen: int | None, given: int | None) -> dict[str, Any]:
    """What the page shows: `given` is on record, `chosen` is marked; where they differ a script sends the chosen."""
    return {
        "state": "asked",
        "ticket": asked.ticket,
        "answers": [
            {"value": value, "label": ANSWERS[value], "is_chosen": value == chosen} for value in sorted(ANSWERS)
        ],
        "given": given,
        "given_label": ANSWERS[given] if given else "",
        "sends": chosen if chosen != given else None,
        "comment": asked.rating.comment if asked.rating else "",
        "longest_comment": LONGEST_COMMENT,
        "expires_at": asked.expires_at,
    }


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, "services/rate/page.html", {"language": get_language(), **context}, status=status)
    response["Content-Language"] = get_language() or "en"
    return response
