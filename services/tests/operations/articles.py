"""Articles for tests."""

from typing import Any

from services.models import KnowledgeArticle
from services.operations.publish_article import publish_article
from services.operations.write_article import write_article
from tests.cast import NOW

PUMP = {"title": "The pump leaks", "body": "Close the **valve** and call us.\n\n1. Turn it off\n2. Wait"}
CHINESE_PUMP = {"title": "水泵漏水", "body": "请先关闭阀门，然后联系我们。"}


def an_article(
    title: str = "The pump leaks", body: str = PUMP["body"], *, is_published: bool = True, at: Any = NOW, **more: Any
) -> KnowledgeArticle:
    """An article in English (texts=...: in others), published unless said otherwise."""
    texts = more.pop("texts", {"en": {"title": title, "body": body}})
    article = write_article(article=KnowledgeArticle(), changes=more, texts=texts, at=at)
    return publish_article(article=article, at=at) if is_published else article
