from datetime import datetime

from django.db import transaction

from services.choices import ArticleState
from services.models import KnowledgeArticle


@transaction.atomic
def archive_article(
    *, article: KnowledgeArticle, at: datetime, expected_version: int | None = None
) -> KnowledgeArticle:
    """Take an article out of use: nobody finds it any more, and its page is gone. Its texts and votes stay.

    Raises StaleVersion."""
    article.refresh_from_db(from_queryset=KnowledgeArticle.objects.select_for_update())
    article.require_version(expected_version)
    if article.state == ArticleState.ARCHIVED:
        return article
    article.state = ArticleState.ARCHIVED
    return article.save_checked(update_fields=["state"])
