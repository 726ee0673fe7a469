from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from services.choices import ArticleState
from services.models import KnowledgeArticle


@transaction.atomic
def publish_article(
    *, article: KnowledgeArticle, at: datetime, expected_version: int | None = None
) -> KnowledgeArticle:
    """Put a draft, or an archived article, into use. One that is published stays as it is.

    Raises StaleVersion; ValidationError where there is no text to read."""
    article.refresh_from_db(from_queryset=KnowledgeArticle.objects.select_for_update())
    article.require_version(expected_version)
    if article.state == ArticleState.PUBLISHED:
        return article
    if not article.texts.exists():
        raise ValidationError(_("Write a title and a text in one language at least."))
    article.state = ArticleState.PUBLISHED
    article.published_at = article.published_at or at
    return article.save_checked(update_fields=["state", "published_at"])
