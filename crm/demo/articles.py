"""The knowledge base of the demo company: what its customers ask about most, in English and Chinese, and what readers
said of it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from crm.demo import articles_en, articles_zh
from crm.demo.chance import stream
from services.choices import Audience
from services.models import KnowledgeArticle, ServiceType
from services.operations.publish_article import publish_article
from services.operations.vote_on_article import vote_on_article, voter_key
from services.operations.write_article import write_article

ARTICLES = {"en": articles_en.ARTICLES, "zh-hans": articles_zh.ARTICLES}


class Plan(NamedTuple):
    """An article: its service type, and how many of how many readers it helped."""

    service_type: str
    helpful: int = 0
    readers: int = 0
    comment: str = ""
    audience: Audience = Audience.PUBLIC


# The first is the oldest.
PLANS = {
    "connect-a-device-to-your-network": Plan("question", 31, 36, "The port at the end was what I was missing."),
    "update-the-firmware": Plan("question", 18, 22),
    "device-does-not-switch-on": Plan("repair", 52, 71, "Taking the battery out did it."),
    "scale-shows-wrong-weight": Plan("repair", 14, 15),
    "where-is-my-order": Plan("delivery", 40, 58, "I would like to see the status here directly."),
    "delivery-damaged-or-incomplete": Plan("complaint", 22, 27),
    "get-a-copy-of-an-invoice": Plan("billing", 17, 19),
    "return-a-product": Plan("return", 25, 28),
    "check-the-warranty": Plan("repair", audience=Audience.INTERNAL),
}


def settle_articles(*, at: datetime) -> None:
    """Write and publish the articles, but for those whose address is taken, and have readers vote."""
    types = {kind.code: kind for kind in ServiceType.objects.all()}
    for place, (slug, plan) in enumerate(PLANS.items()):
        if KnowledgeArticle.objects.filter(slug=slug).exists():
            continue
        texts = {
            language: dict(zip(("title", "body"), all_of[slug], strict=True)) for language, all_of in ARTICLES.items()
        }
        values = {"slug": slug, "audience": plan.audience, "service_type": types.get(plan.service_type)}
        written = at - timedelta(days=200 - 20 * place)
        article = write_article(article=KnowledgeArticle(), changes=values, texts=texts, at=written)
        publish_article(article=article, at=written)
        _vote(article, plan, since=written, at=at)


def _vote(article: KnowledgeArticle, plan: Plan, *, since: datetime, at: datetime) -> None:
    chance = stream(f"votes:{article.slug}")
    for number in range(plan.readers):
        vote_on_article(
            article=article,
            voter=voter_key(article, f"demo:{number}"),
            is_helpful=number < plan.helpful,
            language="zh-hans" if chance.random() < 0.3 else "en",
            at=since + (at - since) * chance.random(),
            comment=plan.comment if number == 0 else None,
        )
