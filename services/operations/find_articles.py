from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from customers.folding import is_spaceless
from services.choices import ArticleState, Audience
from services.folding import stems_sought
from services.models import ArticleText, KnowledgeArticle
from services.operations.article_texts import excerpt_of
from services.querysets.articles import Weight

# What scores less than this part of the best find speaks of something else.
FAR_BEHIND = 0.2


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article that speaks of what was asked: the text that does, about two lines of it, all of it (Markdown), and
    which of the words it has, the rarest first."""

    slug: str
    title: str
    excerpt: str
    language: str
    article: KnowledgeArticle
    body: str = ""
    because: tuple[str, ...] = ()


def find_articles(*, query: str, language: str, is_public: bool, limit: int = 10) -> list[FoundArticle]:
    """The published articles that have words of the query (of Chinese: parts), the best first: all words before some,
    a title before a body, rare words before common ones, and the reader's language before another.

    `is_public`: those for everybody alone. Two queries, whatever the number of articles."""
    words = stems_sought(query)
    rows = texts_in_use(is_public=is_public)
    weights = rows.weights(words) if words else {}
    if not weights:
        return []
    texts = list(best_texts(rows, weights, language=language, most=limit))
    least = FAR_BEHIND * max((text.score for text in texts), default=0)
    return [found(text, weights) for text in texts if text.score >= least]


def texts_in_use(*, is_public: bool) -> Any:
    """The texts of published articles, or of those for everybody alone."""
    rows = ArticleText.objects.filter(article__state=ArticleState.PUBLISHED)
    return rows.filter(article__audience=Audience.PUBLIC) if is_public else rows


def best_texts(rows: Any, weights: Mapping[str, Weight], *, language: str, most: int) -> list[Any]:
    """The best text of each of the best articles, with its article. One query."""
    several = len(settings.LANGUAGES)
    best: dict[int, Any] = {}
    for text in rows.about(weights, language=language).select_related("article")[: most * several]:
        best.setdefault(text.article_id, text)
    return list(best.values())[:most]


def found(text: Any, weights: Mapping[str, Weight]) -> FoundArticle:
    """A text as it is shown among finds."""
    sought = words_in(text.words, weights)
    whole = (min((one for one in text.words if _is_it(one, word)), key=len) for word in sought)
    excerpt = excerpt_of(text.body, sought)
    return FoundArticle(text.article.slug, text.title, excerpt, text.language, text.article, text.body, tuple(whole))


def words_in(standing: list[str], weights: Mapping[str, Weight]) -> list[str]:
    """Which of the sought words stand in a text, the rarest first."""
    return sorted(
        (word for word in weights if any(_is_it(one, word) for one in standing)), key=lambda word: -weights[word].points
    )


def _is_it(one: str, word: str) -> bool:
    return one == word if is_spaceless(word) and len(word) > 1 else one.startswith(word)
