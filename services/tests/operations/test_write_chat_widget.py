"""Widgets: where they may stand, in the form that browsers compare."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.models.versioned import StaleVersion
from services.models import ChatWidget, Queue
from services.operations.start_chat import BadAddress, page_without_query
from services.operations.write_chat_widget import clean_origins, write_chat_widget
from services.tests.operations.chats import begin, make_widget
from services.tests.operations.mails import ADDRESS, a_mailbox
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_web_sites_are_kept_as_browsers_name_them() -> None:
    given = ["HTTPS://WWW.Example.com/", "https://www.example.com:443", "http://localhost:8080", "https://例子.测试"]
    assert clean_origins(given) == [
        "https://www.example.com",
        "http://localhost:8080",
        "https://xn--fsqu00a.xn--0zwm56d",
    ]


@pytest.mark.parametrize(
    "given",
    [
        "www.example.com",
        "https://example.com/shop",
        "https://*.example.com",
        "https://a.example; script-src *",
        "https://a b",
        "javascript://x",
        "https://u@example.com",
        "https://example.com:99999x",
        "https://",
        "'self'",
        "*",
        7,
    ],
)
def test_what_is_no_web_site_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match="web site"):
        clean_origins([given])


def test_a_change_is_checked_and_versioned(queue: Queue) -> None:
    widget = make_widget(queue)
    write_chat_widget(widget=widget, changes={"name": "Help", "greetings": {"en": " Hi ", "zh-hans": ""}}, at=NOW)
    assert (widget.version, widget.greetings) == (2, {"en": "Hi"})
    with pytest.raises(StaleVersion):
        write_chat_widget(widget=widget, changes={"name": "x"}, at=NOW, expected_version=1)
    refused: list[dict[str, Any]] = [
        {"greetings": {"fr": "Salut"}},
        {"origins": "x"},
        {"colour": "red"},
        {"greetings": []},
    ]
    for wrong in refused:
        with pytest.raises(ValidationError):
            write_chat_widget(widget=ChatWidget.objects.get(), changes=wrong, at=NOW)


def test_whoever_begins_again_is_the_same_visitor(queue: Queue) -> None:
    widget = make_widget(queue)
    first = begin(widget, page="https://u:p@www.example.com/shop?email=a@b.c#x", language="en")
    assert first.page == "https://www.example.com/shop"
    again = begin(widget, name=" Jo  Doe ", email="jo@example.com")
    again.refresh_from_db()
    assert (again.pk, again.name, again.email) == (first.pk, "Jo Doe", "jo@example.com")
    assert begin(widget).email == "jo@example.com"  # what is left out stays
    assert "a" * 43 not in str(first.__dict__)
    for page in ("javascript:alert(1)", "https://[", ""):
        assert page_without_query(page) == ""


def test_an_address_that_is_none_or_ours_is_refused(queue: Queue) -> None:
    widget = make_widget(queue)
    a_mailbox(queue)
    for address in ("nobody", ADDRESS, "a" * 250 + "@example.com"):
        with pytest.raises(BadAddress):
            begin(widget, email=address)
