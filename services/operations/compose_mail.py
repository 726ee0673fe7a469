"""A row of outbound mail as the bytes that travel."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import charset, encoders
from email.header import Header
from email.mime.base import MIMEBase
from email.utils import format_datetime, formataddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, override

from services.mail.headers import one_line
from services.models import Attachment, Enclosure, OutboundMail
from services.operations.attachment_files import content_of
from services.operations.mail_texts import language_of
from services.operations.reply_addresses import house_id, reply_address

# Everything is sent in 7 bits, so that no server on the way need know more.
_UTF8 = charset.Charset("utf-8")
_UTF8.body_encoding = charset.QP
MB = 1024**2
MOST_OF_SUBJECT, LONGEST_WORD = 400, 60
_STYLE = "font-family: sans-serif; font-size: 14px; line-height: 1.5; color: #1f2937"
_QUOTE = "margin: 0 0 0 8px; padding-left: 8px; border-left: 3px solid #d1d5db; color: #4b5563"


class BadAddress(ValueError):
    """Nobody can be reached at this address."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What SMTP is told: from whom and to whom, and the mail itself."""

    sender: str
    recipient: str
    content: bytes


def compose_mail(*, mail: OutboundMail, at: datetime) -> Composed:
    """The mail with its headers, its text as such and as plain HTML, and its files and those of its message as far as
    they fit.

    Raises BadAddress; FileNotFoundError and CannotDecrypt where a file cannot be read."""
    box, message = mail.mailbox, mail.message
    ticket = message.ticket if message is not None else None
    sender, recipient = usable_address(box.address), usable_address(mail.recipient or "")
    files, left_out = _files_of(mail)
    body = (mail.body or "") + _told_of(left_out, mail)
    headers = {
        "Message-ID": mail.internet_id,
        "Date": format_datetime(at),
        "From": _named(mail.sender_name, sender),
        "To": recipient,
        "X-Candid-House": house_id(),
        **_chain(mail),
        # RFC 3834: programs that answer, ours among them, do not answer what came by itself.
        **({"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"} if mail.is_automatic else {}),
    }
    letter = EmailMultiAlternatives(
        subject=_encoded(one_line(mail.subject or "")[:MOST_OF_SUBJECT]),
        body=body,
        from_email=sender,
        to=[recipient],
        reply_to=[_named(mail.sender_name, reply_address(ticket, box))] if ticket is not None else None,
        headers=headers,
    )
    letter.encoding = _UTF8
    letter.attach_alternative(as_html(body), "text/html")
    for file in files:
        letter.attach(_part(file))
    content = letter.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    return Composed(sender, recipient, content)


def usable_address(text: str) -> str:
    """An address as SMTP takes it: the domain in ASCII (IDNA). Raises BadAddress."""
    name, _at, domain = one_line(text).strip().rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        validate_email(f"{name if name.isascii() else 'name'}@{ascii_domain}")
    except (UnicodeError, ValidationError) as error:
        raise BadAddress from error
    if any(c.isspace() or c in '<>,;:\\"' for c in name):
        raise BadAddress
    return f"{name}@{ascii_domain}"


def as_html(text: str) -> str:
    """The same text as a page of HTML."""
    return f'<!DOCTYPE html><html><body style="{_STYLE}">\n{inner_html(text)}\n</body></html>\n'


def inner_html(text: str) -> SafeString:
    """The text as HTML: escaped, with links, what is quoted set apart."""
    blocks: list[str] = []
    for is_quoted, lines in _blocks(text):
        html = "<br>\n".join(map(_as_html, lines))
        blocks.append(f'<blockquote style="{_QUOTE}">{html}</blockquote>' if is_quoted else f"<div>{html}</div>")
    return mark_safe("\n".join(blocks))  # noqa: S308 - each line was escaped


def _as_html(line: str) -> str:
    bare = line.lstrip(" \t")
    return "&nbsp;" * min(40, len(line) - len(bare)) + urlize(bare, autoescape=True)


def _blocks(text: str) -> list[tuple[bool, list[str]]]:
    blocks: list[tuple[bool, list[str]]] = []
    for line in text.splitlines():
        is_quoted = line.startswith(">")
        if not blocks or blocks[-1][0] != is_quoted:
            blocks.append((is_quoted, []))
        blocks[-1][1].append(line[1:].removeprefix(" ") if is_quoted else line)
    return blocks


def _named(name: str, address: str) -> str:
    plain = one_line(name)
    if not plain:
        return address
    safe = _encoded(plain)
    return formataddr((plain, address)) if safe == plain else f"{safe} <{address}>"


def _encoded(text: str) -> str:
    """Plain words as they are; all else as encoded words (RFC 2047) in one line, which is folded between them."""
    is_plain = text.isascii() and "=?" not in text and all(len(word) < LONGEST_WORD for word in text.split())
    return text if is_plain else Header(text, "utf-8", maxlinelen=LONGEST_WORD).encode(linesep="")


def _chain(mail: OutboundMail) -> dict[str, str]:
    """What it answers, in the ASCII that ids are made of."""
    found = {"In-Reply-To": mail.in_reply_to, "References": mail.references}
    return {name: one_line(value) for name, value in found.items() if value and value.isascii()}


File = Attachment | Enclosure


def _files_of(mail: OutboundMail) -> tuple[list[File], list[File]]:
    """The files that go along, the first ones first, and those for which the mail has no room."""
    room = settings.MAIL_FILES_MB * MB
    taken: list[File] = []
    left_out: list[File] = []
    of_message = mail.message.attachments.order_by("at", "id") if mail.message is not None else ()
    for file in (*of_message, *mail.enclosures.order_by("id")):
        fits = file.size <= room
        room -= file.size if fits else 0
        (taken if fits else left_out).append(file)
    return taken, left_out


def _told_of(left_out: list[File], mail: OutboundMail) -> str:
    if not left_out:
        return ""
    language = language_of(mail.customer) if mail.customer else settings.LANGUAGE_CODE
    with override(language):
        head = gettext("Too large for a mail, so not attached:")
    return "\n\n" + "\n".join([head, *(f"- {one_line(file.name)} ({-(-file.size // MB)} MB)" for file in left_out)])


def _part(file: File) -> MIMEBase:
    kind = file.content_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.content_type) else "application/octet-stream"
    part = MIMEBase(*kind.split("/", 1))
    with content_of(file.path) as content:
        part.set_payload(content.read())
    encoders.encode_base64(part)
    name = one_line(file.name)
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part
