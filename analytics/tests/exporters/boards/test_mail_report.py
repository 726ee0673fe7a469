"""Scheduled reports are written for each recipient, of what they see, once."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from analytics.exporters.boards import mail as module
from analytics.exporters.boards.file import tell_board
from analytics.exporters.boards.mail import mail_report
from analytics.models import Dashboard, ScheduledReport
from analytics.operations.plan_report_mails import plan_report_mails
from analytics.operations.send_scheduled_report import send_scheduled_report
from analytics.operations.write_dashboard import write_dashboard
from analytics.tests.admin.test_behaviour_reports import events as events
from analytics.tests.admin.test_behaviour_reports import saved
from analytics.tests.boards import a_board, a_schedule, a_tile
from analytics.tests.boards import lea as lea
from analytics.tests.boards import max_ as max_
from customers.models import AuditEntry, Customer, Job, Team, User
from customers.operations.work_jobs import work_jobs
from services.models import Mailbox, OutboundMail, Queue
from services.operations.compose_mail import compose_mail
from services.tests.mail_server import a_mailbox
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 6, 8, 7, tzinfo=UTC)


@pytest.fixture
def mailbox(queue: Queue) -> Mailbox:
    return a_mailbox(queue)


@pytest.fixture
def board(lea: User, events: None) -> Dashboard:
    """Everybody's: a funnel."""
    board = a_board(lea, is_shared=True)
    a_tile(board, lea, "report", "funnel", report=saved(lea, is_shared=True))
    return board


@pytest.fixture
def sam(south: Team) -> User:
    """Sam, who leads South."""
    return make_user("sam", south, role="Lead", email="sam@candid.example")


def enclosed(mail: OutboundMail) -> tuple[str, bytes]:
    letter: Any = message_from_bytes(compose_mail(mail=mail, at=NOW).content, policy=policy.default)
    (part,) = letter.iter_attachments()
    return part.get_filename(), part.get_content()


def work() -> None:
    for _job in work_jobs(clock=lambda: NOW):
        pass


@pytest.mark.usefixtures("mailbox")
def test_each_gets_what_they_see(lea: User, sam: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, sam, of=board, format="xlsx")
    assert mail_report(schedule=row, occasion="a", at=NOW) == {str(lea.pk): "sent", str(sam.pk): "sent"}
    people = {}
    for mail in OutboundMail.objects.filter(purpose="report"):
        name, content = enclosed(mail)
        assert name == f"dashboard-{board.pk}-2026-06-03.xlsx"
        sheet = load_workbook(BytesIO(content)).worksheets[0]
        people[mail.recipient] = [row[1].value for row in sheet.iter_rows(min_row=2)]
    assert people == {"lea@candid.example": [2, 2, 1], "sam@candid.example": [1, 0, 0]}


@pytest.mark.usefixtures("mailbox")
def test_the_mail_says_what_it_is_and_how_it_ends(lea: User, board: Dashboard) -> None:
    mail_report(schedule=a_schedule(lea, lea, of=board), occasion="a", at=NOW)
    mail = OutboundMail.objects.get()
    assert mail.subject == "Monday, 3 Jun 2026" and mail.is_automatic and mail.user == lea
    assert mail.body is not None and "/board/" in mail.body and "/scheduledreport/" in mail.body
    _name, content = enclosed(mail)
    assert "As lea sees it" in PdfReader(BytesIO(content)).pages[0].extract_text()


@pytest.mark.usefixtures("mailbox")
def test_it_is_in_the_language_and_on_the_clock_that_were_chosen(lea: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, of=board, language="zh-hans", time_zone="Asia/Shanghai")
    late = NOW.replace(hour=20)  # in Shanghai it is the next day
    mail_report(schedule=row, occasion="a", at=late)
    name, _content = enclosed(OutboundMail.objects.get())
    assert name.endswith("2026-06-04.pdf")
    assert "2026年6月4日" in (OutboundMail.objects.get().subject or "")


@pytest.mark.usefixtures("mailbox")
def test_one_report_comes_in_full(lea: User, events: None) -> None:
    report = saved(lea, "retention")
    mail_report(schedule=a_schedule(lea, lea, of=report), occasion="a", at=NOW)
    name, content = enclosed(OutboundMail.objects.get())
    assert name.startswith(f"report-{report.pk}-")
    assert "My retention" in PdfReader(BytesIO(content)).pages[0].extract_text()


@pytest.mark.usefixtures("mailbox")
def test_of_one_occasion_each_gets_one_mail(lea: User, sam: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, sam, of=board)
    for _ in range(3):
        assert set(mail_report(schedule=row, occasion="a", at=NOW).values()) == {"sent"}
    assert OutboundMail.objects.count() == 2
    mail_report(schedule=row, occasion="b", at=NOW)
    assert OutboundMail.objects.count() == 4
    assert AuditEntry.objects.filter(kind="exported", model="analytics.scheduledreport").count() == 4


@pytest.mark.usefixtures("mailbox")
def test_whoever_lost_sight_or_left_is_paused_and_goes_on_when_they_may_again(
    lea: User, sam: User, max_: User, board: Dashboard, north: Team
) -> None:
    row = a_schedule(lea, lea, sam, max_, of=board)
    write_dashboard(dashboard=board, changes={"team": north}, by=lea, at=NOW)
    User.objects.filter(pk=max_.pk).update(is_active=False)
    outcome = mail_report(schedule=row, occasion="a", at=NOW)
    assert outcome == {str(lea.pk): "sent", str(sam.pk): "sight", str(max_.pk): "left"}
    assert ScheduledReport.objects.get().outcome == outcome
    write_dashboard(dashboard=board, changes={"team": None}, by=lea, at=NOW)
    assert mail_report(schedule=row, occasion="b", at=NOW)[str(sam.pk)] == "sent"


def test_without_a_mailbox_nothing_is_sent_and_that_is_said(lea: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, of=board)
    assert mail_report(schedule=row, occasion="a", at=NOW) == {str(lea.pk): "mailbox"}
    assert not OutboundMail.objects.exists()


@pytest.mark.usefixtures("mailbox")
def test_what_cannot_be_made_for_one_keeps_nothing_from_the_others(
    lea: User, sam: User, board: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, real = a_schedule(lea, lea, sam, of=board), tell_board

    def broken(**given: Any) -> Any:
        if given["user"] == lea:
            raise ZeroDivisionError
        return real(**given)

    monkeypatch.setattr(module, "tell_board", broken)
    assert mail_report(schedule=row, occasion="a", at=NOW) == {str(lea.pk): "failed", str(sam.pk): "sent"}


@pytest.mark.usefixtures("mailbox")
def test_a_file_that_no_mail_holds_is_not_sent(lea: User, board: Dashboard, settings: Any) -> None:
    settings.MAIL_FILES_MB = 0
    row = a_schedule(lea, lea, of=board)
    assert mail_report(schedule=row, occasion="a", at=NOW) == {str(lea.pk): "size"}


@pytest.mark.usefixtures("mailbox")
def test_beat_and_worker_send_it_at_its_time_once(lea: User, board: Dashboard) -> None:
    a_schedule(lea, lea, of=board)
    for minute in range(3):
        plan_report_mails(at=MONDAY + timedelta(minutes=minute))
        work()
    assert Job.objects.get().result == {"mails": 1, "left_out": 0}
    assert OutboundMail.objects.count() == 1


@pytest.mark.usefixtures("mailbox")
def test_one_that_was_deleted_meanwhile_ends_its_job(lea: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, of=board)
    send_scheduled_report(schedule=row, by=lea, at=NOW)
    row.delete()
    work()
    assert Job.objects.get().state == "failed" and not OutboundMail.objects.exists()


@pytest.mark.usefixtures("mailbox")
def test_who_is_erased_meanwhile_is_not_counted(lea: User, board: Dashboard, acme: Customer) -> None:
    row = a_schedule(lea, lea, of=board, format="xlsx")
    Customer.objects.filter(pk=acme.pk).update(profiling_objected_at=NOW)
    mail_report(schedule=row, occasion="a", at=NOW)
    sheet = load_workbook(BytesIO(enclosed(OutboundMail.objects.get())[1])).worksheets[0]
    assert [one[1].value for one in sheet.iter_rows(min_row=2)] == [1, 1, 0]
