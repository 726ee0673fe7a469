"""Articles are written, published and archived; what is no article is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.models import AuditEntry, StaleVersion
from services.models import ArticleText, KnowledgeArticle
from services.operations.archive_article import archive_article
from services.operations.publish_article import publish_article
from services.operations.write_article import write_article
from services.tests.operations.articles import CHINESE_PUMP, PUMP, an_article
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_new_article_is_a_draft_with_an_address_from_its_title() -> None:
    article = an_article(is_published=False)
    assert (article.slug, article.state, article.published_at, article.version) == ("the-pump-leaks", "draft", None, 1)
    assert an_article(is_published=False).slug == "the-pump-leaks-2"
    assert an_article(texts={"zh-hans": CHINESE_PUMP}).slug == "article"
    assert an_article(slug="Pump-1").slug == "pump-1"


def test_texts_that_are_given_replace_those_on_record() -> None:
    article = an_article(texts={"en": PUMP, "zh-hans": CHINESE_PUMP})
    chinese = article.texts.get(language="zh-hans")
    write_article(article=article, changes={"audience": "internal"}, at=NOW)
    assert article.texts.count() == 2
    entries = AuditEntry.objects.count()
    write_article(
        article=article, changes={}, texts={"zh-hans": CHINESE_PUMP, "en": {"title": " ", "body": ""}}, at=NOW
    )
    assert [(text.pk, text.language) for text in article.texts.all()] == [(chinese.pk, "zh-hans")]
    assert AuditEntry.objects.count() == entries + 1  # what stayed as it was is no change


@pytest.mark.parametrize(
    ("texts", "part"),
    [
        ({}, "one language at least"),
        ({"en": {"title": "", "body": " "}}, "one language at least"),
        ({"en": {"title": "Pump", "body": ""}}, "English"),
        ({"xx": PUMP}, "xx"),
    ],
)
def test_it_refuses_what_is_no_text(texts: Any, part: str) -> None:
    with pytest.raises(ValidationError) as refused:
        an_article(texts=texts)
    assert part in refused.value.message_dict["texts"][0]
    assert not KnowledgeArticle.objects.exists()


@pytest.mark.parametrize("values", [{"slug": "suggest"}, {"slug": "no/slash"}, {"slug": "taken"}, {"audience": "x"}])
def test_it_refuses_an_address_or_audience_that_cannot_be(values: dict[str, Any]) -> None:
    an_article(slug="taken")
    with pytest.raises(ValidationError) as refused:
        an_article(**values)
    assert list(refused.value.message_dict) == list(values)


def test_a_stale_save_is_refused() -> None:
    article = an_article()
    for verb in (publish_article, archive_article):
        with pytest.raises(StaleVersion):
            verb(article=article, at=NOW, expected_version=article.version - 1)
    with pytest.raises(StaleVersion):
        write_article(article=article, changes={"slug": "x"}, at=NOW, expected_version=1)
    assert KnowledgeArticle.objects.get().slug == "the-pump-leaks"


def test_publishing_and_archiving_move_the_state_and_remember_the_first_day() -> None:
    article = an_article(is_published=False)
    publish_article(article=article, at=NOW)
    assert (article.state, article.published_at, article.version, article.is_public) == ("published", NOW, 2, True)
    publish_article(article=article, at=NOW + timedelta(days=1))
    assert article.version == 2
    archive_article(article=article, at=NOW)
    archive_article(article=article, at=NOW)
    assert (article.state, article.version, article.is_public) == ("archived", 3, False)
    assert publish_article(article=article, at=NOW + timedelta(days=1)).published_at == NOW


def test_an_article_without_a_text_is_not_published() -> None:
    article = an_article(is_published=False)
    ArticleText.objects.all().delete()
    with pytest.raises(ValidationError):
        publish_article(article=article, at=NOW)
    assert KnowledgeArticle.objects.get().state == "draft"
