"""A mail, read. What comes from the wire is hostile or broken often enough, so this never raises: what cannot be read
as a mail is read as text."""

import re
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Any

from services.mail.characters import decode, one_line
from services.mail.html import cleaned, text_of
from services.mail.kinds import bounce_of, kind_of
from services.mail.parsed import MailKind, ParsedMail
from services.mail.parts import MOST_TEXT, TOO_MANY, Body, Found, body_of, header, type_of
from services.mail.quotes import fold
from services.mail.read_headers import Headers, addresses_of, date_of, first, headers_of, ids_of, subject_of

# Each level of nesting makes the standard library look at every line once more, so mails of too many are not unfolded;
# and it takes time that grows with the square of one header's length.
MOST_NESTED = 150
MOST_NESTED_BYTES = 200_000_000  # levels times bytes
MOST_PARAMETERS = 16 * 1024
PARAMETERS = re.compile(rb"^content-(?:type|disposition)[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
NESTED = re.compile(rb"^content-type\s*:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
MOST_HEAD = 1024 * 1024  # bytes of headers
HEAD_LINE = re.compile(r"([!-9;-~]{1,80}):[ \t]?(.*)")


def parse_mail(raw: bytes) -> ParsedMail:
    """Read a mail. Never raises; `is_whole` is False where only its text could be saved."""
    try:
        return _parsed(raw)
    except Exception as error:  # whatever the standard library, or we, did not think of: the mail is not lost
        return _as_text(raw, type(error).__name__)


def head_of(raw: bytes) -> Headers:
    """The headers of a mail, read line by line: for one of which nothing else could be read."""
    found: list[tuple[str, str]] = []
    for line in raw[:MOST_HEAD].decode("ascii", "surrogateescape").splitlines():
        if not line.strip():
            if found:
                break
        elif line[0] in " \t" and found:
            name, value = found[-1]
            if len(value) < MOST_HEAD // 64:
                found[-1] = (name, f"{value} {line.strip()}")
        elif match := HEAD_LINE.match(line):
            found.append((match[1], match[2]))
    return headers_of(found)


def _parsed(raw: bytes) -> ParsedMail:
    nested = len(NESTED.findall(raw))
    if nested > MOST_NESTED or nested * len(raw) > MOST_NESTED_BYTES:
        return _as_text(raw, TOO_MANY)
    if any(len(found[0]) > MOST_PARAMETERS for found in PARAMETERS.finditer(raw)):
        return _as_text(raw, "huge header")
    message: Message = BytesParser(policy=compat32).parsebytes(raw)
    headers = headers_of(list(message.raw_items()))
    found = Found()
    body = body_of(message, found)
    if found.is_cut and not (body.text.strip() or body.html.strip() or found.files):
        return _as_text(raw, TOO_MANY)
    report_type = _report_type(message)
    return _made(headers, body, found, report_type)


def _made(headers: Headers, body: Body, found: Found, report_type: str, **more: Any) -> ParsedMail:
    has_null_sender = any(value.strip() == "<>" for value in headers.get("return-path", ()))
    kind, why = kind_of(headers, report_type=report_type, has_null_sender=has_null_sender)
    html = cleaned(body.html) if body.html.strip() else ""
    text = body.text if body.text.strip() else text_of(html or body.html, is_clean=bool(html))
    is_bounce = kind == MailKind.BOUNCE
    said, folded = (text, "") if is_bounce else fold(text[:MOST_TEXT])
    senders = addresses_of(headers, "from") or addresses_of(headers, "sender", "return-path")
    return ParsedMail(
        message_id=next(iter(ids_of(headers, "message-id")), ""),
        in_reply_to=ids_of(headers, "in-reply-to"),
        references=ids_of(headers, "references"),
        sender=senders[0] if senders else None,
        reply_to=addresses_of(headers, "reply-to"),
        to=addresses_of(headers, "to"),
        cc=addresses_of(headers, "cc"),
        delivered_to=addresses_of(headers, "delivered-to", "x-original-to", "envelope-to", "x-envelope-to"),
        has_null_sender=has_null_sender,
        subject=subject_of(headers),
        sent_at=date_of(first(headers, "date")),
        text=said[:MOST_TEXT],
        folded=folded,
        html=html,
        files=tuple(found.files),
        kind=kind,
        why=why,
        bounce=bounce_of(headers, report=found.report, returned=found.returned, text=text) if is_bounce else None,
        candid=one_line(first(headers, "x-candid-house"), 200),
        defects=tuple(dict.fromkeys(found.defects)),
        **more,
    )


def _as_text(raw: bytes, defect: str) -> ParsedMail:
    """The headers that can be read, and all the rest as text."""
    head, _line, rest = raw.partition(b"\n\n") if b"\r\n\r\n" not in raw[:MOST_HEAD] else raw.partition(b"\r\n\r\n")
    try:
        body = Body(text=decode((rest or head)[: MOST_TEXT * 4])[:MOST_TEXT])
        return _made(head_of(head), body, Found(defects=[defect]), "", is_whole=False)
    except Exception as error:  # as above: then not even the headers
        text = raw[: MOST_TEXT * 4].decode("ascii", "replace").replace("\0", "")[:MOST_TEXT]
        return ParsedMail(text=text, defects=(defect, type(error).__name__), is_whole=False)


def _report_type(message: Message) -> str:
    if type_of(message) != "multipart/report":
        return ""
    match = re.search(r"report-type\s*=\s*\"?([a-z\-]{1,60})", header(message, "content-type"), re.IGNORECASE)
    return match[1].lower() if match else "delivery-status"
