from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from services.models import ArticleText, KnowledgeArticle
from services.models.article import TAKEN

WORD_WITHOUT_LETTERS = "article"  # the address of an article whose titles have no letter of the alphabet

# language -> title and body
Texts = Mapping[str, Mapping[str, str]]


@transaction.atomic
def write_article(
    *,
    article: KnowledgeArticle,
    changes: dict[str, Any],
    at: datetime,
    texts: Texts | None = None,
    expected_version: int | None = None,
) -> KnowledgeArticle:
    """Save a new article, as a draft, or change one. `texts`, unless None, replace all that are on record: by
    language, each with `title` and `body`. An empty `slug` is taken from the title.

    Raises StaleVersion, ValidationError: for a text without title or body, an unknown language, no text at all."""
    is_new = article.pk is None
    if not is_new:
        article.refresh_from_db(from_queryset=KnowledgeArticle.objects.select_for_update())
        article.require_version(expected_version)
    for name, value in changes.items():
        setattr(article, name, value)
    if is_new or texts is not None:
        texts = checked_texts(texts or {})
    article.slug = article.slug.strip().lower() or _free_slug(article, texts or {})
    article.full_clean()
    if is_new:
        article.save(force_insert=True)
    else:
        article.save_checked(update_fields=[*{*changes, "slug"}])
    if texts is not None:
        _replace(article, texts)
    return article


def checked_texts(texts: Texts) -> dict[str, dict[str, str]]:
    """The texts, without those that are empty. Raises ValidationError on `texts`."""
    known = dict(settings.LANGUAGES)
    kept: dict[str, dict[str, str]] = {}
    for language, text in texts.items():
        title, body = text.get("title", "").strip(), text.get("body", "").strip()
        if not title and not body:
            continue
        if language not in known:
            raise ValidationError({"texts": [_("There is no language %(code)s here.") % {"code": language}]})
        if not title or not body:
            raise ValidationError(
                {"texts": [_("%(language)s: write a title and a text, or neither.") % {"language": known[language]}]}
            )
        kept[language] = {"title": title, "body": body}
    if not kept:
        raise ValidationError({"texts": [_("Write a title and a text in one language at least.")]})
    return kept


def _replace(article: KnowledgeArticle, texts: Texts) -> None:
    standing = {text.language: text for text in ArticleText.objects.filter(article=article)}
    for language, text in standing.items():
        if language not in texts:
            text.delete()
    for language, values in texts.items():
        row = standing.get(language) or ArticleText(article=article, language=language)
        if row.pk and all(getattr(row, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean(exclude=["title_words", "words"])
        row.save()


def _free_slug(article: KnowledgeArticle, texts: Texts) -> str:
    """An address from the first title that has letters of the alphabet; with a number where it is taken."""
    if not texts:
        texts = {text.language: {"title": text.title} for text in article.texts.all()} if article.pk else {}
    titles = (slugify(text["title"])[:80].strip("-") for _language, text in sorted(texts.items()))
    word = next((title for title in titles if title), WORD_WITHOUT_LETTERS)
    others = KnowledgeArticle.objects.exclude(pk=article.pk).filter(slug__startswith=word)
    taken = {*others.values_list("slug", flat=True), *TAKEN}
    number = 2
    slug = word
    while slug in taken:
        slug, number = f"{word}-{number}", number + 1
    return slug
