"""Articles on the desk: those that speak of what the open ticket speaks of, or of what somebody types."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from services.admin.desk.access import at_the_desk, ticket_in_sight
from services.admin.desk.page import LONGEST_QUERY
from services.choices import Audience
from services.operations.article_texts import link_of, plain_of
from services.operations.find_articles import FoundArticle, find_articles
from services.operations.mail_texts import language_of
from services.operations.suggest_articles import suggest_articles

READS_ARTICLES = "services.view_knowledgearticle"
SHOWN, FOUND = 3, 6


@dataclass(frozen=True, slots=True)
class Offer:
    """An article as the desk offers it: where it is read, and what it puts into which box. One for colleagues alone
    has no link, and its text goes into a note: what it says is not meant for customers as it is."""

    found: FoundArticle
    address: str
    box: str
    link: str
    text: str


@at_the_desk("GET")
def articles(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """What is suggested for the ticket; with ?q=, what is found by these words."""
    ticket = ticket_in_sight(request, pk)
    if not request.user.has_perm(READS_ARTICLES):
        raise PermissionDenied
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    if query:
        language = language_of(ticket.requester or ticket.customer)
        found = find_articles(query=query, language=language, is_public=False, limit=FOUND)
    else:
        found = suggest_articles(ticket=ticket, limit=SHOWN)
    context = {"ticket": ticket, "query": query, "offers": [_offer(one) for one in found]}
    return TemplateResponse(request, "admin/desk/articles.html", context)


def _offer(one: FoundArticle) -> Offer:
    is_public = one.article.audience == Audience.PUBLIC
    return Offer(
        found=one,
        address=reverse("help-article", args=[one.slug])
        if is_public
        else reverse("admin:services_knowledgearticle_change", args=[one.article.pk]),
        box="reply" if is_public else "note",
        link=_("%(title)s: %(link)s") % {"title": one.title, "link": link_of(one.slug)} if is_public else "",
        text=plain_of(one.body),
    )
