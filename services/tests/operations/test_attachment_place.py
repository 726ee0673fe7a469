"""A rotation puts the files beside messages under the newest key, and encrypts those from before files were."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from customers.encryption.files import key_id_of
from customers.encryption.keyring import forget_keys
from customers.models import Customer, DataKey, User
from customers.operations.settle_rotation import settle_rotation, values_by_key
from customers.operations.start_rotation import start_rotation
from customers.operations.work_jobs import work_jobs
from services.choices import MessageKind
from services.models import Attachment, Queue
from services.operations.attach_file import attach_file
from services.operations.attachment_files import content_of, forget_content, stored_file
from services.tests.operations.desk import a_ticket, after

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]


@pytest.fixture
def files(acme: Customer, queue: Queue, ann: User, var: Path, settings: Any) -> list[Attachment]:
    settings.KEY_MEMORY_SECONDS = 0
    ticket = a_ticket(acme, queue)
    return [
        attach_file(ticket=ticket, kind=MessageKind.NOTE, name="a.txt", chunks=[text], by=ann, at=after())
        for text in (b"one", b"two", b"three")
    ]


def rotate() -> DataKey:
    key = start_rotation(at=timezone.now())
    forget_keys()
    list(work_jobs(clock=timezone.now))
    return key


def test_they_go_under_the_new_key(files: list[Attachment]) -> None:
    stored_file(files[1].path).write_bytes(b"two")  # as an earlier release left it
    forget_content(files[2].path)  # lost
    assert values_by_key()[0] == 1
    key = rotate()
    assert [key_id_of(stored_file(file.path)) for file in files[:2]] == [key.pk, key.pk]
    assert [content_of(file.path).read() for file in files[:2]] == [b"one", b"two"]
    assert settle_rotation(at=timezone.now() + timedelta(seconds=1))


def test_one_that_was_spoilt_stays_and_keeps_the_old_key(files: list[Attachment]) -> None:
    path = stored_file(files[0].path)
    head = bytearray(path.read_bytes())
    head[60] ^= 1
    path.write_bytes(bytes(head))
    rotate()
    assert not settle_rotation(at=timezone.now() + timedelta(seconds=1))
    assert [content_of(file.path).read() for file in files[1:]] == [b"two", b"three"]
