"""A sender that is killed in the middle of a mail: nothing is lost, and at worst one mail comes twice, as the same."""

import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from customers.choices import LeaseState
from services.models import Mailbox, OutboundMail, Queue
from services.operations.deliver_mail import deliver_mail
from services.tests.mail_server import a_mailbox, smtp_server
from services.tests.operations.test_deliver_mail import a_mail
from tests.cast import NOW
from tests.races import at_once

SENDER = [sys.executable, "manage.py", "run_due"]


def database_url(tmp_path: Path) -> str:
    """The database of this test, for another process. SQLite's lies in memory: a copy of it in a file."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(tmp_path / "copy.sqlite3")
        connection.connection.backup(copy)
        copy.close()
        return f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    kind = "postgres" if connection.vendor == "postgresql" else "mysql"
    user = f"{values['USER']}:{values['PASSWORD']}" if values["PASSWORD"] else values["USER"]
    return f"{kind}://{user}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_between_250_and_its_commit_sends_the_same_mail_once_more(queue: Queue, tmp_path: Path) -> None:
    if connection.vendor != "sqlite" and not connection.settings_dict["PORT"]:
        pytest.skip("the server of this database is reached by a socket")
    with smtp_server() as server:
        mailbox = a_mailbox(queue, server.port)
        mails = [a_mail(mailbox, f"{name}@example.com") for name in "abc"]
        environment = os.environ | {
            "DATABASE_URL": database_url(tmp_path),
            "CRM_VAR_DIR": str(tmp_path),
            "SECRET_KEY": settings.SECRET_KEY,
            "CRM_ENCRYPTION_KEY": os.environ.get("CRM_ENCRYPTION_KEY", ""),
        }
        sender = subprocess.Popen(SENDER, env=environment, cwd=settings.BASE_DIR)  # noqa: S603
        server.before_250 = lambda: os.kill(sender.pid, 9) if len(server.mails) == 2 else None
        assert sender.wait(timeout=120) == -9
        assert len(server.mails) == 2
        server.before_250 = None
        _let_the_lease_run_out(tmp_path)
        for _ in range(2):
            subprocess.run(SENDER, env=environment, cwd=settings.BASE_DIR, check=True, timeout=120)  # noqa: S603
    ids = server.ids()
    assert sorted(set(ids)) == sorted(mail.internet_id for mail in mails)  # none lost
    assert len(ids) == 4 and ids[1] in (ids[2], ids[3])  # the one that was on its way, as the same mail


def _let_the_lease_run_out(tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
            states = [row[0] for row in copy.execute("SELECT state FROM services_outboundmail ORDER BY state")]
            assert states == ["done", "leased", "todo"]
            copy.execute("UPDATE services_outboundmail SET lease_until = '2020-01-01' WHERE state = 'leased'")
        return
    assert OutboundMail.objects.filter(state=LeaseState.LEASED).update(lease_until=Now() - timedelta(hours=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_many_loops_at_once_send_each_mail_once(queue: Queue) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    with smtp_server() as server:
        first = a_mailbox(queue, server.port)
        second = a_mailbox(queue, server.port, name="Second", address="second@example.org")
        for number in range(40):
            a_mail((first, second)[number % 2], f"{number}@example.com")
        done = at_once(*[lambda: deliver_mail(clock=lambda: NOW)] * 4)
    assert sum(one.sent for one in done) == 40
    assert len(server.mails) == 40 and len(set(server.ids())) == 40
    assert set(OutboundMail.objects.values_list("state", "attempts")) == {("done", 1)}
    assert Mailbox.objects.filter(send_error="").count() == 2


def test_two_loops_one_after_the_other_send_once(queue: Queue) -> None:
    with smtp_server() as server:
        a_mail(a_mailbox(queue, server.port))
        sent: list[Any] = [deliver_mail(clock=lambda: NOW).sent for _ in range(2)]
    assert sent == [1, 0] and len(server.mails) == 1
