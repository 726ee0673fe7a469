"""In which encoding a text is. UTF-8, and what bears a byte order mark, is certain; anything else is a guess, which a
person confirms: a wrong one makes nonsense of names that nobody notices."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext as _

from customers.importers.files.guess import guess_encoding
from customers.importers.files.packed import opened
from customers.importers.files.sheet import stop

CHUNK = 1 << 20
LONGEST_LINE = 16 << 20
# In this order: the mark of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# So many letters beyond ASCII that are all proper UTF-8 are so by chance in no encoding of two bytes a letter.
TOO_MANY_FOR_CHANCE = 10
# The encodings of ISO 8859 have a meaning for every byte, but nobody means these.
CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` as Python knows it. A guess is to be confirmed; `line` is then the first one that is not in UTF-8."""

    name: str
    is_guess: bool = False
    line: int = 0
    lines: int = 0  # how many there are; 0: not counted


def find_encoding(path: Path, stated: str = "", *, is_in_lines: bool = True) -> Encoding:
    """The encoding of a text file; `stated` is what a person says it is.

    The whole file is looked at, so that nothing is written of one that turns out to be in another encoding later on.
    Raises ImportStopped where what was stated is not so, naming a line, or where a line is endless in a file that
    `is_in_lines`."""
    name = _known(path, stated) if stated else ""
    mark = _mark(path)
    if mark:
        if name and not _same(name, mark):
            text = _("begins with the mark of %(mark)s, so it is not in %(stated)s: leave the encoding out.")
            raise stop(path, text % {"mark": _plain(mark), "stated": stated})
        return Encoding(mark, lines=_require(path, mark))
    if wide := _wide(path):
        wide = name if name.startswith("utf-16") else wide
        return Encoding(wide, is_guess=not name, line=1, lines=_require(path, wide, stated))
    scan = _scan(path, is_in_lines)
    if not scan.bad_line and (scan.beyond_ascii == 0 or not name or _same(name, "utf-8")):
        return Encoding("utf-8", lines=scan.lines)
    if name:
        if not scan.bad_line and not _may_be_chance(name, scan.beyond_ascii):
            text = _("line %(line)d shows that it is in UTF-8, not in %(stated)s: leave the encoding out.")
            raise stop(path, text % {"line": scan.beyond_line, "stated": stated})
        return Encoding(name, lines=_require(path, name, stated))
    guess = guess_encoding(scan.sample) or "cp1252"
    return Encoding(guess, is_guess=True, line=scan.bad_line, lines=scan.lines)


def not_utf8(path: Path, encoding: Encoding) -> Exception:
    """The exception for a guess that nobody confirmed."""
    text = _(
        "is not in UTF-8, as line %(line)d shows. It is probably in %(guess)s: say so with --encoding %(guess)s, or "
        "save it in UTF-8."
    )
    return stop(path, text % {"line": encoding.line, "guess": encoding.name})


@dataclass(slots=True)
class _Scan:
    """What reading a file as UTF-8 tells. Lines count from 1; 0: there is none."""

    bad_line: int = 0
    beyond_line: int = 0  # the first that has letters beyond ASCII
    beyond_ascii: int = 0  # how many such letters, counted as far as it matters
    lines: int = 0
    sample: bytes = b""  # whole lines around the first bytes beyond ASCII


def _scan(path: Path, is_in_lines: bool) -> _Scan:
    scan = _Scan()
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in _chunks(path, LONGEST_LINE if is_in_lines else 0):
        if not chunk.isascii():
            _look_beyond_ascii(scan, chunk, decoder)
        elif not scan.bad_line:
            _decode(scan, chunk, decoder)
        scan.lines += chunk.count(b"\n")
    if not scan.bad_line:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            scan.bad_line = scan.lines + 1
    return scan


def _look_beyond_ascii(scan: _Scan, chunk: bytes, decoder: codecs.IncrementalDecoder) -> None:
    first = len(chunk) - len(chunk.lstrip(_ASCII))
    scan.beyond_line = scan.beyond_line or scan.lines + chunk.count(b"\n", 0, first) + 1
    if len(scan.sample) < CHUNK:
        start = chunk.rfind(b"\n", 0, first) + 1
        scan.sample += chunk[start : start + CHUNK]
    if not scan.bad_line:
        _decode(scan, chunk, decoder)


def _decode(scan: _Scan, chunk: bytes, decoder: codecs.IncrementalDecoder) -> None:
    try:
        text = decoder.decode(chunk)
    except UnicodeDecodeError as error:
        scan.bad_line = scan.lines + error.object[: error.start].count(b"\n") + 1
    else:
        if scan.beyond_ascii <= TOO_MANY_FOR_CHANCE and not text.isascii():
            scan.beyond_ascii += len(text) - len(text.encode("ascii", "ignore"))


_ASCII = bytes(range(128))


def _chunks(path: Path, longest: int = 0) -> Iterator[bytes]:
    """The bytes of a file. Raises ImportStopped where a line is longer than `longest` (0: as long as it likes), since
    lines are read whole."""
    length = 0
    with opened(path) as (stream, _raw):
        while chunk := stream.read(CHUNK):
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            length = length + len(chunk) if end < 0 else len(chunk) - end - 1
            if longest and length > longest:
                raise stop(path, _("has a line of more than 16 million bytes: this is no list of rows."))
            yield chunk


def _require(path: Path, name: str, stated: str = "") -> int:
    """How many lines there are. Raises ImportStopped, naming the line, where a text is not in this encoding."""
    decoder = codecs.getincrementaldecoder(name)()
    lines = 0
    for chunk in chain(_chunks(path), [b""]):
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            lines += error.object[: error.start].decode(name, "ignore").count("\n")
            raise _is_not(path, lines + 1, stated or name) from error
        if name.startswith("iso8859") and (control := CONTROLS.search(text)):
            raise _is_not(path, lines + text.count("\n", 0, control.start()) + 1, stated or name)
        lines += text.count("\n")
    return lines


def _is_not(path: Path, line: int, name: str) -> Exception:
    text = _("is not in %(name)s: line %(line)d holds bytes that mean nothing in it.")
    return stop(path, text % {"name": name, "line": line})


def _mark(path: Path) -> str:
    with opened(path) as (stream, _raw):
        start = stream.read(4)
    return next((name for mark, name in MARKS if start.startswith(mark)), "")


def _wide(path: Path) -> str:
    """UTF-16 without its mark, where every other byte is nought, as of Latin letters it is."""
    with opened(path) as (stream, _raw):
        start = stream.read(4096)
    if start.count(0) * 3 < len(start):
        return ""
    return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"


def _known(path: Path, stated: str) -> str:
    try:
        name = codecs.lookup(stated.strip()).name
        "".encode(name)
    except (LookupError, ValueError) as error:
        raise stop(path, _("there is no encoding named “%(name)s”") % {"name": stated}) from error
    return "gb18030" if name in ("gb2312", "gbk") else name


def _same(name: str, other: str) -> bool:
    return _plain(name) == _plain(other)


def _plain(name: str) -> str:
    family = codecs.lookup(name).name.upper()
    return next((known for known in ("UTF-8", "UTF-16", "UTF-32") if family.startswith(known)), family)


def _may_be_chance(name: str, letters: int) -> bool:
    is_of_two_bytes = len("漢".encode(name, "ignore")) == 2 or len("한".encode(name, "ignore")) == 2
    return is_of_two_bytes and letters < TOO_MANY_FOR_CHANCE
