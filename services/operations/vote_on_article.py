from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from services.models import ArticleVote, KnowledgeArticle

SALT = "services.article-vote"


class ArticleIsNotPublished(ValueError):
    """The article is not in use, so nobody reads it. Nothing was counted."""

    def __init__(self) -> None:
        super().__init__(_("This article is not published (any more)."))


@transaction.atomic
def vote_on_article(
    *,
    article: KnowledgeArticle,
    voter: str,
    is_helpful: bool,
    language: str,
    at: datetime,
    comment: str | None = None,
) -> ArticleVote:
    """Count a reader's opinion, one a reader: a later one replaces it. `voter` comes from voter_key; a comment of None
    leaves what was said before.

    Raises ArticleIsNotPublished."""
    if not KnowledgeArticle.objects.published().filter(pk=article.pk).exists():
        raise ArticleIsNotPublished
    values = {"is_helpful": is_helpful, "language": language, "voted_at": at}
    if comment is not None:
        values["comment"] = comment.strip()
    vote, _is_new = ArticleVote.objects.update_or_create(article=article, voter=voter, defaults=values)
    return vote


def voter_key(article: KnowledgeArticle, secret: str) -> str:
    """What stands in a vote for its reader: of the same secret it is another one for each article, so that votes lead
    neither to a person nor to each other."""
    return salted_hmac(SALT, f"{article.pk}:{secret}", algorithm="sha256").hexdigest()
