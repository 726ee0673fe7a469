"""Mail that comes in, for tests: a mailbox, and how a mail is stored and filed."""

from datetime import datetime, timedelta

from services.models import InboundMail, Mailbox, Queue
from services.operations.file_waiting_mails import file_waiting_mails
from services.operations.store_mail import store_mail
from tests.cast import NOW

ADDRESS = "help@candid.example"


def a_mailbox(queue: Queue, address: str = ADDRESS, *, sends: bool = False, name: str = "") -> Mailbox:
    """A mailbox of a queue; one that sends also answers by itself."""
    return Mailbox.objects.create(
        name=name or address, address=address, queue=queue, send_host="smtp.candid.example" if sends else "", version=0
    )


def mail(
    text: str = "The printer is broken.",
    *,
    sender: str = "Ann Lee <ann@lee.example>",
    to: str = ADDRESS,
    subject: str = "Printer",
    number: int = 1,
    **headers: str,
) -> bytes:
    """A plain mail. Further headers by their names, with _ for -."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: <{number}@lee.example>"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if not any(line.lower().startswith("content-type") for line in lines):
        lines.append("Content-Type: text/plain; charset=utf-8")
    return "\r\n".join([*lines, "", text]).encode()


def come_in(mailbox: Mailbox, raw: bytes, *, at: datetime = NOW) -> InboundMail:
    """Store a mail and file what waits."""
    stored, _is_new = store_mail(mailbox=mailbox, raw=raw, at=at)
    file_waiting_mails(at=at + timedelta(seconds=1))
    stored.refresh_from_db()
    return stored
