"""Scheduled reports in the admin: who gets them, who does not and why; sent now, and left."""

from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from analytics.models import Dashboard, ScheduledReport
from analytics.operations.write_dashboard import write_dashboard
from analytics.operations.write_report import write_report
from analytics.tests.admin.conftest import LogIn
from analytics.tests.admin.test_behaviour_reports import saved
from analytics.tests.boards import a_board, a_schedule
from analytics.tests.boards import lea as lea
from analytics.tests.boards import max_ as max_
from customers.models import Job, Team, User
from services.models import Queue
from services.tests.mail_server import a_mailbox
from tests.cast import NOW

pytestmark = pytest.mark.django_db
PAGE = "admin:analytics_scheduledreport"


@pytest.fixture
def board(lea: User, north: Team) -> Dashboard:
    return a_board(lea, "Plan Z", is_shared=True, team=north)


def posted(board: Dashboard, *to: User, **more: Any) -> dict[str, Any]:
    return {
        "dashboard": board.pk,
        "recipients": [user.pk for user in to],
        "every": "week",
        "weekday": 0,
        "month_day": 1,
        "hour": 7,
        "time_zone": "Europe/London",
        "language": "en",
        "format": "pdf",
        "is_active": "on",
        **more,
    }


def test_it_is_made_from_the_dashboard_for_oneself(log_in: LogIn, lea: User, board: Dashboard) -> None:
    client = log_in(lea)
    form = client.get(reverse(f"{PAGE}_add"), {"dashboard": board.pk}).context["adminform"].form
    assert form.initial["recipients"] == [lea.pk]
    made = client.post(reverse(f"{PAGE}_add"), posted(board, lea), follow=True)
    assert made.status_code == 200, made.content
    row = ScheduledReport.objects.get()
    assert (row.owner, row.every, list(row.recipients.all())) == (lea, "week", [lea])
    assert row.next_at is not None


def test_who_could_not_get_it_is_named_with_the_reason(log_in: LogIn, lea: User, ann: User, board: Dashboard) -> None:
    User.objects.filter(pk=ann.pk).update(email="ann@candid.example")
    page = log_in(lea).post(reverse(f"{PAGE}_add"), posted(board, lea, ann))
    assert "ann: may not take files out" in unescape(page.content.decode())
    none = log_in(lea).post(reverse(f"{PAGE}_add"), {**posted(board, lea), "dashboard": ""})
    assert "Choose a dashboard or a report, one of the two." in none.content.decode()
    assert not ScheduledReport.objects.exists()


def test_its_owner_changes_it_and_a_recipient_does_not(log_in: LogIn, lea: User, max_: User, board: Dashboard) -> None:
    row = a_schedule(lea, max_, of=board)
    link = reverse(f"{PAGE}_change", args=[row.pk])
    change = posted(board, max_, hour=9, seen_version=1)
    assert log_in(max_).post(link, change).status_code == 403
    assert log_in(max_).get(link).status_code == 200
    assert log_in(max_).post(reverse(f"{PAGE}_send", args=[row.pk])).status_code == 403
    assert log_in(lea).post(link, change).status_code == 302
    assert ScheduledReport.objects.get().hour == 9


def test_its_page_says_who_is_paused_and_why(
    log_in: LogIn, lea: User, max_: User, board: Dashboard, queue: Queue
) -> None:
    row = a_schedule(lea, lea, max_, of=board)
    User.objects.filter(pk=max_.pk).update(is_active=False)
    page = log_in(lea).get(reverse(f"{PAGE}_change", args=[row.pk])).content.decode()
    assert "left the company" in page and "paused" in page
    assert "No mailbox sends mail" in page
    a_mailbox(queue)
    page = log_in(lea).get(reverse(f"{PAGE}_change", args=[row.pk])).content.decode()
    assert "No mailbox sends mail" not in page and "Send now" in page


def test_what_a_recipient_does_not_see_any_more_is_not_named_to_them(
    log_in: LogIn, lea: User, max_: User, board: Dashboard
) -> None:
    row = a_schedule(lea, max_, of=board)
    client = log_in(max_)
    pages = [reverse(f"{PAGE}_change", args=[row.pk]), reverse(f"{PAGE}_changelist")]
    assert all("Plan Z" in client.get(page).content.decode() for page in pages)
    write_dashboard(dashboard=board, changes={"is_shared": False}, by=lea, at=NOW)
    report = saved(lea, name="Plan Z too", is_shared=True)
    a_schedule(lea, max_, of=report)
    write_report(report=report, changes={"is_shared": False}, by=lea, at=NOW)
    for page in pages:
        html = client.get(page).content.decode()
        assert "Plan Z" not in html and "(gone, or not yours to see)" in html


def test_it_is_sent_now(log_in: LogIn, lea: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, of=board)
    page = log_in(lea).post(reverse(f"{PAGE}_send", args=[row.pk]), follow=True)
    assert "A worker writes it" in page.content.decode()
    assert Job.objects.get().subject_id == row.pk


def test_a_recipient_leaves(log_in: LogIn, lea: User, max_: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, max_, of=board)
    page = log_in(max_).post(reverse(f"{PAGE}_leave", args=[row.pk]), follow=True)
    assert "You get it no longer." in page.content.decode()
    assert list(row.recipients.all()) == [lea]
    assert log_in(max_).get(reverse(f"{PAGE}_change", args=[row.pk])).status_code == 404


def test_an_outsider_gets_404(log_in: LogIn, lea: User, otto: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, of=board)
    client = log_in(otto)
    assert client.get(reverse(f"{PAGE}_change", args=[row.pk])).status_code == 404
    for verb in ("send", "leave"):
        assert client.post(reverse(f"{PAGE}_{verb}", args=[row.pk])).status_code == 404
        assert client.get(reverse(f"{PAGE}_{verb}", args=[row.pk])).status_code == 405
