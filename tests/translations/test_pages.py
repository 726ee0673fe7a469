"""Pages in Chinese: no word of ours is left in English."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from zoneinfo import available_timezones

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.timesince import timesince

from analytics.tests.admin.conftest import fallen as fallen
from customers.models import Customer, RelationType, User
from customers.operations.relate_customers import relate_customers
from services.models import Queue, ServiceType, Ticket
from services.operations.open_ticket import open_ticket
from tests.cast import NOW

HIDDEN = {"script", "style", "template", "title"}
SAID = {"aria-label", "title", "placeholder", "alt"}
VOID = {"input", "img", "br", "hr", "meta", "link", "path", "circle", "rect", "line", "source", "wbr"}
# What stands in these pages without being ours: names, what people wrote, and words that Chinese takes as they are.
DATA = (
    r"Candid|Acme Pumps|North support|North|South|Everybody|Ann|ann|Bob|bob|root|Office hours|Standard|Support"
    r"|It leaks\.|We come\.|So be it\.|Pump|The pump leaks again|Please come soon\."
    r"|Administrator|Agent|Analyst|Back office|Lead|Can (?:add|change|delete|view|see|have) [a-zA-Z -]+"  # permissions
    r"|\{[a-z_.]+\}|Enter|Esc|CRM_TOTP_ROLES"  # placeholders of macros, keys
    r"|CSAT|Slack incoming webhook|JavaScript|X-[A-Za-z0-9-]+|GitHub"
    r"|Meta|sha256|[tv]1?=|(?:ticket|customer|message|score)[.:][a-z0-9_]+|message\.text|Authorization|Bearer|telegram"
    r"|id|Microsoft|Google|Message-ID|INBOX|Webhook|webhook|IMAP|SMTP|TLS|STARTTLS"
    r"|OAuth|Slack|Markdown|NPS|CES|SLA|SKU|API|GB|CN|Ctrl|esc|UTC|ISO|LDAP|Mac|Control|Command|English|en"
    r"|zh|hans"
    r"|incoming webhook|text|sender|conversation|客户端 ID"  # of messengers: codes that a program sends
    r"|PDF|CRM_BACKUP_AT|CRM_ENCRYPTION_KEY|off"
    r"|CSV|XLSX|xlsx|Excel|JSON|zip|Dynamics|Olist|Online Retail \(UCI\)|Salesforce|ServiceNow|SugarCRM"
    r"|SuiteCRM|Zendesk|Mixpanel|Amplitude|GA4|BigQuery|Analytics"
    r"|POST|/api/v1/events/|import_data|mixpanel|amplitude|ga4|PATH|docs/guides/behaviour\.md|value_customers"
    r"|id|name|email|company|size|Ana Lima|ana@example\.com|wang@example\.cn|Acme"  # in the example
)
# Their lists show the names as they are stored, to be edited.
NAMED_IN_ENGLISH = (RelationType, ServiceType)
WORD = re.compile(r"[A-Za-z]{2,}")
# Names of time zones are those of the tz database, which has them in English alone.
ZONES = available_timezones()
ADDRESS = re.compile(r"https?://[\x21-\x7e]*|(?<![A-Za-z])/[a-z/-]+/")


class Visible(HTMLParser):
    """Collects what people see or hear of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the attributes that are read out; remember whether what follows is shown."""
        given = dict(attrs)
        self.texts += [given[name] or "" for name in SAID & given.keys()]
        hidden = tag in HIDDEN or "material-symbols-outlined" in (given.get("class") or "")
        if tag not in VOID:
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        """Close the element, and those within that were left open."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Take a text unless something around it is hidden."""
        if not any(hidden for _tag, hidden in self._open):
            self.texts.append(data)


def english(html: str) -> Iterator[str]:
    """The visible texts that hold an English word which is not data."""
    page = Visible()
    page.feed(html)
    for text in page.texts:
        if text.strip() in ZONES:
            continue
        text = text.replace(str(settings.BACKUP_DIR), "")
        if WORD.search(re.sub(rf"(?<![A-Za-z])(?:{DATA})(?![A-Za-z])", "", ADDRESS.sub("", text))):
            yield " ".join(text.split())


@pytest.fixture
def ticket(fallen: Customer, wang: Customer, queue: Queue) -> Ticket:
    """A ticket of Acme, who employs Wang and is a client."""
    types = {kind.code: kind for kind in RelationType.objects.all()}
    relate_customers(type=types["works-for"], from_customer=wang, to_customer=fallen, at=NOW)
    relate_customers(type=types["client"], from_customer=fallen, to_customer=None, at=NOW)
    return open_ticket(
        customer=fallen, subject="The pump leaks again", queue=queue, by=None, at=NOW, body="Please come soon."
    )


@pytest.fixture
def chinese() -> Client:
    """A browser that asked for Chinese."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    return client


def get(client: Client, address: str) -> str:
    """A page, which must be there."""
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_log_in_page_is_chinese(chinese: Client, db: None) -> None:
    html = get(chinese, reverse("admin:login"))
    assert "登录" in html
    assert list(english(html)) == []


def test_pages_about_a_customer_and_a_ticket_are_chinese(chinese: Client, ann: User, ticket: Ticket) -> None:
    chinese.force_login(ann)
    addresses = [
        reverse("admin:index"),
        *(reverse(f"admin:customers_customer_{page}", args=[ticket.customer_id]) for page in ("page", "why", "change")),
        reverse("admin:services_ticket_change", args=[ticket.pk]),
        reverse("admin:services_ticket_edit", args=[ticket.pk]),
        reverse("admin:desk") + f"?view=unsolved&ticket={ticket.pk}",
        *(reverse(f"admin:desk_{part}", args=[ticket.pk]) for part in ("customer", "macros")),
        reverse("admin:desk_bell"),
    ]
    left = {address: found for address in addresses if (found := list(english(get(chinese, address))))}
    assert not left, left


def test_lists_and_empty_forms_are_chinese(chinese: Client, root: User, ticket: Ticket) -> None:
    chinese.force_login(root)
    left = {}
    for model, page in admin.site._registry.items():
        request = RequestFactory().get("/")
        request.user = root
        names = ["changelist", "add"] if page.has_add_permission(request) else ["changelist"]
        for name in names:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}")
            found = list(english(get(chinese, address)))
            if found and not (name == "changelist" and model in NAMED_IN_ENGLISH):
                left[address] = found
    assert not left, left


def test_numbers_and_dates_are_written_as_a_chinese_business_does() -> None:
    with translation.override("zh-hans"):
        assert number_format(1234567.5, 2, force_grouping=True) == "1,234,567.50"
        assert date_format(NOW, "SHORT_DATE_FORMAT") == "2026-06-03"
        assert timesince(NOW, NOW + timedelta(days=3)) == "3\xa0天"


def test_a_refusal_of_the_api_is_chinese(ann: User, ticket: Ticket) -> None:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(ann)
    response = client.get("/api/v1/tickets/", {"status": "nonsense"})
    assert response.status_code == 400
    assert not WORD.search(response.json()["errors"]["status"][0].replace("nonsense", ""))


def test_an_english_word_would_be_found() -> None:
    html = '<p>客户 Acme Pumps</p><p aria-label="Close it">好</p><span class="material-symbols-outlined">edit</span>'
    assert list(english(html)) == ["Close it"]
