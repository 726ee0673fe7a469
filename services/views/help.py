"""The knowledge base as customers read it: found by words, listed by what it is about, judged by who reads it."""

import secrets
from collections.abc import Callable
from functools import wraps
from itertools import groupby
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from services.models import ArticleText, ArticleVote, KnowledgeArticle
from services.operations.article_texts import html_of
from services.operations.find_articles import find_articles
from services.operations.vote_on_article import vote_on_article, voter_key
from services.views.private import in_language
from services.views.throttle import PublicThrottle

LONGEST_QUERY = 200
LONGEST_COMMENT = 2000
SHOWN, SUGGESTED, NEWEST, OF_TYPE = 20, 5, 5, 5
MOST_LISTED = 500
COOKIE = "help_reader"
COOKIE_SECONDS = 365 * 24 * 3600

View = Callable[..., HttpResponseBase]


class HelpThrottle(PublicThrottle):
    """Reading is quicker than rating, and a whole office may stand behind one address."""

    scope = "help"
    rate = "240/min"


class VoteForm(forms.Form):
    """Helpful or not; and, once they voted, what they want to say."""

    helpful = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")
    comment = forms.CharField(max_length=LONGEST_COMMENT, required=False)


def unhurried(view: View) -> View:
    """A page that one address may ask for so and so often a minute."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not HelpThrottle().allow_request(cast(Any, request), cast(Any, None)):
            return _page(request, "too_much", {}, status=429)
        return view(request, *args, **kwargs)

    return wrapped


@require_safe
@unhurried
def help_home(request: HttpRequest) -> HttpResponse:
    """The way in: what is found (?q=), what a service type has (?type=), or the newest and a few of each type."""
    query = _query(request)
    if query:
        found = find_articles(query=query, language=_language(), is_public=True, limit=SHOWN)
        return _page(request, "found", {"query": query, "found": found})
    texts = ArticleText.objects.defer("body", "words", "title_words")
    rows = KnowledgeArticle.objects.public().select_related("service_type").order_by("-published_at", "-pk")
    listed = [_line(one) for one in rows.prefetch_related(Prefetch("texts", queryset=texts))[:MOST_LISTED]]
    code = request.GET.get("type", "")
    of_type = [one for one in listed if one["code"] == code] if code else []
    if of_type:
        return _page(request, "type", {"type": of_type[0]["type"], "articles": of_type})
    named = sorted((one for one in listed if one["code"]), key=lambda one: (str(one["type"]), one["code"]))
    groups = [
        {"type": articles[0]["type"], "code": key, "articles": articles[:OF_TYPE], "more": len(articles) - OF_TYPE}
        for key, found in groupby(named, key=lambda one: one["code"])
        if (articles := list(found))
    ]
    return _page(request, "home", {"newest": listed[:NEWEST], "groups": groups})


@require_safe
@in_language
def suggest(request: HttpRequest) -> HttpResponse:
    """Articles for what somebody is typing, as JSON: title, url and excerpt of each."""
    if not HelpThrottle().allow_request(cast(Any, request), cast(Any, None)):
        return JsonResponse([], safe=False, status=429)
    found = find_articles(query=_query(request), language=_language(), is_public=True, limit=SUGGESTED)
    told = [
        {"title": one.title, "url": reverse("help-article", args=[one.slug]), "excerpt": one.excerpt} for one in found
    ]
    return JsonResponse(told, safe=False)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
@unhurried
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """An article, and the reader's opinion of it. In another language, and saying so, where it has none of theirs."""
    row = KnowledgeArticle.objects.public().filter(slug=slug).prefetch_related("texts").first()
    text = row.text_in(_language()) if row else None
    if row is None or text is None:
        return _page(request, "missing", {}, status=404)
    if request.method == "POST":
        return _vote(request, row, text)
    return _article(request, row, text)


def _article(
    request: HttpRequest, row: KnowledgeArticle, text: ArticleText, *, problem: str = "", status: int = 200
) -> HttpResponse:
    secret = request.COOKIES.get(COOKIE, "")
    vote = ArticleVote.objects.filter(article=row, voter=voter_key(row, secret)).first() if secret else None
    context = {
        "article": row,
        "text": text,
        "html": mark_safe(html_of(text.body)),  # noqa: S308 - cleaned by html_of
        "is_other_language": text.language != _language(),
        "language_name": str(dict(settings.LANGUAGES).get(text.language, text.language)),
        "vote": vote,
        "problem": problem,
        "comment": request.POST.get("comment", vote.comment if vote else ""),
        "longest_comment": LONGEST_COMMENT,
    }
    return _page(request, "article", context, status=status)


def _vote(request: HttpRequest, row: KnowledgeArticle, text: ArticleText) -> HttpResponse:
    form = VoteForm(request.POST)
    if not form.is_valid():
        problem = gettext("Your comment was not saved: it is too long, or has signs that cannot be stored.")
        if "helpful" in form.errors:
            problem = gettext("Choose “Yes” or “No”.")
        return _article(request, row, text, problem=problem, status=422)
    secret = request.COOKIES.get(COOKIE) or secrets.token_urlsafe(24)
    given = form.cleaned_data
    vote_on_article(
        article=row,
        voter=voter_key(row, secret),
        is_helpful=given["helpful"],
        comment=given["comment"] if "comment" in request.POST else None,
        language=text.language,
        at=timezone.now(),
    )
    response = HttpResponseRedirect(reverse("help-article", args=[row.slug]) + "#helpful", status=303)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_SECONDS,
        path=reverse("help"),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def _line(row: KnowledgeArticle) -> dict[str, Any]:
    """An article as a list shows it."""
    text = row.text_in(_language())
    return {
        "slug": row.slug,
        "title": text.title if text else row.slug,
        "language": text.language if text else "",
        "code": row.service_type.code if row.service_type else "",
        "type": row.service_type,
    }


def _query(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST_QUERY]


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, f"services/help/{name}.html", {"here": "help", **context}, status=status)
