"""The pages of the knowledge base in the admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import User
from services.models import KnowledgeArticle
from services.operations.vote_on_article import vote_on_article
from services.operations.write_article import write_article
from services.tests.operations.articles import CHINESE_PUMP, PUMP, an_article
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, bob: User) -> Client:
    """Bob's browser: back office writes articles."""
    client.force_login(bob)
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:services_knowledgearticle_{name}", args=args)


def typed(**more: Any) -> dict[str, Any]:
    """What the form of an article sends."""
    words = {"title_en": PUMP["title"], "body_en": PUMP["body"], "title_zh_hans": "", "body_zh_hans": ""}
    return {"slug": "", "audience": "public", "service_type": "", "queue": "", **words, **more}


def test_an_article_is_written_in_both_languages_at_once(admin: Client) -> None:
    values = typed(title_zh_hans=CHINESE_PUMP["title"], body_zh_hans=CHINESE_PUMP["body"])
    assert admin.post(page("add"), values).status_code == 302
    article = KnowledgeArticle.objects.get()
    assert (article.slug, article.state) == ("the-pump-leaks", "draft")
    html = admin.get(page("change", article.pk)).content.decode()
    assert "水泵漏水" in html and "Close the **valve**" in html and "data-article-preview" in html
    again = typed(slug="pump", title_en="A pump leaks", seen_version=article.version)
    assert admin.post(page("change", article.pk), again).status_code == 302
    article.refresh_from_db()
    assert article.slug == "pump" and [text.title for text in article.texts.all()] == ["A pump leaks"]


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"title_en": "", "body_en": ""}, "one language at least"),
        ({"title_zh_hans": "水泵"}, "write a title and a text, or neither"),
        ({"slug": "suggest"}, "taken by another page"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(admin: Client, more: dict[str, Any], part: str) -> None:
    answer = admin.post(page("add"), typed(**{"title_en": "My long title", **more}))
    html = answer.content.decode()
    assert answer.status_code == 200 and part in html
    assert "title_en" in more or "My long title" in html
    assert not KnowledgeArticle.objects.exists()


def test_a_stale_save_shows_how_the_texts_differ(admin: Client) -> None:
    article = an_article()
    write_article(article=article, changes={}, texts={"en": {"title": "Their title", "body": "Their text"}}, at=NOW)
    answer = admin.post(page("change", article.pk), typed(slug=article.slug, title_en="My title", seen_version=1))
    html = answer.content.decode()
    assert answer.status_code == 200 and "Their title" in html and "My title" in html
    assert article.texts.get().title == "Their title"


def test_publish_and_archive_are_buttons(admin: Client, client: Client, ann: User) -> None:
    article = an_article(is_published=False)
    assert admin.get(page("publish", article.pk)).status_code == 403
    assert "is published" in admin.post(page("publish", article.pk), follow=True).content.decode()
    html = admin.get(page("change", article.pk)).content.decode()
    assert reverse("help-article", args=[article.slug]) in html and page("publish", article.pk) not in html
    assert "is archived" in admin.post(page("archive", article.pk), follow=True).content.decode()
    assert admin.post(page("publish", 999999)).status_code == 404
    client.force_login(ann)
    assert client.post(page("publish", article.pk)).status_code == 403
    article.refresh_from_db()
    assert article.state == "archived"


def test_the_list_tells_what_readers_say_and_finds_by_words(admin: Client, django_assert_max_num_queries: Any) -> None:
    article = an_article(texts={"en": PUMP, "zh-hans": CHINESE_PUMP})
    for number, is_helpful in enumerate((True, True, False)):
        vote_on_article(
            article=article, voter=str(number), is_helpful=is_helpful, language="en", comment="Thanks!", at=NOW
        )
    an_article("Invoices", "How to pay.", is_published=False)
    admin.get(page("changelist"))
    with django_assert_max_num_queries(8 + 2):  # with what is remembered of filters
        html = admin.get(page("changelist")).content.decode()
    assert "66.7 % of 3" in html and "English, Simplified Chinese" in html and "Invoices" in html
    found = admin.get(page("changelist"), {"q": "漏水"}).content.decode()
    assert "The pump leaks" in found and "Invoices" not in found
    assert "The pump leaks" not in admin.get(page("changelist"), {"state__exact": "draft"}).content.decode()
    change = admin.get(page("change", article.pk)).content.decode()
    assert "2 of 3 readers found it helpful" in change and change.count("Thanks!") == 3
    votes = admin.get(reverse("admin:services_articlevote_changelist")).content.decode()
    assert votes.count("Thanks!") == 3


def test_the_preview_shows_clean_html_and_refuses_what_is_too_long(admin: Client) -> None:
    answer = admin.post(page("preview"), {"body": "**bold** <script>alert(1)</script>"})
    assert "<strong>bold</strong>" in answer.content.decode() and "<script" not in answer.content.decode()
    assert admin.post(page("preview"), {"body": "x" * 50_001}).status_code == 422


def test_the_history_tells_of_the_texts_too(admin: Client) -> None:
    article = an_article()
    write_article(article=article, changes={}, texts={"en": {"title": "Another title", "body": "B"}}, at=NOW)
    html = admin.get(page("history", article.pk)).content.decode()
    assert "Another title" in html and "The pump leaks" in html


def test_a_form_without_anything_in_it_is_refused_in_words(admin: Client) -> None:
    article = an_article()
    for address in (page("change", article.pk), page("add")):
        answer = admin.post(address, {})
        assert answer.status_code == 200 and "one language at least" in answer.content.decode()
