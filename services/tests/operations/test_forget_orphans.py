"""A file whose row was rolled back does not lie about for ever; one that has a row is never touched."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from customers.models import Customer, User
from services.choices import MessageKind
from services.models import Attachment, Queue, Ticket
from services.operations.attach_file import attach_file
from services.operations.attachment_files import attachments_folder, stored_file
from services.operations.forget_orphans import forget_orphans
from services.tests.operations.desk import a_ticket, after

AT = after(days=9)


@pytest.fixture
def ticket(acme: Customer, queue: Queue, var: Path) -> Ticket:
    return a_ticket(acme, queue)


def attach(ticket: Ticket, by: User, *, written: datetime) -> Path:
    made = attach_file(ticket=ticket, kind=MessageKind.NOTE, name="a.txt", chunks=[b"x"], by=by, at=AT)
    path = stored_file(made.path)
    os.utime(path, (written.timestamp(), written.timestamp()))
    return path


def rolled_back(ticket: Ticket, by: User, *, written: datetime) -> Path:
    with transaction.atomic():
        path = attach(ticket, by, written=written)
        transaction.set_rollback(True)
    return path


def test_what_was_rolled_back_goes_after_a_day(ticket: Ticket, ann: User) -> None:
    kept = attach(ticket, ann, written=AT - timedelta(days=8))
    old = rolled_back(ticket, ann, written=AT - timedelta(days=1, seconds=1))
    fresh = rolled_back(ticket, ann, written=AT - timedelta(hours=23))
    assert Attachment.objects.count() == 1
    assert forget_orphans(at=AT) == 1
    assert (kept.exists(), old.exists(), fresh.exists()) == (True, False, True)


def test_it_looks_once_a_day(ticket: Ticket, ann: User) -> None:
    assert forget_orphans(at=AT) == 0
    path = rolled_back(ticket, ann, written=AT - timedelta(days=2))
    assert forget_orphans(at=AT + timedelta(hours=23)) == 0 and path.exists()
    assert forget_orphans(at=AT + timedelta(days=1)) == 1 and not path.exists()


def test_only_files_of_attachments_are_looked_at(var: Path) -> None:
    beside = attachments_folder() / "README"
    beside.write_text("x")
    os.utime(beside, (0, 0))
    assert forget_orphans(at=AT) == 0 and beside.exists()
