"""Texts that break programs. Those that hold markup name themselves `naughty`, so that a page can be searched for what
became part of it."""

import json
import os
import re
import zlib
from pathlib import Path

from tests.figures import SEED

# How many of them go through each form; a long run has them all, and the Big List of Naughty Strings.
MOST = int(os.environ.get("CRM_NAUGHTY_STRINGS", "1"))

KEYS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
MARKUP = "'\"><naughty onclick=naughty() data-naughty>{{7*191}}</script><script>naughty()</script>"
STRINGS = [
    # signs that no text should hold, and half of one
    "a\x00b",
    "\x00",
    "a\x01\x08\x0b\x0c\x0e\x1b[31m\x7f\x85b",
    "half \ud800 of a sign",
    "\udfff\ud800",
    "\ufffe\uffff\ufdd0",
    "one\r\ntwo\nthree\rfour",
    "a\u2028b\u2029c",
    # signs that are not seen, or turn others round
    "\u202egnirts\u202c \u2066x\u2069 \u200f\u200e",
    "zero\u200bwidth\u200c\u200d\u2060\ufeff",
    "\ufeff",
    "\u00a0\u3000",
    " \t leading and trailing \n ",
    "\u0085",
    # signs beyond the first plane, and of several parts
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏿 \U0001f1e8\U0001f1f3",
    "\U0010ffff\U00020000𠮷",
    "Z̴̡̢̛͎̻̮̮̗͓̈́̓̂̈́͛̅̾ä̶̧͈͚̦̯͌͐l̷̨͇̺̐g̵̛͎̳͒̂͘o̸̭̽",
    "e\u0301 é ﬃ ①",
    # languages
    "王小明 测试：“引号”，。",
    "İstanbul ıIiİ ẞß ǅ",
    "مرحبا שלום สวัสดี",
    # long
    "x" * 100_000,
    "长" * 300,
    "a " * 2_000,
    # what other programs would run
    MARKUP,
    "<img src=x onerror=naughty()>",
    "javascript:naughty()",
    "data:text/html,<script>naughty()</script>",
    '" onmouseover="naughty()" x="',
    "');naughty();//",
    "</textarea><naughty>",
    "<!--<naughty>",
    "&lt;naughty&gt; &amp; &#60;naughty&#62;",
    "${naughty} #{naughty} <%= naughty %> {% debug %} {{ request.user.password }}",
    "x-data=\"naughty\" @click='naughty'",
    "'; DROP TABLE customers_customer; --",
    "1' OR '1'='1",
    '") UNION SELECT 1 --',
    "%' ESCAPE '!",
    "100% _ \\ LIKE",
    "=cmd|' /C calc'!A0",
    '@SUM(1+1)*"x"',
    "+1-2",
    "%s %d %n %(naughty)s %",
    "{0} {naughty} {naughty.__class__} {",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini%00.txt",
    "$(touch /tmp/naughty) `id` | ; && $HOME",
    "\\u0000 \\x00 %00 %ff \\",
    "line\r\nSet-Cookie: naughty=1",
    "(a+)+$ [ ( *",
    "[[1]]",
    '{"$ne": null}',
    "{}",
    "null",
    # numbers and dates that are none, or too great
    "NaN",
    "-Infinity",
    "1e999",
    "1e-999",
    "1e30",
    "-0",
    "0x1F",
    "010",
    "٣٤",
    "1_000",
    "1,000.5",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 400,
    "99999999999",
    "0.1234567890123456789",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59.999999+14:59",
    "0001-01-01T00:00:00-14:59",
    "2026-02-30",
    "2026-03-29T02:30",
    "24:00",
    "true",
    "-1",
    "0",
    "2",
    "",
    "(empty)",
    "undefined",
]


def famous() -> list[str]:
    """The Big List of Naughty Strings, where it is."""
    folder = Path(os.environ.get("CRM_DATA_DIR") or Path(__file__).parents[2] / "data")
    file = folder / "naughty_strings" / "blns.json"
    return [*json.loads(file.read_text(encoding="utf-8"))] if file.exists() else []


def strings_for(what: str) -> list[str]:
    """Those that go through a form: of a short run always the markup, and a few that change from form to form."""
    texts = [*STRINGS, *famous()] if len(STRINGS) < MOST else STRINGS
    if len(texts) <= MOST:
        return texts
    # The same for each run, whatever key the row happens to have.
    start = zlib.crc32(f"{SEED} {KEYS.sub('#', what)}".encode()) % len(texts)
    step = len(texts) // MOST
    return [MARKUP, *(texts[(start + number * step) % len(texts)] for number in range(MOST))]


def as_sent(text: str) -> bytes:
    """How a form sends it: half a sign becomes bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def as_read(text: str) -> str:
    """How the server reads what a form sends."""
    return as_sent(text).decode("utf-8", "replace")
