"""What comes in by a web form is kept first, then becomes a ticket; or is held."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.choices import RetentionKind
from customers.models import Customer, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.erase_person import erase_person
from customers.operations.retention_kinds import old_rows
from services.models import Attachment, OutboundMail, Queue, Ticket, WebForm, WebFormFile, WebFormSubmission
from services.operations import submit_web_form as module
from services.operations.attachment_files import content_of, stored_file
from services.operations.discard_submission import discard_submission
from services.operations.file_types import FileRefused
from services.operations.file_waiting_submissions import file_waiting_submissions
from services.operations.forget_orphans import forget_orphans
from services.operations.public_uploads import Upload
from services.operations.release_submission import NotHeld, release_submission
from services.operations.write_web_form import write_web_form
from services.tests.operations.desk import after
from services.tests.operations.forms import a_form, send
from services.tests.operations.mails import a_mailbox
from tests.cast import NOW


@pytest.fixture
def form(queue: Queue) -> WebForm:
    return a_form(queue)


def a_file(name: str = "leak.txt", content: bytes = b"Look here.") -> Upload:
    return Upload(name, len(content), [content])


def test_it_becomes_a_ticket_of_a_new_customer_and_is_acknowledged(form: WebForm, queue: Queue) -> None:
    a_mailbox(queue, sends=True)
    done = send(form, language="zh-hans", phone="+86 10 1234")
    ticket = Ticket.objects.get()
    assert (done.state, done.ticket, done.customer) == ("ticket", ticket, ticket.customer)
    assert (ticket.subject, ticket.channel, ticket.queue, ticket.created_at) == ("Pump leaks", "web", queue, NOW)
    assert ticket.customer.name == "Li Na" and ticket.customer.team == queue.team
    said = ticket.messages.order_by("pk")[0]
    assert said.body.startswith("Water everywhere.\n\n") and "+86 10 1234" in said.body
    mail = OutboundMail.objects.get()
    assert (mail.purpose, mail.recipient) == ("acknowledgement", "li@example.org")
    # What was typed stands in the ticket alone.
    done.refresh_from_db()
    assert (done.email, done.name, done.phone, done.subject, done.body) == (None,) * 5


def test_it_finds_the_customer_by_the_address_and_leaves_the_record_alone(form: WebForm, acme: Customer) -> None:
    add_contact_point(customer=acme, kind="email", value="Boss@Example.org", at=NOW)
    send(form, email="boss@example.org", name="Somebody else", phone="0815")
    assert Ticket.objects.get().customer == acme
    acme.refresh_from_db()
    assert acme.name == "Acme Pumps" and acme.contact_points.count() == 1


def test_the_same_page_sent_twice_is_one_and_changed_it_is_another(form: WebForm) -> None:
    assert send(form) == send(form, at=after(minutes=1)) != send(form, body="And now it is worse.")
    assert Ticket.objects.count() == WebFormSubmission.objects.count() == 2


def test_files_become_attachments(form: WebForm, var: Path) -> None:
    send(form, files=[a_file()])
    attachment = Attachment.objects.get()
    assert attachment.message is not None and attachment.message.ticket == Ticket.objects.get()
    with content_of(attachment.path) as content:
        assert content.read() == b"Look here."
    assert not WebFormFile.objects.exists()


@pytest.mark.parametrize("file", [a_file("run.exe"), a_file("a.pdf", b"no pdf"), a_file("a.txt", b"")])
def test_a_file_that_is_not_taken_keeps_nothing(form: WebForm, var: Path, file: Upload) -> None:
    with pytest.raises(FileRefused):
        send(form, files=[file])
    with pytest.raises(FileRefused):
        send(form, files=[a_file()] * 6)
    assert not WebFormSubmission.objects.exists()


def test_spam_is_held_with_its_reasons_and_let_through_by_a_person(form: WebForm, ann: User, var: Path) -> None:
    held = send(form, honeypot="x", age=1, files=[a_file()])
    assert (held.state, held.reasons, held.score) == ("held", ["honeypot", "quick"], 160)
    assert not Ticket.objects.exists() and WebFormFile.objects.count() == 1
    assert forget_orphans(at=after(days=3)) == 0  # its file is somebody's
    release_submission(submission=held, by=ann, at=after(days=2))
    ticket = Ticket.objects.get()
    assert ticket.created_at == NOW and ticket.attachments.count() == 1
    assert (held.state, held.decided_by, held.decided_at, held.body) == ("ticket", ann, after(days=2), None)
    for verb in (release_submission, discard_submission):
        with pytest.raises(NotHeld):
            verb(submission=held, by=ann, at=after(days=2))


def test_what_is_thrown_away_is_gone_but_for_the_reasons(
    form: WebForm, ann: User, var: Path, django_capture_on_commit_callbacks: Any
) -> None:
    held = send(form, honeypot="x", files=[a_file()])
    path = WebFormFile.objects.get().path
    with django_capture_on_commit_callbacks(execute=True):
        discard_submission(submission=held, by=ann, at=after(hours=1))
    held.refresh_from_db()
    assert (held.state, held.body, held.email, held.reasons) == ("discarded", None, None, ["honeypot"])
    assert not WebFormFile.objects.exists() and not stored_file(path).exists()


def test_the_same_text_from_another_address_within_a_day_is_held(form: WebForm) -> None:
    send(form)
    assert send(form, key="k2", at=after(hours=1)).state == "ticket"  # the same person, again
    other = send(form, key="k3", email="x@example.net", origin="192.0.2.9", body="WATER everywhere!", at=after(hours=2))
    assert (other.state, other.reasons) == ("held", ["repeated"])
    late = send(form, key="k4", email="y@example.net", origin="192.0.2.8", at=after(days=2))
    assert late.state == "ticket"


def test_many_from_one_network_within_an_hour_are_held(form: WebForm) -> None:
    sent = [
        send(form, key=f"k{n}", email=f"p{n}@example.org", body=f"Number {n}", at=after(minutes=n)) for n in range(10)
    ]
    assert [one.state for one in sent] == ["ticket"] * 8 + ["held"] * 2
    assert sent[3].reasons == ["some"] and sent[8].reasons == ["many"]
    assert "192.0.2.1" not in str([one.origin_index for one in sent])


def test_what_fails_is_kept_and_filed_later(form: WebForm, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**given: Any) -> None:
        raise OSError("the disk is full of li@example.org")

    with monkeypatch.context() as broken:
        broken.setattr(module, "file_submission", fail)
        kept = send(form)
    assert (kept.state, kept.body) == ("waiting", "Water everywhere.") and not Ticket.objects.exists()
    assert file_waiting_submissions(at=NOW + timedelta(seconds=30)) == 0  # its own request has its turn
    assert file_waiting_submissions(at=after(minutes=2)) == 1
    assert file_waiting_submissions(at=after(minutes=3)) == 0
    assert Ticket.objects.get().created_at == NOW


def test_what_fails_five_times_is_held_for_a_person(form: WebForm, ann: User) -> None:
    kept = send(form, honeypot="x")
    WebFormSubmission.objects.update(state="waiting", attempts=5, reasons=[])
    assert file_waiting_submissions(at=after(minutes=2)) == 0
    kept.refresh_from_db()
    assert (kept.state, kept.reasons) == ("held", ["failed"])
    assert release_submission(submission=kept, by=ann, at=after(minutes=3)).ticket is not None


def test_retention_forgets_what_was_decided_and_nothing_that_waits(
    form: WebForm, var: Path, django_capture_on_commit_callbacks: Any
) -> None:
    send(form)
    send(form, key="k2", honeypot="x", files=[a_file()])
    waits = send(form, key="k3", body="third", honeypot="x")
    WebFormSubmission.objects.filter(pk=waits.pk).update(state="waiting")
    path = WebFormFile.objects.get().path
    (old,) = old_rows(RetentionKind.WEB_FORMS)
    assert not old.rows(NOW).exists()
    with django_capture_on_commit_callbacks(execute=True):
        old.forget(list(old.rows(after(days=1)).values_list("pk", flat=True)))
    assert list(WebFormSubmission.objects.all()) == [waits] and not stored_file(path).exists()
    assert Ticket.objects.count() == 1


def test_an_erasure_takes_what_was_sent_under_the_address(form: WebForm, wang: Customer, var: Path) -> None:
    before = send(form, email="wang@example.org", honeypot="x", files=[a_file()])
    assert before.customer is None  # nobody had the address yet
    add_contact_point(customer=wang, kind="email", value="wang@example.org", at=NOW)
    after_it = send(form, key="k2", email="wang@example.org", honeypot="x", body="other")
    assert after_it.customer == wang
    other = send(form, key="k3", honeypot="x", body="of somebody else")
    erase_person(customer=wang, at=after(days=1))
    assert list(WebFormSubmission.objects.all()) == [other] and not WebFormFile.objects.exists()


@pytest.mark.parametrize(
    "origin",
    [
        "example.com",
        "https://*.example.com",
        "https://a.example/path",
        "javascript:x",
        "https://a; script-src *",
        "'self'",
    ],
)
def test_an_origin_is_a_web_site_and_nothing_else(form: WebForm, origin: str) -> None:
    with pytest.raises(ValidationError, match="no web site"):
        write_web_form(form=form, changes={"origins": [origin]}, at=NOW)
    with pytest.raises(ValidationError):
        write_web_form(form=form, changes={"languages": ["xx"]}, at=NOW)


def test_origins_are_kept_as_the_header_takes_them(form: WebForm) -> None:
    given = ["https://WWW.Example.com/", "https://www.example.com", "http://localhost:8080"]
    written = write_web_form(form=form, changes={"origins": given}, at=NOW)
    assert written.origins == ["https://www.example.com", "http://localhost:8080"]
