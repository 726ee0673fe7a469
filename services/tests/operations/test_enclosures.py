"""Files of our own go along with a mail, encrypted until it was sent."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from customers.choices import LeaseState
from services.models import Enclosure, Mailbox, OutboundMail, Queue
from services.operations.attachment_files import attachments_folder, content_of, stored_file
from services.operations.compose_mail import compose_mail
from services.operations.enclose_files import OwnFile
from services.operations.file_types import FileRefused
from services.operations.forget_enclosures import forget_enclosures
from services.operations.forget_orphans import MARK, forget_orphans
from services.operations.queue_mail import queue_mail
from services.operations.resend_mail import NotSentAgain, resend_mail
from services.tests.mail_server import a_mailbox
from tests.cast import NOW

pytestmark = pytest.mark.django_db
FILE = OwnFile("report-1.pdf", "application/pdf", b"%PDF-1.4 secret figures")


@pytest.fixture
def mailbox(queue: Queue) -> Mailbox:
    return a_mailbox(queue)


def with_file(mailbox: Mailbox, key: str = "report:1", file: OwnFile = FILE) -> OutboundMail:
    return queue_mail(
        key=key,
        mailbox=mailbox,
        purpose="report",  # type: ignore[arg-type]
        recipient="lea@candid.example",
        subject="Monday",
        body="Attached.",
        files=[file],
        at=NOW,
    )


def test_it_travels_with_the_mail_and_lies_encrypted_meanwhile(mailbox: Mailbox) -> None:
    mail = with_file(mailbox)
    row = Enclosure.objects.get()
    assert b"secret figures" not in stored_file(row.path).read_bytes()
    letter = message_from_bytes(compose_mail(mail=mail, at=NOW).content, policy=policy.default)
    (part,) = letter.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("report-1.pdf", "application/pdf")
    assert part.get_content() == FILE.content


def test_a_mail_that_is_queued_twice_has_its_file_once(mailbox: Mailbox) -> None:
    assert with_file(mailbox) == with_file(mailbox)
    assert Enclosure.objects.count() == 1


def test_an_empty_file_is_refused(mailbox: Mailbox) -> None:
    with pytest.raises(FileRefused):
        with_file(mailbox, file=OwnFile("x.pdf", "application/pdf", b""))
    assert not OutboundMail.objects.exists()


def test_it_is_forgotten_once_the_mail_was_sent(mailbox: Mailbox) -> None:
    mail, waiting = with_file(mailbox), with_file(mailbox, "report:2")
    path = stored_file(mail.enclosures.get().path)
    assert forget_enclosures(at=NOW) == 0 and path.exists()
    OutboundMail.objects.filter(pk=mail.pk).update(state=LeaseState.DONE, sent_at=NOW)
    assert forget_enclosures(at=NOW) == 1 and not path.exists()
    assert list(Enclosure.objects.values_list("mail", flat=True)) == [waiting.pk]


def test_of_a_mail_that_failed_it_is_kept_for_a_week_and_then_it_is_not_sent_again(mailbox: Mailbox) -> None:
    mail = with_file(mailbox)
    OutboundMail.objects.filter(pk=mail.pk).update(state=LeaseState.FAILED)
    assert forget_enclosures(at=NOW + timedelta(days=6)) == 0
    assert forget_enclosures(at=NOW + timedelta(days=8)) == 1
    with pytest.raises(NotSentAgain, match="deleted"):
        resend_mail(mail=mail, by=None, at=NOW + timedelta(days=8))


def test_it_is_no_orphan(mailbox: Mailbox) -> None:
    with_file(mailbox)
    (attachments_folder() / MARK).unlink(missing_ok=True)
    forget_orphans(at=NOW + timedelta(days=3650))  # what tests before left behind goes
    with content_of(Enclosure.objects.get().path) as content:
        assert content.read() == FILE.content


def test_a_file_that_is_gone_from_the_disk_fails_the_mail_and_not_the_loop(mailbox: Mailbox) -> None:
    mail = with_file(mailbox)
    Path(stored_file(mail.enclosures.get().path)).unlink()
    with pytest.raises(FileNotFoundError):
        compose_mail(mail=mail, at=NOW)
