"""Articles are found by their words, the best first; and suggested for what a ticket says."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from services.models import ArticleText, Queue
from services.operations.archive_article import archive_article
from services.operations.find_articles import find_articles
from services.operations.suggest_articles import suggest_articles
from services.tests.operations.articles import CHINESE_PUMP, PUMP, an_article
from services.tests.operations.desk import a_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def found(query: str, *, language: str = "en", is_public: bool = True, limit: int = 10) -> list[str]:
    return [one.title for one in find_articles(query=query, language=language, is_public=is_public, limit=limit)]


def test_all_words_come_before_some_and_a_title_before_a_body() -> None:
    an_article("Opening hours", "Nothing about machines.")
    an_article("Invoices", "For a pump, a leak is no reason to pay less.")
    an_article("Pump oil", "Which oil it takes.")
    an_article("When a pump leaks", "Close the valve.")
    assert found("pump leak") == ["When a pump leaks", "Invoices", "Pump oil"]
    assert set(found("pump", limit=2)) == {"When a pump leaks", "Pump oil"}
    assert found("oil") == ["Pump oil"]


def test_a_rare_word_says_more_than_one_that_is_everywhere() -> None:
    for number in range(6):
        an_article(f"Pump {number}", "A pump.")
    an_article("Seals of a pump", "Seals wear out.")
    assert found("pump seal")[0] == "Seals of a pump"


def test_english_words_are_found_however_they_end() -> None:
    an_article("Replacing the battery", "A worn battery is replaced.")
    for query in ("batteries", "replace", "replaced batteries", "BATTERY", "How do I replace it?"):
        assert found(query) == ["Replacing the battery"], query
    assert found("") == found("  ?! ") == found("lamp") == []


def test_a_word_that_says_nothing_is_looked_for_where_it_is_alone() -> None:
    an_article("About us", "We are here.")
    an_article("Pumps", "Nothing else.")
    assert found("about pumps") == ["Pumps"]
    assert found("about") == ["About us"]


def test_chinese_is_found_by_its_parts() -> None:
    an_article(texts={"en": PUMP, "zh-hans": CHINESE_PUMP})
    an_article(texts={"zh-hans": {"title": "发票", "body": "如何补开发票。"}})
    for query in ("漏水", "水泵", "我的水泵漏水了怎么办", "泵漏", "阀"):
        assert found(query, language="zh-hans") == ["水泵漏水"], query
    assert found("发票", language="en") == ["发票"]
    assert found("票发") == []


def test_of_both_languages_the_readers_own_is_shown() -> None:
    both = {"title": "Tally 4", "body": "Tally 4"}
    an_article(texts={"en": both, "zh-hans": both})
    for language in ("en", "zh-hans"):
        assert [one.language for one in find_articles(query="tally", language=language, is_public=True)] == [language]


def test_only_what_is_published_is_found_and_by_strangers_only_what_is_for_everybody() -> None:
    an_article("Pump draft", is_published=False)
    an_article("Pump of colleagues", audience="internal")
    archive_article(article=an_article("Pump of old"), at=NOW)
    an_article("Pump for all")
    assert found("pump") == ["Pump for all"]
    assert sorted(found("pump", is_public=False)) == ["Pump for all", "Pump of colleagues"]


def test_the_excerpt_shows_where_the_words_stand() -> None:
    an_article("Pumps", f"{'Filler text. ' * 40}\n\n- Tighten the **gasket** first\n\n{'More of it. ' * 40}")
    (one,) = find_articles(query="gaskets", language="en", is_public=True)
    assert "Tighten the gasket first" in one.excerpt and len(one.excerpt) < 200 and one.excerpt.startswith("… ")
    assert one.because == ("gasket",) and one.slug == one.article.slug


def test_a_changed_text_is_found_by_its_new_words_alone() -> None:
    article = an_article()
    text = article.texts.get()
    text.title = "The engine rattles"
    text.save(update_fields=["title"])
    assert found("engine") == ["The engine rattles"] and found("pump") == []
    ArticleText.objects.bulk_create(
        [ArticleText(article=article, language="zh-hans", title="水泵", body="漏水")], ignore_conflicts=False
    )
    assert found("漏水") == ["水泵"]


def test_it_takes_two_queries_whatever_there_is(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(12):
        an_article(f"Pump {number}", "A pump that leaks.")
    with django_assert_num_queries(2):
        assert len(found("my pump leaks at the seal")) == 10


def test_an_article_is_suggested_for_what_a_ticket_says(
    acme: Customer, queue: Queue, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    an_article("When a pump leaks", "Close the valve.")
    an_article("Stop a leaking seal", "For colleagues.", audience="internal")
    an_article("Opening hours", "Every day.")
    an_article("Invoices", "How to pay. Thank you for your order, and please ask us.")
    ticket = a_ticket(acme, queue, subject="Our pumps leak", body="Hello, please help us, thank you!")
    with django_assert_max_num_queries(4):
        suggested = suggest_articles(ticket=ticket)
    assert suggested[0].title == "When a pump leaks"
    assert "Invoices" not in [one.title for one in suggested]
    assert set(suggested[0].because) == {"pump", "leaks"}
    other = a_ticket(acme, queue, subject="Hello", body="Thank you and please ask us.", at=NOW + timedelta(hours=1))
    assert suggest_articles(ticket=other) == []
