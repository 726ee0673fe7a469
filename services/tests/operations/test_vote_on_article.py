"""A reader has one vote on an article, and nobody knows whose it is."""

from typing import Any

import pytest

from services.models import ArticleVote, KnowledgeArticle
from services.operations.archive_article import archive_article
from services.operations.vote_on_article import ArticleIsNotPublished, vote_on_article, voter_key
from services.tests.operations.articles import an_article
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def vote(article: KnowledgeArticle, secret: str, is_helpful: bool, **more: str) -> ArticleVote:
    key = voter_key(article, secret)
    return vote_on_article(article=article, voter=key, is_helpful=is_helpful, language="en", at=NOW, **more)


def test_a_later_vote_replaces_the_first_and_keeps_what_was_said() -> None:
    article = an_article()
    vote(article, "a", False, comment="  Where is the valve? ")
    vote(article, "a", True)
    vote(article, "b", True)
    assert [(one.is_helpful, one.comment) for one in ArticleVote.objects.order_by("pk")] == [
        (True, "Where is the valve?"),
        (True, ""),
    ]
    counted: Any = KnowledgeArticle.objects.with_votes().get()
    assert (counted.votes_all, counted.votes_helpful) == (2, 2)


def test_the_same_reader_is_another_one_at_each_article() -> None:
    one, other = an_article(), an_article()
    keys = {voter_key(article, secret) for article in (one, other) for secret in ("a", "b")}
    assert len(keys) == 4 and all(len(key) == 64 and key != "a" for key in keys)


def test_what_is_not_in_use_takes_no_votes() -> None:
    draft, old = an_article(is_published=False), archive_article(article=an_article(), at=NOW)
    for article in (draft, old):
        with pytest.raises(ArticleIsNotPublished):
            vote(article, "a", True)
    assert not ArticleVote.objects.exists()
