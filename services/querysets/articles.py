"""The knowledge base: which articles are read by whom, and the texts that speak of something."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self, TypeVar

from django.db.models import BooleanField, Case, Count, F, FloatField, IntegerField, Model, Q, Value, When

from customers.audit.rows import AuditedQuerySet
from customers.querysets import OpenCatalogueQuerySet
from services.choices import ArticleState, Audience

Row = TypeVar("Row", bound=Model, covariant=True)

# A word of the title says more of what a text is about than one of its body.
IN_TITLE, IN_BODY = 3.0, 1.0
# Of texts that are as good, the one in the reader's language.
OWN_LANGUAGE = 0.5
# What a word says that stands everywhere.
LEAST = 0.05


class Weight(NamedTuple):
    """How much a word says, and in what share and what number of the articles it stands."""

    points: float
    share: float
    number: int


class ArticleQuerySet(OpenCatalogueQuerySet[Row]):
    """Articles are known to all colleagues, drafts too."""

    def published(self) -> Self:
        """Those that are in use."""
        return self.filter(state=ArticleState.PUBLISHED)

    def public(self) -> Self:
        """Those that everybody may read."""
        return self.published().filter(audience=Audience.PUBLIC)

    def with_votes(self) -> Self:
        """Each with how many voted (`votes_all`) and found it helpful (`votes_helpful`)."""
        helpful = Count("votes", filter=Q(votes__is_helpful=True))
        return self.annotate(votes_all=Count("votes"), votes_helpful=helpful)


class ArticleTextQuerySet(AuditedQuerySet[Row]):
    """The texts of articles; whichever way they are written, the words they are found by follow."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As ever, with their words."""
        rows = list(objs)
        for row in rows:
            row.find_words()
        return super().bulk_create(rows, *args, **kwargs)

    def weights(self, words: Sequence[str]) -> dict[str, Weight]:
        """Of each word that stands in any of these texts, how much it says: the rarer, the more. One query."""
        counts = {
            f"n{place}": Count("article", distinct=True, filter=Q(words__begin=[word]))
            for place, word in enumerate(words)
        }
        found = self.order_by().aggregate(all=Count("article", distinct=True), **counts)
        numbers = {word: found[f"n{place}"] for place, word in enumerate(words)}
        return {
            word: Weight(max(math.log((found["all"] + 1) / number), LEAST), number / found["all"], number)
            for word, number in numbers.items()
            if number
        }

    def about(self, weights: Mapping[str, Weight], *, language: str) -> Self:
        """The texts that have any of these words, the best first: those that have all before those that have some, then
        by `score`, in which words count by their weights and in a title more than in a body."""
        points: Any = Case(When(language=language, then=Value(OWN_LANGUAGE)), default=0.0, output_field=FloatField())
        number: Any = Value(0, output_field=IntegerField())
        some = Q(pk__in=[])
        for word, (weight, *_rest) in weights.items():
            is_there, is_title = Q(words__begin=[word]), Q(title_words__begin=[word])
            some |= is_there
            number = number + Case(When(is_there, then=1), default=0, output_field=IntegerField())
            points = points + Case(
                When(is_title, then=Value(IN_TITLE * weight)),
                When(is_there, then=Value(IN_BODY * weight)),
                default=0.0,
                output_field=FloatField(),
            )
        whole = Case(When(has=len(weights), then=True), default=False, output_field=BooleanField())
        rows = self.filter(some).annotate(has=number, score=points).annotate(has_all=whole)
        return rows.order_by(F("has_all").desc(), F("score").desc(), "-article__published_at", "-pk")
