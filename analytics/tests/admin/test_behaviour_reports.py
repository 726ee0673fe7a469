"""Behaviour reports in the admin: built, saved, shared, opened, and from each number to the customers behind it."""

import csv
import io
import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.choices import ReportKind
from analytics.models import SavedReport
from analytics.operations.write_report import write_report
from analytics.tests.admin.conftest import LogIn
from analytics.tests.behaviour.events import NAMES, make_events, make_identity
from analytics.tests.behaviour.logs import MINUTE
from analytics.tests.behaviour.oracle import Happened
from customers.models import Customer, Team, User
from tests.cast import NOW, make_user
from tests.test_changelists import queries

pytestmark = pytest.mark.django_db

PAGE = "admin:analytics_savedreport"
START = int(NOW.timestamp()) * 1_000_000
PERIOD = {"first": "2026-06-01", "last": "2026-06-07"}
QUESTIONS: dict[str, dict[str, Any]] = {
    "trend": {"steps": [{"event": "Open"}], "breakdown": "plan"},
    "funnel": {"steps": [{"event": "Sign up"}, {"event": "Open"}, {"event": "Buy"}]},
    "retention": {"steps": [{"event": "Sign up"}, {"event": None}], "columns": 3},
    "paths": {"steps": [{"event": "Sign up"}]},
    "sessions": {},
}
LINK = re.compile(r'<a href="([^"]*/customers/[^"]*)"[^>]*>([\d,]+)</a>')


@pytest.fixture
def lea(north: Team) -> User:
    """Lea, who leads North: she makes reports."""
    return make_user("lea", north, role="Lead")


@pytest.fixture
def events(acme: Customer, wang: Customer, south: Team) -> None:
    """Acme signs up, opens and buys; Wang signs up and opens; somebody of South and somebody unknown sign up."""
    other = Customer.objects.create(kind="person", name="Southerner", country="GB", team=south)
    people = {number: make_identity(f"k{number}", who) for number, who in enumerate((acme, wang, other, None), 1)}
    steps = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (3, 1), (4, 1)]
    make_events(
        [Happened(who, START + at * 60 * MINUTE, at, name, plan="gold") for at, (who, name) in enumerate(steps)], people
    )


def saved(by: User, kind: str = "funnel", **more: Any) -> SavedReport:
    definition = {"period": PERIOD, "time_zone": "UTC", **QUESTIONS[kind]}
    changes = {"name": f"My {kind}", "kind": kind, "definition": definition, **more}
    return write_report(report=SavedReport(), changes=changes, by=by, at=NOW)


def posted(kind: str = "funnel", **more: Any) -> dict[str, Any]:
    return {
        "name": "Way to buy",
        "kind": kind,
        "period": "fixed",
        **PERIOD,
        "time_zone": "UTC",
        "window_count": "2",
        "window_unit": "days",
        "steps": ["0", "1"],
        "s0-event": "Sign up",
        "s1-event": "Buy",
        "s1-conditions": ["0"],
        "s1-c0-property": "plan",
        "s1-c0-op": "is",
        "s1-c0-value": "gold",
        **more,
    }


def test_a_report_is_built_saved_and_shows_its_numbers(log_in: LogIn, lea: User, events: None) -> None:
    client = log_in(lea)
    response = client.post(reverse(f"{PAGE}_add"), posted(), follow=True)
    row = SavedReport.objects.get()
    assert response.redirect_chain[-1][0] == reverse(f"{PAGE}_report", args=[row.pk])
    assert (row.name, row.owner, row.is_shared) == ("Way to buy", lea, False)
    assert row.definition["steps"][1]["where"] == [{"property": "plan", "op": "is", "value": "gold"}]
    html = response.content.decode()
    assert [text for _link, text in LINK.findall(html)] == ["2", "1", "1"]  # reached, dropped, reached


@pytest.mark.parametrize("kind", QUESTIONS)
def test_behind_each_number_stand_so_many_customers(log_in: LogIn, lea: User, events: None, kind: str) -> None:
    client = log_in(lea)
    row = saved(lea, kind)
    html = client.get(reverse(f"{PAGE}_report", args=[row.pk])).content.decode()
    table = html.split("<tbody>", 1)[1]
    found = LINK.findall(table)
    assert found, table
    for link, text in found:
        page = client.get(unescape(link))
        assert page.status_code == 200, link
        if kind in ("funnel", "paths"):
            assert page.context["count"] == int(text)
        assert 1 <= page.context["count"] == len(page.context["customers"]) <= 2
        assert page.context["unknown_people"] == 0


def test_from_there_the_way_leads_to_the_customer(log_in: LogIn, lea: User, acme: Customer, events: None) -> None:
    page = log_in(lea).get(reverse(f"{PAGE}_customers", args=[saved(lea).pk]), {"cell": "reached:2"})
    assert reverse("admin:customers_customer_page", args=[acme.pk]) in page.content.decode()


def test_who_sees_all_is_told_how_many_are_unknown(log_in: LogIn, root: User, events: None) -> None:
    page = log_in(root).get(reverse(f"{PAGE}_customers", args=[saved(root).pk]), {"cell": "reached:0"})
    assert (page.context["count"], page.context["unknown_people"]) == (3, 1)
    assert "person of whom no customer is known" in page.content.decode()


@pytest.mark.parametrize("cell", ["no", "reached:9", "began"])
def test_a_number_that_the_report_does_not_have_is_not_found(log_in: LogIn, lea: User, cell: str) -> None:
    link = reverse(f"{PAGE}_customers", args=[saved(lea).pk])
    assert log_in(lea).get(link, {"cell": cell}).status_code == 404


def test_a_question_that_is_not_saved_shows_its_numbers_and_leads_on(log_in: LogIn, lea: User, events: None) -> None:
    client = log_in(lea)
    html = client.post(reverse(f"{PAGE}_preview"), posted()).content.decode()
    (first, *_others) = LINK.findall(html)
    assert client.get(unescape(first[0])).context["count"] == 2
    assert not SavedReport.objects.exists()


@pytest.mark.parametrize("question", ["", "{", "[]", "null", '{"steps": 1}'])
def test_a_broken_question_is_refused_in_words(log_in: LogIn, lea: User, question: str) -> None:
    response = log_in(lea).get(reverse(f"{PAGE}_people"), {"kind": "funnel", "question": question, "cell": "reached:0"})
    assert response.status_code == 404 or 'role="alert"' in response.content.decode()


def test_what_is_wrong_is_said_and_nothing_is_lost(log_in: LogIn, lea: User) -> None:
    wrong = posted(**{"s1-event": "", "s1-c0-property": "", "time_zone": "Moon/Base", "window_count": "x"})
    html = log_in(lea).post(reverse(f"{PAGE}_add"), wrong).content.decode()
    for text in ("Choose an event.", "There is no such time zone", "Give a whole number from 1 to 400."):
        assert text in html
    assert 'value="Way to buy"' in html and 'value="Moon/Base"' in html and not SavedReport.objects.exists()
    preview = log_in(lea).post(reverse(f"{PAGE}_preview"), wrong).content.decode()
    assert "Choose an event." in preview


@pytest.mark.parametrize(
    ("button", "events", "conditions"),
    [
        ("add-step", ["Sign up", "Buy", ""], [0, 1, 0]),
        ("remove-step:0", ["Buy", ""], [1, 0]),
        ("up:1", ["Buy", "Sign up"], [1, 0]),
        ("add:0", ["Sign up", "Buy"], [1, 1]),
        ("remove:1:0", ["Sign up", "Buy"], [0, 0]),
        ("nonsense:9:9", ["Sign up", "Buy"], [0, 1]),
    ],
)
def test_a_button_changes_the_form_alone(
    log_in: LogIn, lea: User, button: str, events: list[str], conditions: list[int]
) -> None:
    client = log_in(lea)
    for response in (
        client.post(reverse(f"{PAGE}_builder"), posted(edit=button)),
        client.post(reverse(f"{PAGE}_add"), posted(edit=button)),
    ):
        html = response.content.decode()
        assert re.findall(r'name="s\d+-event" value="([^"]*)"', html) == events
        assert [html.count(f'name="s{number}-conditions"') for number in range(len(events))] == conditions
    assert not SavedReport.objects.exists()


@pytest.mark.parametrize("kind", ReportKind.values)
def test_another_kind_asks_for_what_it_needs(log_in: LogIn, lea: User, kind: str) -> None:
    client = log_in(lea)
    html = client.post(reverse(f"{PAGE}_builder"), {"kind": kind}).content.decode()
    assert html.count('name="steps"') == {"trend": 1, "funnel": 2, "retention": 2, "paths": 1, "sessions": 0}[kind]
    assert client.get(reverse(f"{PAGE}_add"), {"kind": kind}).status_code == 200


def test_a_saved_report_is_changed_and_a_stale_save_refused(log_in: LogIn, lea: User) -> None:
    client, row = log_in(lea), saved(lea)
    link = reverse(f"{PAGE}_change", args=[row.pk])
    html = client.get(link).content.decode()
    assert re.findall(r'name="s\d+-event" value="([^"]*)"', html) == ["Sign up", "Open", "Buy"]
    assert client.post(link, posted(seen_version=1)).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.version, len(row.definition["steps"])) == ("Way to buy", 2, 2)
    refused = client.post(link, posted(seen_version=1, **{"s1-event": "Open"})).content.decode()
    assert "What stands now, and what you typed" in refused and "Funnel: Sign up" in refused
    row.refresh_from_db()
    assert row.definition["steps"][1]["event"] == "Buy"


def test_a_report_is_saved_as_a_new_one(log_in: LogIn, lea: User, bob: User) -> None:
    row = saved(bob, is_shared=True)
    link = reverse(f"{PAGE}_change", args=[row.pk])
    response = log_in(lea).post(link, posted(name="Mine", seen_version=1, _saveasnew="1"))
    made = SavedReport.objects.get(name="Mine")
    assert response.status_code == 302 and made.owner == lea and SavedReport.objects.count() == 2


def test_others_see_what_is_shared_with_them(log_in: LogIn, lea: User, bob: User, otto: User, north: Team) -> None:
    own, of_team, of_all = saved(lea), saved(lea, is_shared=True, team=north), saved(lea, is_shared=True)

    def seen(user: User) -> set[int]:
        client = log_in(user)
        rows = [own, of_team, of_all]
        pages = {row.pk for row in rows if client.get(reverse(f"{PAGE}_report", args=[row.pk])).status_code == 200}
        listed = client.get(reverse(f"{PAGE}_changelist")).context["cl"].queryset
        assert pages == {*listed.values_list("pk", flat=True)}
        return pages

    assert seen(lea) == {own.pk, of_team.pk, of_all.pk}
    assert seen(bob) == {of_team.pk, of_all.pk}
    assert seen(otto) == {of_all.pk}


def test_only_its_owner_says_with_whom_it_is_shared(log_in: LogIn, lea: User, bob: User, north: Team) -> None:
    row = saved(lea, is_shared=True)
    link = reverse(f"{PAGE}_change", args=[row.pk])
    refused = log_in(bob).post(link, posted(seen_version=1))
    assert "Only the owner says" in refused.content.decode()
    kept = log_in(bob).post(link, posted(seen_version=1, is_shared="on"))
    assert kept.status_code == 302
    row.refresh_from_db()
    assert row.is_shared and row.name == "Way to buy"


def test_nobody_shares_with_a_team_that_is_not_theirs(log_in: LogIn, lea: User, south: Team) -> None:
    response = log_in(lea).post(reverse(f"{PAGE}_add"), posted(is_shared="on", team=south.pk))
    assert response.status_code == 200 and not SavedReport.objects.exists()


@pytest.mark.parametrize("kind", QUESTIONS)
def test_the_numbers_are_handed_out_as_a_file(log_in: LogIn, lea: User, events: None, kind: str) -> None:
    row, client = saved(lea, kind), log_in(lea)
    link = reverse(f"{PAGE}_file", args=[row.pk])
    lines = list(csv.reader(io.StringIO(_body(client, link, "csv").decode("utf-8-sig"))))
    assert len(lines) > 1 and len({len(line) for line in lines}) >= 1
    if kind == "funnel":
        assert [line[3] for line in lines[1:]] == ["2", "2", "1"]
    assert _body(client, link, "xlsx").startswith(b"PK")


def _body(client: Client, link: str, format: str) -> bytes:
    response: Any = client.post(link, {"format": format})
    assert response.status_code == 200 and "attachment" in response.headers["Content-Disposition"]
    return b"".join(response.streaming_content)


def test_a_file_needs_the_right_to_take_lists_out(log_in: LogIn, ann: User, lea: User) -> None:
    row = saved(lea, is_shared=True)
    assert log_in(ann).post(reverse(f"{PAGE}_file", args=[row.pk]), {"format": "csv"}).status_code == 403
    assert log_in(lea).post(reverse(f"{PAGE}_file", args=[row.pk]), {"format": "exe"}).status_code == 404
    assert log_in(lea).get(reverse(f"{PAGE}_file", args=[row.pk])).status_code == 404


def test_where_no_event_came_in_it_says_how_to_send_them(log_in: LogIn, lea: User) -> None:
    client, row = log_in(lea), saved(lea)
    for link in (reverse(f"{PAGE}_changelist"), reverse(f"{PAGE}_report", args=[row.pk])):
        assert "POST /api/v1/events/" in client.get(link).content.decode()


def test_a_report_that_can_no_longer_be_asked_says_why(log_in: LogIn, lea: User) -> None:
    row = saved(lea)
    SavedReport.objects.filter(pk=row.pk).update(definition={**row.definition, "segments": [99]})
    for page in ("report", "customers"):
        response = log_in(lea).get(reverse(f"{PAGE}_{page}", args=[row.pk]), {"cell": "reached:0"})
        assert "The segment is gone" in response.content.decode()


def test_no_page_asks_more_than_its_budget(log_in: LogIn, lea: User, events: None) -> None:
    client = log_in(lea)
    rows = [saved(lea, kind, name=f"{kind} {number}") for number in range(3) for kind in QUESTIONS]
    queries(client, reverse(f"{PAGE}_changelist"))  # remembers the choices of the filters
    assert len(queries(client, reverse(f"{PAGE}_changelist"))) <= 8
    for row in rows[: len(QUESTIONS)]:
        assert len(queries(client, reverse(f"{PAGE}_report", args=[row.pk]))) <= 8, row.kind
    link = reverse(f"{PAGE}_customers", args=[rows[1].pk])
    assert len(queries(client, f"{link}?cell=reached:0")) <= 8


def test_the_builder_offers_names_and_properties_that_came_in(log_in: LogIn, lea: User, events: None) -> None:
    html = log_in(lea).get(reverse(f"{PAGE}_add")).content.decode()
    for name in (*NAMES.values(), "plan"):
        assert f'<option value="{name}">' in html


def test_charts_lead_where_their_tables_lead(log_in: LogIn, lea: User, events: None) -> None:
    html = log_in(lea).get(reverse(f"{PAGE}_report", args=[saved(lea).pk])).content.decode()
    (links,) = re.findall(r'data-links="([^"]*)"', html)
    (bars,) = json.loads(unescape(links))
    in_table = {unescape(link) for link, _text in LINK.findall(html)}
    assert len(bars) == 3 and {bars[0], bars[2]} <= in_table
