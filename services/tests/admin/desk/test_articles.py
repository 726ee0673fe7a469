"""Articles beside the open ticket: suggested, searched, and what each would put where."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client, override_settings

from customers.models import Customer, User
from services.models import Queue, Ticket
from services.tests.admin.desk.conftest import at
from services.tests.operations.articles import CHINESE_PUMP, PUMP, an_article
from services.tests.operations.desk import a_ticket

pytestmark = pytest.mark.django_db


@override_settings(PUBLIC_URL="https://crm.example.com")
def test_what_speaks_of_the_ticket_is_offered_with_link_and_text(desk: Client, ticket: Ticket) -> None:
    an_article(slug="leaks")
    an_article("Opening hours", "Every day.")
    an_article("The pump leaks again", "Ask the workshop.", audience="internal")
    html = desk.get(at("articles", ticket.pk)).content.decode()
    assert 'data-text="The pump leaks: https://crm.example.com/help/leaks/"' in html
    assert "1. Turn it off" in html and "Opening hours" not in html and "because of" in html
    (internal,) = (item for item in html.split("</li>") if "The pump leaks again" in item)
    assert 'data-put="note"' in internal and 'data-put="reply"' not in internal


def test_other_articles_are_found_by_words(desk: Client, ticket: Ticket) -> None:
    an_article("Opening hours", "Every day.")
    an_article("Draft hours", "x", is_published=False)
    html = desk.get(at("articles", ticket.pk), {"q": "hours"}).content.decode()
    assert "Opening hours" in html and "Draft hours" not in html
    assert "No article has these words." in desk.get(at("articles", ticket.pk), {"q": "lamp"}).content.decode()
    assert "No article speaks of this ticket" in desk.get(at("articles", ticket.pk)).content.decode()


def test_a_customer_who_reads_chinese_is_sent_chinese(desk: Client, wang: Customer, queue: Queue) -> None:
    wang.language = "zh-hans"
    wang.save()
    text = {"title": "Tally 4", "body": "Tally 4"}
    an_article(texts={"en": text, "zh-hans": text | {"body": "Tally 4 漏水"}})
    html = desk.get(at("articles", a_ticket(wang, queue, subject="Tally 4").pk)).content.decode()
    assert "Tally 4 漏水" in html


def test_it_takes_few_queries(desk: Client, ticket: Ticket, django_assert_max_num_queries: Any) -> None:
    for number in range(9):
        an_article(texts={"en": PUMP | {"title": f"The pump leaks {number}"}, "zh-hans": CHINESE_PUMP})
    desk.get(at("articles", ticket.pk))
    with django_assert_max_num_queries(12):  # four of it the articles
        assert desk.get(at("articles", ticket.pk), {"q": "pump leaks"}).content.decode().count("data-put") == 12


def test_a_ticket_out_of_sight_is_not_there_and_who_reads_no_articles_gets_none(
    client: Client, ann: User, otto: User, ticket: Ticket
) -> None:
    client.force_login(otto)
    assert client.get(at("articles", ticket.pk)).status_code == 404
    ann.groups.clear()
    ann.user_permissions.set(Permission.objects.filter(codename__in=["view_ticket", "change_ticket"]))
    client.force_login(ann)
    assert client.get(at("articles", ticket.pk)).status_code == 403
    assert "data-articles" not in client.get(at("customer", ticket.pk)).content.decode()
