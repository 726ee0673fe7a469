"""What headers say. The standard library raises at many mutated ones, so these are read here, by small steps."""

import base64
import binascii
import quopri
import re
from datetime import UTC, datetime
from email.utils import parsedate_tz

from services.mail.characters import decode, one_line, raw_bytes
from services.mail.parsed import Address

MOST_HEADER = 16 * 1024  # characters of one header that are looked at
MOST_ADDRESSES = 100
MOST_IDS = 100
MOST_SUBJECT = 255

WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?)")
ID = re.compile(r"<\s*([^<>\s]{1,500})\s*>")
BARE_ID = re.compile(r"[^<>\s,;]{1,400}@[^<>\s,;]{1,400}")
ADDRESS = re.compile(r"[^@\s<>\"(),:;\\\[\]]{1,64}@[^@\s<>\"(),:;\\\[\]]{1,185}")

Headers = dict[str, list[str]]


def headers_of(items: list[tuple[str, str]]) -> Headers:
    """Raw headers by their names in small letters, each cut to what is looked at."""
    found: Headers = {}
    for name, value in items[:2000]:
        found.setdefault(str(name).lower()[:100], []).append(str(value)[:MOST_HEADER])
    return found


def first(headers: Headers, name: str) -> str:
    """The first header of a name, raw; "" where there is none."""
    return headers.get(name, [""])[0]


def words(value: str) -> str:
    """A header as people read it: encoded words decoded, bytes that are none guessed."""
    joined, at, waiting = [], 0, (b"", "")
    text = BETWEEN_WORDS.sub(r"\1\2", value)
    for match in WORD.finditer(text):
        charset, way, content = match.groups()
        if match.start() > at:
            joined += [decode(*waiting), decode(raw_bytes(text[at : match.start()]))]
            waiting = (b"", "")
        # A character may begin in one word and end in the next.
        if waiting[1].lower() != charset.lower():
            joined.append(decode(*waiting))
            waiting = (b"", charset)
        waiting = (waiting[0] + _word(content, way), charset)
        at = match.end()
    joined += [decode(*waiting), decode(raw_bytes(text[at:]))]
    return "".join(joined)


def subject_of(headers: Headers) -> str:
    """The subject in one line."""
    return one_line(words(first(headers, "subject")), MOST_SUBJECT)


def ids_of(headers: Headers, name: str) -> tuple[str, ...]:
    """The ids of messages in all headers of a name, in their order, each once."""
    text = " ".join(headers.get(name, ()))
    found = ID.findall(text) or BARE_ID.findall(text)
    return tuple(dict.fromkeys(one_line(each, 500) for each in found))[-MOST_IDS:]


def addresses_of(headers: Headers, *names: str) -> tuple[Address, ...]:
    """The addresses in all headers of these names. What is none is left out."""
    found: dict[str, Address] = {}
    for value in (value for name in names for value in headers.get(name, ())):
        for piece in _pieces(value):
            if (address := _address(piece)) and len(found) < MOST_ADDRESSES:
                found.setdefault(address.address.lower(), address)
    return tuple(found.values())


def date_of(value: str) -> datetime | None:
    """When it says that it was sent, in UTC; None where it does not, or says nonsense."""
    try:
        parts = parsedate_tz(value[:200])
        if parts is None:
            return None
        naive = datetime(*parts[:6], tzinfo=UTC)
        moment = datetime.fromtimestamp(naive.timestamp() - (parts[9] or 0), UTC)
    except Exception:  # the standard library raises whatever comes out of a mutated date
        return None
    return moment if 1990 <= moment.year <= 2200 else None


def _word(content: str, way: str) -> bytes:
    raw = raw_bytes(content)
    try:
        if way in "qQ":
            return quopri.decodestring(raw.replace(b"_", b" "), header=True)
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw


def _pieces(value: str) -> list[str]:
    """A list of addresses, cut at the commas that stand in no quotes and no brackets."""
    pieces, piece, is_quoted, is_bracketed, is_escaped = [], "", False, False, False
    for sign in value:
        if is_escaped:
            is_escaped = False
        elif sign == "\\" and is_quoted:
            is_escaped = True
        elif sign == '"':
            is_quoted = not is_quoted
        elif not is_quoted and sign in "<>":
            is_bracketed = sign == "<"
        elif not is_quoted and not is_bracketed and sign in ",;":
            pieces.append(piece)
            piece = ""
            continue
        piece += sign
    return [*pieces, piece]


def _address(piece: str) -> Address | None:
    name, opened, rest = piece.rpartition("<")
    found = ADDRESS.search(rest if opened else piece)
    if found is None:
        return None
    local, _at, domain = one_line(found[0], 254).rpartition("@")
    if not local or not domain:
        return None
    shown = words(name.strip().strip('"').replace("\\", "")) if opened else _comment(piece)
    return Address(one_line(shown, 200).strip("\"' "), f"{local}@{domain.lower().rstrip('.')}")


def _comment(piece: str) -> str:
    """The name in the old way of writing: a@b.example (Ann)."""
    _before, opened, rest = piece.partition("(")
    return words(rest.rpartition(")")[0]) if opened else ""
