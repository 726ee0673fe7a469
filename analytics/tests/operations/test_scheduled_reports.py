"""What comes by mail: who may have it sent to whom, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from analytics.models import Dashboard, ScheduledReport
from analytics.operations.leave_scheduled_report import leave_scheduled_report
from analytics.operations.mail_hindrance import mail_hindrance
from analytics.operations.plan_report_mails import plan_report_mails
from analytics.operations.send_scheduled_report import send_scheduled_report
from analytics.operations.write_dashboard import write_dashboard
from analytics.operations.write_scheduled_report import write_scheduled_report
from analytics.tests.admin.test_behaviour_reports import saved
from analytics.tests.boards import a_board, a_schedule
from analytics.tests.boards import lea as lea
from analytics.tests.boards import max_ as max_
from customers.audit.record import values_of
from customers.models import AuditEntry, Job, Team, User
from tests.cast import NOW

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 6, 8, 7, tzinfo=UTC)


@pytest.fixture
def board(lea: User, north: Team) -> Dashboard:
    return a_board(lea, is_shared=True, team=north)


def test_it_is_due_at_its_time_in_its_zone(lea: User, board: Dashboard) -> None:
    assert a_schedule(lea, lea, of=board).next_at == MONDAY
    away = a_schedule(lea, lea, of=board, time_zone="Asia/Shanghai")
    assert away.next_at == MONDAY - timedelta(hours=8)
    write_scheduled_report(schedule=away, changes={"is_active": False}, by=lea, at=NOW)
    assert ScheduledReport.objects.get(pk=away.pk).next_at is None


def test_who_gets_it_is_on_record(lea: User, max_: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, of=board)
    write_scheduled_report(schedule=row, changes={"recipients": [lea, max_]}, by=lea, at=NOW)
    entry = AuditEntry.objects.filter(model="analytics.scheduledreport").order_by("-pk")[0]
    assert (values_of(entry) or {})["changes"]["recipients"] == [["lea"], ["lea", "max"]]


def test_nobody_gets_what_they_may_not_see_or_take_out(
    lea: User, ann: User, otto: User, max_: User, board: Dashboard
) -> None:
    User.objects.exclude(pk=max_.pk).update(email="x@candid.example")
    User.objects.filter(pk=max_.pk).update(email="")
    reasons = {who: mail_hindrance(a_schedule(lea, lea, of=board), User.objects.get(username=who)) for who in NAMES}
    assert reasons == {"lea": "", "ann": "export", "otto": "sight", "max": "address"}
    for who in (ann, otto, max_):
        with pytest.raises(ValidationError) as refused:
            a_schedule(lea, lea, User.objects.get(pk=who.pk), of=board)
        assert list(refused.value.message_dict) == ["recipients"]


NAMES = ("lea", "ann", "otto", "max")


def test_whoever_left_gets_nothing(lea: User, max_: User, board: Dashboard) -> None:
    row = a_schedule(lea, max_, of=board)
    max_.is_active = False
    assert mail_hindrance(row, max_) == "left"


def test_who_does_not_see_it_schedules_nothing_of_it(lea: User, max_: User) -> None:
    private, report = a_board(lea), saved(lea)
    for of in (private, report):
        with pytest.raises(ValidationError, match="gone, or you may not see it"):
            a_schedule(max_, max_, of=of)


def test_it_is_of_one_thing_and_to_somebody(lea: User, board: Dashboard) -> None:
    with pytest.raises(ValidationError):
        a_schedule(lea, lea, of=board, report=saved(lea))
    with pytest.raises(ValidationError, match="colleagues"):
        a_schedule(lea, of=board)
    with pytest.raises(ValidationError, match="time zone"):
        a_schedule(lea, lea, of=board, time_zone="Nowhere/Else")


def test_only_its_owner_changes_it_and_sends_it(lea: User, max_: User, board: Dashboard) -> None:
    row = a_schedule(lea, max_, of=board)
    with pytest.raises(ValidationError, match="Only its owner"):
        write_scheduled_report(schedule=row, changes={"hour": 9}, by=max_, at=NOW)
    with pytest.raises(ValidationError, match="Only its owner"):
        send_scheduled_report(schedule=row, by=max_, at=NOW)


def test_owner_and_recipients_see_it_and_nobody_else(lea: User, max_: User, ann: User, board: Dashboard) -> None:
    row = a_schedule(lea, max_, of=board)
    for user in (lea, max_):
        assert list(ScheduledReport.objects.visible_to(user)) == [row]
    assert not ScheduledReport.objects.visible_to(ann).exists()
    leave_scheduled_report(schedule=row, by=max_, at=NOW)
    assert not ScheduledReport.objects.visible_to(max_).exists()


def test_what_is_due_becomes_one_job_however_often_it_is_asked(lea: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, of=board)
    assert plan_report_mails(at=MONDAY - timedelta(seconds=1)) == []
    assert len(plan_report_mails(at=MONDAY)) == 1
    assert plan_report_mails(at=MONDAY) == []
    assert Job.objects.get().subject_id == row.pk
    assert ScheduledReport.objects.get().next_at == MONDAY + timedelta(days=7)


def test_of_times_that_were_missed_one_is_made_up_for(lea: User, board: Dashboard) -> None:
    a_schedule(lea, lea, of=board, every="day", hour=7)
    late = NOW + timedelta(days=5)
    assert len(plan_report_mails(at=late)) == 1
    assert plan_report_mails(at=late) == []


def test_two_that_plan_at_once_make_one_job(lea: User, board: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    from analytics.operations import plan_report_mails as module

    row = a_schedule(lea, lea, of=board)
    before = ScheduledReport.objects.get(pk=row.pk)  # as the slower one has read it
    assert len(plan_report_mails(at=MONDAY)) == 1
    assert module._plan(before, MONDAY) is None
    assert Job.objects.count() == 1


def test_it_is_sent_now_by_one_job_at_a_time(lea: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, of=board)
    job = send_scheduled_report(schedule=row, by=lea, at=NOW)
    assert send_scheduled_report(schedule=row, by=lea, at=NOW) == job
    assert AuditEntry.objects.filter(model="analytics.scheduledreport", kind="done").count() == 1
    write_dashboard(dashboard=board, changes={"is_shared": False, "team": None}, by=lea, at=NOW)
    assert Job.objects.count() == 1
