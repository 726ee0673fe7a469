"""Against a real IMAP server."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from launcher.ports import HOST

from services.mail.imap import Folder
from services.models import InboundMail, Mailbox, Queue, Ticket
from services.operations import fetch_mailbox as module
from services.operations.fetch_mailbox import due_mailboxes, fetch_mailbox, lease_mailbox
from services.operations.file_waiting_mails import file_waiting_mails
from services.operations.store_mail import store_mail
from services.operations.watch_mailbox import watch_mailbox
from services.tests.operations.mails import ADDRESS, mail
from tests.mail.imap_server import PASSWORD, USER, ImapServer, an_imap_server, is_installed
from tests.mail.seeds import SEEDS

pytestmark = [
    pytest.mark.usefixtures("var", "fresh_keys"),
    pytest.mark.dovecot,
    pytest.mark.skipif(not is_installed(), reason="no Dovecot on this machine (apt install dovecot-imapd)"),
]


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with an_imap_server() as running:
        yield running


@pytest.fixture
def box(queue: Queue, server: ImapServer) -> Mailbox:
    return a_box(queue, server.port)


def a_box(queue: Queue, port: int) -> Mailbox:
    return Mailbox.objects.create(
        name="Help",
        address=ADDRESS,
        queue=queue,
        fetch_method="imap",
        fetch_host=HOST,
        fetch_port=port,
        fetch_security="none",
        fetch_user=USER,
        fetch_secret=PASSWORD,
        version=0,
    )


def fetch(box: Mailbox) -> int | None:
    box.refresh_from_db()
    return fetch_mailbox(mailbox=box, clock=timezone.now)


def test_new_mail_becomes_tickets_once(box: Mailbox, server: ImapServer) -> None:
    server.deliver(mail("One", number=1))
    server.deliver(mail("Two", number=2))
    assert fetch(box) == 2
    assert fetch(box) == 0
    file_waiting_mails(at=timezone.now())
    assert sorted(Ticket.objects.values_list("messages__body", flat=True)) == ["One", "Two"]
    box.refresh_from_db()
    assert (box.last_uid, box.fetch_error, box.fetch_token) == (2, "", None)
    assert box.fetched_at is not None


def test_what_somebody_read_in_another_program_is_taken_all_the_same(box: Mailbox, server: ImapServer) -> None:
    server.deliver(mail())
    server.do("STORE", "1", "+FLAGS", "(\\Seen)")
    assert fetch(box) == 1
    assert server.do("SEARCH", "UNSEEN") == [b""]
    server.deliver(mail(number=2))
    assert fetch(box) == 1
    assert server.do("SEARCH", "UNSEEN") == [b"2"]  # and nothing is marked as read by us


def test_another_uidvalidity_doubles_nothing_and_loses_nothing(box: Mailbox, server: ImapServer) -> None:
    server.deliver(mail(number=1))
    fetch(box)
    before = Mailbox.objects.get().uid_validity
    server.deliver(mail(number=2))
    server.make_anew()
    assert fetch(box) == 1
    box.refresh_from_db()
    assert box.uid_validity != before
    assert InboundMail.objects.count() == 2


def test_what_comes_while_a_new_mailbox_is_looked_at_is_not_passed_over(
    box: Mailbox, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Folder.uids_since

    def meanwhile(folder: Folder, day: Any) -> list[int]:
        if not InboundMail.objects.exists() and folder.uids_after(0) == []:
            server.deliver(mail())
        return late(folder, day)

    monkeypatch.setattr(Folder, "uids_since", meanwhile)
    fetch(box)
    monkeypatch.undo()
    fetch(box)
    assert InboundMail.objects.count() == 1


def test_no_mail_stops_the_mailbox(box: Mailbox, server: ImapServer) -> None:
    for raw in SEEDS.values():
        if raw:
            server.deliver(raw.replace(b"\0", b"?"))  # IMAP has no NUL in literals
    fetch(box)
    file_waiting_mails(at=timezone.now())
    assert not InboundMail.objects.filter(outcome="waiting").exists()
    assert InboundMail.objects.count() == sum(1 for raw in SEEDS.values() if raw)


def test_a_mail_that_is_too_large_is_taken_in_part(box: Mailbox, server: ImapServer, settings: Any) -> None:
    settings.MAIL_MOST_BYTES = 1024 * 1024
    server.deliver(mail("x" * 2_000_000))
    fetch(box)
    file_waiting_mails(at=timezone.now())
    taken = InboundMail.objects.get()
    assert (taken.is_cut, taken.size) == (True, 1024 * 1024)
    assert taken.message is not None
    assert taken.message.body.endswith("This mail was larger than 1 MB: only its beginning was taken.")


def test_a_server_that_refuses_is_told_on_the_mailbox_and_asked_later(box: Mailbox, server: ImapServer) -> None:
    box.fetch_secret = "wrong"
    box.save()
    for failures in (1, 2):
        assert fetch(box) is None
        box.refresh_from_db()
        assert (box.fetch_error, box.fetch_failures) == ("login", failures)
    assert box.fetch_due_at is not None
    assert box.fetch_due_at > timezone.now() + timedelta(seconds=100)
    assert not due_mailboxes(at=timezone.now()).exists()
    assert due_mailboxes(at=timezone.now() + timedelta(minutes=5)).exists()


@pytest.mark.parametrize(
    ("changes", "problem"), [({"fetch_folder": "Nowhere"}, "folder"), ({"fetch_port": 1}, "refused")]
)
def test_it_says_what_is_wrong(box: Mailbox, changes: dict[str, Any], problem: str) -> None:
    for name, value in changes.items():
        setattr(box, name, value)
    box.save()
    assert fetch(box) is None
    box.refresh_from_db()
    assert box.fetch_error == problem


def test_two_never_fetch_one_mailbox_at_once(box: Mailbox, server: ImapServer) -> None:
    server.deliver(mail())
    assert lease_mailbox(box) is not None
    assert fetch(box) is None
    assert InboundMail.objects.count() == 0


def test_whoever_lost_the_lease_moves_nothing(
    box: Mailbox, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(mail())
    store = store_mail

    def slow(**values: Any) -> Any:
        Mailbox.objects.update(fetch_token="00000000-0000-0000-0000-000000000001", last_uid=7)
        return store(**values)

    monkeypatch.setattr(module, "store_mail", slow)
    assert fetch(box) is None
    box.refresh_from_db()
    assert (str(box.fetch_token), box.last_uid) == ("00000000-0000-0000-0000-000000000001", 7)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("without_idle", [False, True])
def test_watched_it_takes_mail_in_as_it_comes(
    queue: Queue, without_idle: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.operations import watch_mailbox as watching

    monkeypatch.setattr(watching, "LISTEN_SECONDS", 0.5)
    monkeypatch.setattr(watching, "POLL_SECONDS", 1.0)
    monkeypatch.setattr(watching, "FIRST_WAIT", 0.2)
    stop = threading.Event()
    with an_imap_server(without_idle=without_idle) as server:
        box = a_box(queue, server.port)

        def watch() -> None:
            try:
                watch_mailbox(mailbox=box, clock=timezone.now, stop=stop)
            finally:
                connection.close()

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            for number in (1, 2):
                server.deliver(mail(number=number))
                _await_tickets(number)
        finally:
            stop.set()
            thread.join(20)
        assert not thread.is_alive()


FETCHER = """
import django, os, signal, sys
django.setup()
from django.utils import timezone
from services.models import Mailbox
from services.operations import fetch_mailbox as module
store = module.store_mail
def store_and_die(**values):
    done = store(**values)
    print("stored", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    return done
module.store_mail = store_and_die
module.fetch_mailbox(mailbox=Mailbox.objects.get(), clock=timezone.now)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_between_storing_and_moving_on_it_loses_and_doubles_nothing(queue: Queue, var: Path) -> None:
    with an_imap_server() as server:
        box = a_box(queue, server.port)
        for number in (1, 2, 3):
            server.deliver(mail(number=number))
        for _round in range(3):
            died = subprocess.run(  # noqa: S603 - our own words
                [sys.executable, "-c", FETCHER], env=_same_place(var), capture_output=True, timeout=120
            )
            assert died.returncode == -signal.SIGKILL, died.stderr.decode()
            Mailbox.objects.update(fetch_lease_until=None)  # as when it has run out
        assert InboundMail.objects.count() == 1  # it died each time at the first
        assert fetch(box) == 2
        file_waiting_mails(at=timezone.now())
        assert Ticket.objects.count() == 3


def _same_place(var: Path) -> dict[str, str]:
    """The environment of a process that works on the database and the files of this test."""
    name = connection.settings_dict["NAME"]
    database = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        scheme = {"postgresql": "postgres", "mysql": "mysql"}[connection.vendor]
        user, password = database.get("USER", ""), database.get("PASSWORD", "")
        host, port = database.get("HOST", ""), database.get("PORT", "")
        url = f"{scheme}://{user}:{password}@{host}:{port}/{name}"
    keys = {"DATABASE_URL": url, "CRM_VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "crm.settings"}
    return {**os.environ, "PYTHONPATH": str(settings.BASE_DIR), **keys}


def _await_tickets(number: int) -> None:
    until = time.monotonic() + 30
    while Ticket.objects.count() < number:
        assert time.monotonic() < until, InboundMail.objects.values_list("outcome", "error")
        time.sleep(0.1)
