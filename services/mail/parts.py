"""The parts of a mail: what is its text, its HTML, what hangs on it. Every part is read by itself: one that cannot be
read is noted, and the others are not lost."""

import re
from dataclasses import dataclass, field
from email.message import Message
from email.policy import compat32

from services.mail.characters import clean, decode, one_line
from services.mail.html import text_of
from services.mail.parsed import MailFile
from services.mail.read_headers import words

MOST_DEPTH = 20
MOST_PARTS = 300
TOO_MANY = "too many parts"
MOST_TEXT = 200_000  # characters of text; the whole is in the mail as it came

NAME = re.compile(r"""(?:file)?name\*?\d*\*?\s*=\s*(?:"([^"]{1,500})"|([^\s;"]{1,500}))""", re.IGNORECASE)
CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']{1,60})""", re.IGNORECASE)
NO_NAME = re.compile(r"[/\\:*?\"<>|]+")
ENDS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
}


@dataclass(slots=True)
class Found:
    """What the parts held."""

    files: list[MailFile] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    report: str = ""  # the machine-readable part of a bounce
    returned: str = ""  # the head of the mail that came back
    parts: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether there were parts that nobody looked at."""
        return TOO_MANY in self.defects


@dataclass(frozen=True, slots=True)
class Body:
    """What a part says, in both ways of saying it; either may be empty."""

    text: str = ""
    html: str = ""

    @property
    def as_text(self) -> str:
        """The text, made from the HTML where there is none."""
        return self.text if self.text.strip() else text_of(self.html)


def body_of(part: Message, found: Found, depth: int = 0) -> Body:
    """What a part and those in it say; files and defects go into `found`."""
    found.parts += 1
    if depth > MOST_DEPTH or found.parts > MOST_PARTS:
        found.defects.append(TOO_MANY)
        return Body()
    content_type = type_of(part)
    payload = part.get_payload()
    if content_type == "message/delivery-status":
        found.report = content_of(part).decode("utf-8", "replace") or _blocks(payload)
        return Body()
    if content_type == "message/rfc822" or content_type == "message/global":
        _pass_on(part, payload, found)
        return Body()
    if isinstance(payload, list):
        return _several(part, [each for each in payload if isinstance(each, Message)], found, depth)
    return _one(part, content_type, found)


def type_of(part: Message) -> str:
    """The content type in small letters; that of plain text where it says nonsense."""
    try:
        return part.get_content_type()
    except Exception:  # the standard library raises whatever comes out of a mutated header
        return "text/plain"


def header(part: Message, name: str) -> str:
    """A header of a part, raw."""
    return next((str(value) for key, value in part.raw_items() if key.lower() == name), "")


def content_of(part: Message) -> bytes:
    """The bytes of a part without its transfer encoding; b"" where there are none."""
    try:
        content = part.get_payload(decode=True)
    except Exception:  # as above
        payload = part.get_payload()
        content = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
    return content if isinstance(content, bytes) else b""


def _several(part: Message, inner: list[Message], found: Found, depth: int) -> Body:
    bodies = [body_of(each, found, depth + 1) for each in inner]
    if type_of(part) == "multipart/alternative":
        text = next((body.text for body in bodies if body.text.strip()), "")
        html = next((body.html for body in reversed(bodies) if body.html), "")
        return Body(text, html)
    said = [body for body in bodies if body.text or body.html]
    if len(said) <= 1:
        return said[0] if said else Body()
    has_html = any(body.html for body in said)
    return Body(
        "\n\n".join(text for body in said if (text := body.as_text)),
        "<hr>".join(body.html or f"<pre>{_escaped(body.text)}</pre>" for body in said) if has_html else "",
    )


def _one(part: Message, content_type: str, found: Found) -> Body:
    disposition = header(part, "content-disposition").lower()
    name = _name_of(part)
    is_text = content_type in ("text/plain", "text/html", "text/enriched", "text/rfc822-headers")
    if not is_text or disposition.lstrip().startswith("attachment") or (name and not content_type.startswith("text/")):
        _keep(part, name, content_type, found, is_inline="inline" in disposition)
        return Body()
    content = content_of(part)
    text = decode(content, _charset_of(part, content))[: MOST_TEXT * 5]
    if content_type == "text/rfc822-headers":
        found.returned = found.returned or text
        return Body()
    if name and found.parts > 2 and content_type == "text/plain" and "inline" not in disposition:
        _keep(part, name, content_type, found, is_inline=False)
        return Body()
    if content_type == "text/html" or (content_type == "text/plain" and _is_html(text)):
        return Body(html=text)
    return Body(text=_flowed(part, text)[:MOST_TEXT])


def _pass_on(part: Message, payload: object, found: Found) -> None:
    """A mail in the mail becomes a file; of a bounce it is the one that came back."""
    inner = payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Message) else None
    try:
        content = inner.as_bytes(policy=compat32) if inner is not None else content_of(part)
    except Exception:  # the standard library cannot write down all that it has read
        found.defects.append("unreadable part")
        content = content_of(part)
    head = content.partition(b"\n\n")[0] if b"\n\n" in content else content
    found.returned = found.returned or decode(head[:40_000])
    subject = one_line(words(header(inner, "subject")), 80) if inner is not None else ""
    name = _name_of(part) or f"{_file_name(subject) or 'message'}.eml"
    if content:
        found.files.append(MailFile(name, "message/rfc822", content))


def _keep(part: Message, name: str, content_type: str, found: Found, *, is_inline: bool) -> None:
    content = content_of(part)
    if not content and not name:
        return
    content_id = one_line(header(part, "content-id"), 200).strip("<> ")
    name = name or f"{'picture' if content_type.startswith('image/') else 'file'}{ENDS.get(content_type, '.bin')}"
    found.files.append(MailFile(name, one_line(content_type, 100), content, content_id, is_inline))


def _name_of(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # as above
        match = NAME.search(header(part, "content-disposition")) or NAME.search(header(part, "content-type"))
        name = (match[1] or match[2]) if match else ""
    return _file_name(words(name))


def _file_name(name: str) -> str:
    name = one_line(name, 400)
    return NO_NAME.sub("_", name.rpartition("/")[2].rpartition("\\")[2]).strip(". ")[-150:]


def _charset_of(part: Message, content: bytes) -> str:
    match = CHARSET.search(header(part, "content-type"))
    if match:
        return match[1]
    # A mail of nothing but HTML may name it there alone.
    inside = CHARSET.search(content[:2048].decode("ascii", "replace")) if content.lstrip()[:1] == b"<" else None
    return inside[1] if inside else ""


def _is_html(text: str) -> bool:
    return text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))


def _flowed(part: Message, text: str) -> str:
    """Text whose lines were broken by the sender's program, with its lines whole again (RFC 3676)."""
    kind = header(part, "content-type").lower()
    if "flowed" not in kind:
        return text
    lines: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        if goes_on and line and not line.startswith(">"):
            before = lines.pop()
            line = (
                before[:-1] if "delsp=yes" in kind.replace(" ", "").replace('"', "") else before
            ) + line.removeprefix(" ")
        lines.append(line.removeprefix(" ") if not line.startswith(">") else line)
        goes_on = line.endswith(" ") and line != "-- " and not line.startswith(">") and len(line) < 20_000
    return "\n".join(lines)


def _blocks(payload: object) -> str:
    """The report of a bounce, which the standard library takes for a list of heads."""
    if not isinstance(payload, list):
        return ""
    blocks = (block.raw_items() for block in payload if isinstance(block, Message))
    return clean("\n".join(f"{name}: {value}" for block in blocks for name, value in block))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
