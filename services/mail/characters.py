"""Bytes to text, whatever their character set is called and whether it is true; and text without what is not text."""

import codecs
import re

from charset_normalizer import from_bytes

# Under these names mail holds more than they have: what Windows and China really write.
REALLY = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "hz": "hz",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "tis-620": "cp874",
}
# Codecs that are no character sets of mail; some of them take time that grows with the square of the text.
NOT_TAKEN = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}
# In this order, where nobody knows: the first in which the bytes read without an error is likely enough.
GUESSED = ["utf_8", "gb18030", "big5", "cp1252", "cp932", "euc_jp", "cp949", "koi8_r", "cp1251", "cp1250"]
LOOKED_AT = 16 * 1024

NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ufeff]")
SURROGATES = re.compile("[\ud800-\udfff]")
# They turn the direction of what follows: a file's name then ends in what it is not.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
SPACES = re.compile(r"\s+")


def decode(content: bytes, charset: str = "") -> str:
    """The text that these bytes are, clean. A character set that is unknown or does not fit is guessed."""
    named = _codec(charset)
    for codec in dict.fromkeys(filter(None, (named, "utf-8"))):
        try:
            return clean(content.decode(codec))
        except (UnicodeError, ValueError, LookupError):
            continue
    guessed = _guess(content) if named in ("", "utf-8", "cp1252") else ""
    return clean(content.decode(guessed or named or "cp1252", "replace"))


def clean(text: str) -> str:
    """Text with line feeds for line ends, and without control signs and halves of characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SURROGATES.sub("\ufffd", NO_TEXT.sub("", text))


def one_line(text: str, most: int) -> str:
    """Clean text in one line of at most so many characters, which turns no direction."""
    return SPACES.sub(" ", TURNING.sub("", clean(text))).strip()[:most].rstrip()


def raw_bytes(text: str) -> bytes:
    """The bytes that the parser made this text of."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _codec(charset: str) -> str:
    name = charset.strip().strip("\"'").lower()[:40].partition("*")[0]
    try:
        found = codecs.lookup(REALLY.get(name, name))
    except (LookupError, ValueError, TypeError):
        return ""
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name not in NOT_TAKEN else ""


def _guess(content: bytes) -> str:
    """The likeliest character set, by the beginning."""
    if _is_simplified(content[:LOOKED_AT]):
        return "gb18030"
    best = from_bytes(content[:LOOKED_AT], cp_isolation=GUESSED, steps=3, enable_fallback=False).best()
    return best.encoding if best else ""


def _is_simplified(content: bytes) -> bool:
    """Whether these bytes are simplified Chinese, which is too short in headers to be told by how often signs come:
    pairs of the oldest set, most of them of its common signs."""
    try:
        signs = [sign for sign in content.decode("gb2312") if sign > "\x7f"]
    except UnicodeDecodeError as error:
        if error.end < len(content) - 1:
            return False
        signs = [sign for sign in content[: error.start].decode("gb2312") if sign > "\x7f"]
    common = sum(0xB0 <= sign.encode("gb2312")[0] <= 0xD7 for sign in signs)
    return bool(signs) and common * 2 > len(signs)
