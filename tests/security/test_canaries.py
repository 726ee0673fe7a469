"""Contact data written through every path is nowhere in clear: not in the database's files, its log of writes, a dump,
the program's logs, Redis, or the files beside messages.

Meant are e-mail addresses, telephone numbers, postal addresses and messenger names: of customers, in filters, in
answers that are kept to be given again, and in the audit record. Names and the texts of messages are not encrypted
(decision 0002). Files of imports, what was seen in them, reports of refused rows and exports, which wait for some days
below VAR_DIR, are looked through from the first byte to the last."""

import io
import logging
import os
import re
import sqlite3
import subprocess
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import current_app
from django.conf import settings as usual
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from launcher.databases import postgres_binary

from customers.importers.draft_import import draft_import
from customers.importers.jobs import start_check, start_import
from customers.models import AuditEntry, ContactPoint, Customer, Export, ImportBatch, Job, Segment, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.create_segment import create_segment
from customers.operations.forget_exports import export_file, open_export
from customers.operations.merge_customers import merge_customers
from customers.operations.seal_audit import seal_audit
from customers.operations.start_export import start_export
from customers.operations.start_person_export import start_person_export
from customers.operations.sweep_duplicates import sweep_duplicates
from customers.operations.undo_import import undo_import
from customers.operations.uploads import keep_file, new_upload, open_report
from customers.operations.work_jobs import work_jobs
from customers.tasks import poke, work
from customers.tests.admin.forms import posted
from services.choices import MessageKind
from services.models import (
    Attachment,
    Calendar,
    Mailbox,
    PortalLogin,
    Queue,
    Ticket,
    WebForm,
    WebFormSubmission,
)
from services.operations.attach_file import attach_file
from services.operations.open_ticket import open_ticket
from services.operations.release_submission import release_submission
from services.operations.write_web_form import write_web_form
from tests.cast import NOW, make_user
from tests.client import url, with_token
from tests.security.canary import Canary, files_below

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def canary() -> Canary:
    return Canary()


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the program logs, as production writes it, and every record besides."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s %(pathname)s"))
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "django.server", "crm")]
    for logger in loggers:
        logger.addHandler(handler)
    before = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    yield written
    logging.getLogger().setLevel(before)
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def written(canary: Canary, log: io.StringIO) -> list[str]:
    """Marked values through every path. Returns the kinds of contact points that stand in the end."""
    team = Team.objects.create(name="North")
    bob, ann = make_user("bob", team, role="Back office"), make_user("ann", team, role="Agent")
    root = make_user("root", team, is_superuser=True)
    _by_admin(canary, bob)
    first = _by_api(canary, root, team)
    _by_verbs(canary, bob, team, first)
    _by_imports(canary, bob, team)
    _by_filters(canary, bob)
    _at_the_desk(canary, ann, team, first)
    _by_forms(canary, ann)
    seal_audit(at=timezone.now())
    kinds = ContactPoint.objects.order_by("kind").values_list("kind", flat=True).distinct()
    assert AuditEntry.objects.count() > 20 and Job.objects.filter(state="done").count() >= 3
    return list(kinds)


def _by_admin(canary: Canary, bob: User) -> None:
    client = Client()
    client.force_login(bob)
    address = reverse("admin:customers_customer_add")
    data = posted(client, address) | {"name": "By admin", "team": Team.objects.get(name="North").pk}
    for number, (kind, value) in enumerate(
        [("email", canary.email("form")), ("phone", canary.phone), ("address", canary.address("form"))]
    ):
        data |= {f"contact_points-{number}-kind": kind, f"contact_points-{number}-value": value}
    data["contact_points-TOTAL_FORMS"] = 3
    response = client.post(address, data)
    assert response.status_code == 302, response.context["errors"]
    row = Customer.objects.get(name="By admin")
    assert row.contact_points.count() == 3
    change = reverse("admin:customers_customer_change", args=[row.pk])
    again = posted(client, change)
    index = next(name for name, value in again.items() if value == canary.email("form"))
    assert client.post(change, {**again, index: canary.email("formtwo")}).status_code == 302
    refused = client.post(change, {**posted(client, change), "name": ""})  # a page with everything on it, refused
    assert refused.status_code == 200
    for page in ("customers_customer_page", "customers_customer_history"):
        assert canary.mark in client.get(reverse(f"admin:{page}", args=[row.pk])).content.decode()
    found = client.get(reverse("admin:customers_customer_changelist"), {"q": canary.email("formtwo")})
    assert "By admin" in found.content.decode()


def _by_api(canary: Canary, root: User, team: Team) -> Customer:
    client = with_token(root)
    points: list[dict[str, Any]] = [
        {"kind": "email", "value": canary.email("api"), "is_primary": True},
        {"kind": "messenger", "value": canary.messenger("api")},
    ]
    body = {"name": "By API", "team": team.pk, "contact_points": points}
    for _ in range(2):  # the answer is kept, and given again
        response = client.post(url("customers/"), body, headers={"Idempotency-Key": "once"})
        assert response.status_code == 201, response.content
    row = Customer.objects.get(name="By API")
    changed = [{**points[0], "value": canary.email("apitwo")}, points[1]]
    patched = client.patch(url(f"customers/{row.pk}/"), {"contact_points": changed}, headers={"If-Match": "*"})
    assert patched.status_code == 200
    for query in ({"email": canary.email("apitwo")}, {"q": canary.email("apitwo")}, {"phone": canary.phone}):
        assert client.get(url("customers/"), query).json()["results"], query
    refused = {"name": "", "team": team.pk, "contact_points": points}
    assert client.post(url("customers/"), refused, headers={"Idempotency-Key": "no"}).status_code == 400
    assert client.get(url("audit/")).status_code == 200
    return row


def _by_verbs(canary: Canary, bob: User, team: Team, first: Customer) -> None:
    twin = Customer.objects.create(name="By API", team=team)
    for who, value in ((twin, canary.email("apitwo")), (twin, canary.email("twin")), (first, canary.email("gone"))):
        add_contact_point(customer=who, kind="email", value=value, at=NOW)
    sweep_duplicates(at=timezone.now())
    merge_customers(kept=first, gone=twin, by=bob, at=NOW)  # what both have cannot go over, and is remembered
    ContactPoint.objects.get(customer=first, blind_index=_index_of(canary.email("gone"))).delete()


def _index_of(value: str) -> str:
    from customers.encryption.blind_index import blind_index

    return blind_index("email", value)


def _by_imports(canary: Canary, bob: User, team: Team) -> None:
    def bring(name: str, *lines: str) -> ImportBatch:
        folder = new_upload()
        keep_file(folder, name, ["\n".join(["id,name,email,phone,address", *lines]).encode()])
        batch = draft_import(folder=folder, by=bob, team=team, source="shop", at=NOW)
        start_check(batch=batch, by=bob, at=NOW)
        list(work_jobs(clock=timezone.now))
        batch.refresh_from_db()
        start_import(batch=batch, by=bob, at=NOW)
        list(work_jobs(clock=timezone.now))
        batch.refresh_from_db()
        assert batch.state == "done", batch.error
        return batch

    kept = f'1,Imported,{canary.email("file")},{canary.phone},"{canary.address("file")}"'
    bring("one.csv", kept, f"2,,{canary.email('refused')},,", f"3,Other,{canary.email('three')},,")
    bring("two.csv", kept.replace(canary.email("file"), canary.email("filetwo")))
    undo_import(batch=bring("three.csv", f"4,Undone,{canary.email('undone')},,"), by=bob, at=NOW)


def _by_filters(canary: Canary, bob: User) -> None:
    asked = {"fact": "email", "op": "is", "value": canary.email("filetwo")}
    create_segment(name="Asked", definition={"groups": [{"conditions": [asked]}]}, owner=bob, at=NOW)
    assert Segment.objects.exists()
    start_export(model=Customer, query=f"q={canary.email('filetwo')}", format="csv", by=bob, at=NOW)
    list(work_jobs(clock=timezone.now))
    client = Client()
    client.force_login(bob)
    address = reverse("admin:customers_customer_export")
    exported = client.post(f"{address}?q={canary.email('filetwo')}", {"format": "csv"})
    assert canary.mark.encode() in b"".join(exported.streaming_content)  # type: ignore[attr-defined]


def _at_the_desk(canary: Canary, ann: User, team: Team, customer: Customer) -> None:
    queue = Queue.objects.create(name="Desk", team=team, calendar=Calendar.objects.get(name="Office hours"))
    ticket: Ticket = open_ticket(customer=customer, subject="Leaks", queue=queue, by=ann, at=NOW, body="Help")
    client = Client()
    client.force_login(ann)
    client.post(reverse("admin:desk_reply", args=[ticket.pk]), {"body": "We call you."})
    assert client.get(reverse("admin:desk_customer", args=[ticket.pk])).status_code == 200
    text = f"{canary.address('file')}\n".encode()
    attach_file(ticket=ticket, kind=MessageKind.NOTE, name="a.txt", chunks=[text], by=ann, at=NOW)


def _by_forms(canary: Canary, ann: User) -> None:
    queue = Queue.objects.get(name="Desk")
    Mailbox.objects.create(name="Desk", address="desk@candid.example", queue=queue, send_host="smtp.candid.example")
    write_web_form(form=WebForm(), changes={"name": "Contact", "slug": "contact", "queue": queue}, at=NOW)
    client = Client()
    page = client.get(reverse("web-form", args=["contact"])).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]  # type: ignore[index]
    for email in ("held", "webform"):  # too quick, so both are held
        typed = {"stamp": stamp, "email": canary.email(email), "name": "Li", "subject": email, "body": email}
        assert client.post(reverse("web-form", args=["contact"]), typed).status_code == 303
    for submission in WebFormSubmission.objects.all():
        if submission.subject == "webform":
            release_submission(submission=submission, by=ann, at=timezone.now())
    assert client.post(reverse("portal-login"), {"email": canary.email("webform")}).status_code == 303
    assert PortalLogin.objects.exists()


def test_the_kinds_that_are_meant(written: list[str]) -> None:
    assert written == ["address", "email", "messenger", "phone"]


def test_it_would_be_found(canary: Canary, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"." * (5 * 1024 * 1024) + canary.email("a").encode())
    assert canary.found_in_file(tmp_path / "x")
    assert canary.found_in(f"tel {canary.phone}".encode())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")
def test_nothing_is_in_the_file_of_sqlite(written: list[str], canary: Canary, tmp_path: Path) -> None:
    name = Path(str(connection.settings_dict["NAME"]))
    beside = [name.with_name(name.name + end) for end in ("", "-wal", "-shm", "-journal")]
    files = [path for path in beside if path.exists()]
    assert files
    copy = tmp_path / "dump.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    text = tmp_path / "dump.sql"
    with sqlite3.connect(copy) as dumped:
        text.write_text("\n".join(dumped.iterdump()))
    assert "By admin" in text.read_text()  # names are not encrypted: it is the right database
    assert {str(path): found for path in (*files, copy, text) if (found := canary.found_in_file(path))} == {}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL")
def test_nothing_is_in_the_files_of_postgresql(written: list[str], canary: Canary, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
    given, dump = connection.settings_dict, tmp_path / "dump.sql"
    where = ["-h", given["HOST"], "-p", str(given["PORT"]), "-U", given["USER"], "-d", given["NAME"]]
    environment = {**os.environ, "PGPASSWORD": given["PASSWORD"] or ""}
    subprocess.run([postgres_binary("pg_dump"), *where, "-f", str(dump)], check=True, env=environment)  # noqa: S603
    assert "By admin" in dump.read_text()
    assert canary.found_in_file(dump) == []
    if os.access(folder, os.R_OK):  # the server of the tests is on this machine
        files = [path for path in files_below(folder) if path.parts[-3:-1] != ("pg_stat",)]
        assert any("pg_wal" in path.parts for path in files)
        assert {str(path): found for path in files if (found := _look(canary, path))} == {}


@pytest.mark.skipif(connection.vendor != "mysql", reason="of MariaDB")
def test_nothing_is_in_the_files_of_mariadb(written: list[str], canary: Canary, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@datadir")
        folder = Path(cursor.fetchone()[0])
        cursor.execute("SET GLOBAL innodb_max_dirty_pages_pct = 0")
    given, dump = connection.settings_dict, tmp_path / "dump.sql"
    where = [
        "-h",
        given["HOST"],
        "-P",
        str(given["PORT"]),
        "-u",
        given["USER"],
        f"--password={given['PASSWORD'] or ''}",
    ]
    with dump.open("wb") as out:
        command = ["mariadb-dump", *where, "--single-transaction", "--skip-ssl", given["NAME"]]
        subprocess.run(command, check=True, stdout=out)  # noqa: S603
    assert "By admin" in dump.read_text()
    assert canary.found_in_file(dump) == []
    if os.access(folder, os.R_OK):
        files = list(files_below(folder))
        assert any(path.name.startswith("ib_logfile") for path in files)
        assert {str(path): found for path in files if (found := _look(canary, path))} == {}


def _look(canary: Canary, path: Path) -> list[bytes]:
    try:
        return canary.found_in_file(path)
    except OSError:  # gone since
        return []


def test_nothing_is_in_the_logs(written: list[str], canary: Canary, log: io.StringIO) -> None:
    text = log.getvalue()
    assert "request" in text and len(text.splitlines()) > 20
    assert canary.found_in(text.encode()) == []


def test_nothing_is_in_the_files_beside_messages(written: list[str], canary: Canary, tmp_path: Path) -> None:
    files = list(files_below(tmp_path / "attachments"))
    assert len(files) >= Attachment.objects.count() == 1
    assert {str(path): found for path in files if (found := canary.found_in_file(path))} == {}


def test_nothing_is_in_the_files_of_imports_and_exports(written: list[str], canary: Canary, tmp_path: Path) -> None:
    bob, team = User.objects.get(username="bob"), Team.objects.get(name="North")
    start_person_export(customer=Customer.objects.get(name="By admin"), by=bob, at=NOW)
    list(work_jobs(clock=timezone.now))
    folder = new_upload()  # one that waits
    with zipfile.ZipFile(tmp_path / "packed", "w") as archive:
        archive.writestr("in.csv", f"id,name,email\n1,Waits,{canary.email('waits')}\n")
    keep_file(folder, "a.zip", [(tmp_path / "packed").read_bytes()])
    (tmp_path / "packed").unlink()
    line = f"{canary.email('id')},{'x' * 300},{canary.email('long')}\n"  # refused: the name is too long
    keep_file(folder, "b.csv", [f"id,name,email\n{line}".encode()])
    waiting = draft_import(folder=folder, by=bob, team=team, source="shop", at=NOW)
    start_check(batch=waiting, by=bob, at=NOW)
    list(work_jobs(clock=timezone.now))
    waiting.refresh_from_db()
    with open_report(Path(waiting.report_path)) as report:
        assert canary.email("id") in report.read().decode()
    lists = [export_file(export) for export in Export.objects.all()]
    assert len(lists) == 2 and all(lists)
    with open_export(Export.objects.get(person=None)) as file:
        assert canary.mark.encode() in file.read()  # it is the right file
    files = [path for path in files_below(tmp_path) if not path.name.endswith((".sqlite3", ".sql"))]
    folders = {path.relative_to(tmp_path).parts[0] for path in files}
    assert {"imports", "exports", "reports", "attachments"} <= folders
    assert {str(path): found for path in files if (found := canary.found_in_file(path))} == {}


def test_nothing_is_in_the_messages_to_workers(
    redis_url: str, canary: Canary, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    queue = f"canary-{uuid.uuid4()}"
    real: Any = work.apply_async
    with current_app.connection_for_write(redis_url) as broker, redis.Redis.from_url(redis_url) as client:

        def send(*args: Any, **options: Any) -> Any:
            return real(*args, **options, connection=broker, queue=queue)

        monkeypatch.setattr(work, "apply_async", send)
        request.getfixturevalue("written")
        poke(work)
        assert client.llen(queue) >= 1
        held = {key: client.dump(key) or b"" for key in client.scan_iter()}
        client.delete(queue)
    assert {key: found for key, content in held.items() if (found := canary.found_in(key + content))} == {}
    assert usual.CELERY_TASK_IGNORE_RESULT
