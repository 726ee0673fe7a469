"""The public pages of the knowledge base: no log-in, no script needed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from customers.models import User
from services.models import ArticleVote, ServiceType
from services.operations.archive_article import archive_article
from services.tests.operations.articles import CHINESE_PUMP, PUMP, an_article
from services.views.help import HelpThrottle
from tests.cast import NOW

pytestmark = pytest.mark.django_db

HELP, SUGGEST = "/help/", "/help/suggest/"
EXCERPT = "Close the valve and call us. · Turn it off · Wait"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.clear()
    with override("en"):
        yield


@pytest.fixture
def reader() -> Client:
    """A browser that nobody has logged in with, and whose forms need their token."""
    return Client(enforce_csrf_checks=True)


def chinese(client: Client) -> Client:
    client.cookies["django_language"] = "zh-hans"
    return client


def vote(client: Client, slug: str, **values: Any) -> Any:
    """Press a button of the page as a browser does."""
    token = client.get(f"{HELP}{slug}/").context["csrf_token"]
    return client.post(f"{HELP}{slug}/", {"csrfmiddlewaretoken": token, **values})


def test_the_way_in_lists_the_newest_and_those_of_each_service_type(
    reader: Client, django_assert_max_num_queries: Any
) -> None:
    repair = ServiceType.objects.create(code="mend", name="Mending")
    for number in range(7):
        an_article(f"Pump {number}", "x", service_type=repair)
    an_article("Of colleagues", "x", audience="internal")
    an_article("A draft", "x", is_published=False)
    archive_article(article=an_article("Of old", "x"), at=NOW)
    with django_assert_max_num_queries(3):
        html = reader.get(HELP).content.decode()
    assert "Mending" in html and "Pump 6" in html and "2 more" in html
    assert not [word for word in ("Of colleagues", "A draft", "Of old") if word in html]
    of_type = reader.get(HELP, {"type": "mend"}).content.decode()
    assert all(f"Pump {number}" in of_type for number in range(7))
    assert reader.get(HELP, {"type": "nonsense"}).status_code == 200


def test_an_empty_house_says_so(reader: Client) -> None:
    assert "There are no articles yet." in reader.get(HELP).content.decode()


def test_it_finds_and_says_when_it_does_not(reader: Client) -> None:
    an_article(slug="leaks")
    html = reader.get(HELP, {"q": "leaking pumps"}).content.decode()
    assert f"{HELP}leaks/" in html and "Close the valve" in html
    html = reader.get(HELP, {"q": "<script>alert(1)</script>\0"}).content.decode()
    assert "Nothing was found" in html and "<script>alert" not in html


def test_suggestions_are_json_for_whoever_types(reader: Client) -> None:
    an_article(slug="leaks")
    an_article("Pump of colleagues", "x", audience="internal")
    assert reader.get(SUGGEST, {"q": "my pump"}).json() == [
        {
            "title": "The pump leaks",
            "url": "/help/leaks/",
            "excerpt": "Close the valve and call us. · Turn it off · Wait",
        }
    ]
    assert reader.get(SUGGEST).json() == reader.get(SUGGEST, {"q": "x" * 5000}).json() == []
    assert reader.post(SUGGEST).status_code in (403, 405)


def test_an_article_is_shown_in_the_readers_language_or_says_that_it_is_not(reader: Client) -> None:
    an_article(slug="both", texts={"en": PUMP, "zh-hans": CHINESE_PUMP})
    an_article(slug="one", texts={"zh-hans": CHINESE_PUMP})
    html = reader.get(f"{HELP}both/").content.decode()
    assert "<h1>The pump leaks</h1>" in html and "<strong>valve</strong>" in html and "not there in your" not in html
    html = reader.get(f"{HELP}one/").content.decode()
    assert "水泵漏水" in html and "not there in your language" in html and "Simplified Chinese" in html
    assert '<html lang="en">' in html and 'lang="zh-hans"' in html
    html = chinese(reader).get(f"{HELP}both/").content.decode()
    assert "水泵漏水" in html and '<html lang="zh-hans">' in html


@pytest.mark.parametrize("slug", ["draft", "internal", "old", "nothing"])
def test_what_is_not_for_everybody_is_not_there(reader: Client, slug: str) -> None:
    an_article(slug="draft", is_published=False)
    an_article(slug="internal", audience="internal")
    archive_article(article=an_article(slug="old"), at=NOW)
    answer = reader.get(f"{HELP}{slug}/")
    assert answer.status_code == 404 and "There is no such article" in answer.content.decode()
    assert Client().post(f"{HELP}{slug}/", {"helpful": "yes"}).status_code == 404
    assert not ArticleVote.objects.exists()


def test_a_reader_votes_says_more_and_changes_their_mind(reader: Client) -> None:
    an_article(slug="leaks")
    assert vote(reader, "leaks", helpful="no").status_code == 303
    html = reader.get(f"{HELP}leaks/").content.decode()
    assert "Thank you for your answer." in html and "What was missing?" in html
    assert vote(reader, "leaks", helpful="no", comment="Which valve?").status_code == 303
    assert "Which valve?" in reader.get(f"{HELP}leaks/").content.decode()
    assert vote(reader, "leaks", helpful="yes").status_code == 303
    (kept,) = ArticleVote.objects.all()
    assert (kept.is_helpful, kept.comment, kept.language) == (True, "Which valve?", "en")
    cookie = reader.cookies["help_reader"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == HELP
    assert cookie.value not in kept.voter
    vote(Client(enforce_csrf_checks=True), "leaks", helpful="yes")
    assert ArticleVote.objects.count() == 2


def test_looking_sets_no_cookie_that_knows_the_reader(reader: Client) -> None:
    an_article(slug="leaks")
    reader.get(f"{HELP}leaks/")
    assert set(reader.cookies) <= {"csrftoken"} and not ArticleVote.objects.exists()


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"helpful": "perhaps"}, "Choose “Yes” or “No”."),
        ({}, "Choose “Yes” or “No”."),
        ({"helpful": "yes", "comment": "x" * 2001}, "too long"),
        ({"helpful": "yes", "comment": "a\0b"}, "cannot be stored"),
    ],
)
def test_it_says_what_is_wrong_with_a_vote(reader: Client, values: dict[str, str], part: str) -> None:
    an_article(slug="leaks")
    answer = vote(reader, "leaks", **values)
    assert answer.status_code == 422 and part in answer.content.decode()
    assert not ArticleVote.objects.exists()


def test_a_vote_that_another_page_sends_is_refused(reader: Client) -> None:
    an_article(slug="leaks")
    assert reader.post(f"{HELP}leaks/", {"helpful": "yes"}).status_code == 403


def test_the_language_is_switched_on_the_page(reader: Client) -> None:
    an_article(slug="both", texts={"en": PUMP, "zh-hans": CHINESE_PUMP})
    token = reader.get(f"{HELP}both/").context["csrf_token"]
    values = {"csrfmiddlewaretoken": token, "language": "zh-hans", "next": f"{HELP}both/"}
    assert reader.post(reverse("set_language"), values).headers["Location"] == f"{HELP}both/"
    assert "水泵漏水" in reader.get(f"{HELP}both/").content.decode()


def test_too_many_requests_of_one_address_wait(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HelpThrottle, "rate", "2/min")
    an_article(slug="leaks")
    assert [reader.get(HELP).status_code for _ in range(3)] == [200, 200, 429]
    assert reader.get(SUGGEST, {"q": "pump"}).status_code == 429
    assert "Wait a minute" in reader.get(f"{HELP}leaks/").content.decode()


def test_staff_who_read_see_what_customers_see(client: Client, ann: User) -> None:
    client.force_login(ann)
    an_article(slug="internal", audience="internal")
    assert client.get(f"{HELP}internal/").status_code == 404
