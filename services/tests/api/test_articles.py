"""Articles over the API."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from customers.models import User
from services.models import KnowledgeArticle, Ticket
from services.operations.vote_on_article import vote_on_article
from services.tests.operations.articles import an_article
from tests.cast import NOW
from tests.client import as_user

pytestmark = pytest.mark.django_db

ARTICLES = "/api/v1/articles/"
TEXT = {"language": "en", "title": "When a pump leaks", "body": "Close the **valve**."}


def test_an_article_is_written_published_archived_and_deleted(bob: User) -> None:
    client = as_user(bob)
    made = client.post(ARTICLES, {"texts": [TEXT], "audience": "internal"})
    assert made.status_code == 201, made.content
    assert made.json()["slug"] == "when-a-pump-leaks" and made.json()["state"] == "draft"
    address = f"{ARTICLES}{made.json()['id']}/"
    assert client.patch(address, {"audience": "public"}).status_code == 428
    chinese = {"language": "zh-hans", "title": "水泵漏水", "body": "关闭阀门。"}
    changed = client.patch(address, {"texts": [TEXT, chinese]}, headers={"If-Match": made.headers["ETag"]})
    assert [text["language"] for text in changed.json()["texts"]] == ["en", "zh-hans"], changed.content
    assert client.post(f"{address}publish/", {}, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    published = client.post(f"{address}publish/", {}, headers={"If-Match": changed.headers["ETag"]})
    assert published.json()["state"] == "published" and published.json()["published_at"]
    archived = client.post(f"{address}archive/", {})
    assert archived.json()["state"] == "archived"
    assert client.delete(address, headers={"If-Match": archived.headers["ETag"]}).status_code == 204
    assert not KnowledgeArticle.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"texts": []}, "texts"),
        ({"texts": [TEXT, TEXT]}, "texts"),
        ({"texts": [TEXT | {"language": "fr"}]}, "texts"),
        ({"texts": [TEXT | {"title": " "}]}, "texts"),
        ({"texts": [TEXT], "slug": "suggest"}, "slug"),
        ({"texts": [TEXT], "slug": "taken"}, "slug"),
        ({"texts": [TEXT], "state": "published"}, "state"),
        ({"texts": [TEXT], "queue": 999999}, "queue"),
    ],
)
def test_it_refuses_what_is_no_article(bob: User, values: dict[str, Any], field: str) -> None:
    an_article(slug="taken")
    answer = as_user(bob).post(ARTICLES, values)
    assert answer.status_code == 400 and field in answer.json()["errors"], answer.content
    assert KnowledgeArticle.objects.count() == 1


def test_an_agent_reads_and_does_not_write(ann: User) -> None:
    article = an_article()
    client, address = as_user(ann), f"{ARTICLES}{article.pk}/"
    assert client.get(address).json()["texts"][0]["title"] == "The pump leaks"
    assert client.post(ARTICLES, {"texts": [TEXT]}).status_code == 403
    assert client.post(f"{address}archive/", {}).status_code == 403
    assert client.patch(address, {}, headers={"If-Match": "*"}).status_code == 403


def test_articles_are_searched_the_best_first_and_narrowed_down(ann: User, django_assert_max_num_queries: Any) -> None:
    an_article("Invoices", "For a leaking pump there is no discount.")
    an_article("Leaking pump", "Close the valve.", is_published=False)
    an_article("Opening hours", "Nothing else.", audience="internal")
    client = as_user(ann)
    client.get(ARTICLES)  # what is remembered of the user

    def slugs(query: str) -> list[str]:
        with django_assert_max_num_queries(8):
            answer = client.get(f"{ARTICLES}?{query}")
        return [one["slug"] for one in answer.json()["results"]]

    assert slugs("search=pumps leak") == ["leaking-pump", "invoices"]
    assert slugs("search=pump&state=published") == ["invoices"]
    assert slugs("audience=internal") == ["opening-hours"]
    assert slugs("slug=invoices") == ["invoices"]
    assert slugs("search=lamp") == []


def test_votes_are_counted(ann: User) -> None:
    article = an_article()
    for number, is_helpful in enumerate((True, True, False)):
        vote_on_article(article=article, voter=str(number), is_helpful=is_helpful, language="en", at=NOW)
    told = as_user(ann).get(f"{ARTICLES}{article.pk}/").json()
    assert (told["votes_all"], told["votes_helpful"]) == (3, 2)


def test_articles_are_suggested_for_a_ticket_to_who_may_see_them(ann: User, ticket: Ticket) -> None:
    article = an_article()
    an_article("Opening hours", "Every day.")
    address = f"/api/v1/tickets/{ticket.pk}/suggestions/"
    (told,) = as_user(ann).get(address).json()["articles"]
    assert (told["id"], told["slug"], told["language"]) == (article.pk, "the-pump-leaks", "en")
    assert set(told["because"]) == {"pump", "leaks"} and told["title"] == "The pump leaks"
    ann.groups.clear()
    ann.user_permissions.set(Permission.objects.filter(codename="view_ticket"))
    assert as_user(User.objects.get(pk=ann.pk)).get(address).json()["articles"] == []
