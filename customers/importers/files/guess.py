"""Which encoding a text that is not in UTF-8 is most probably in.

charset-normalizer tells how great a mess each encoding makes of the text. That alone does not do: lists of names are no
prose, and a few letters make proper text in several encodings. So it is also asked how many of the letters beyond
ASCII are common ones of a language that is written in the encoding, and stand where its letters stand."""

import re
from collections.abc import Callable, Mapping

from charset_normalizer import from_bytes

SAMPLE = 32 * 1024
NOT_AT_ALL = -1.0

WESTERN = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœß"
CENTRAL = "ąćęłńóśźżáčďéěíňřšťúůýžäöüőűâăîşţß"
TURKISH = "çğıöşüâîû"
CYRILLIC, GREEK, HEBREW, ARABIC = "а-яёіїєґА-ЯЁІЇЄҐ", "α-ωάέήίόύώϊϋςΑ-ΩΆΈΉΊΌΎΏ", "א-ת", "ء-يپچژگ"
# One sign alone within a Latin word: the encoding took a Latin letter for half of it.
BESIDE_LATIN = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f](?=[\x00-\x7f]|$)")
KANA = re.compile("[ぁ-ゖァ-ヺー]")
# Signs of print that all encodings of Windows and the Macintosh have, each at another place.
SIGNS = "’‘“”–—…€£°©®«»¿¡ºª·"

Count = Callable[[str], float]
"""How many of the letters beyond ASCII in a text are as one would expect."""


def guess_encoding(sample: bytes) -> str:
    """The most probable encoding of a text with bytes beyond ASCII; empty where none is probable."""
    lines = [line for line in sample.replace(b"\r", b"\n").split(b"\n") if not line.isascii()]
    while len(lines) > 1 and sum(map(len, lines)) > SAMPLE:
        lines = lines[: len(lines) // 2]
    text = b"\n".join(lines)
    mess = {str(match): match.chaos for match in from_bytes(text, cp_isolation=list(EXPECTED))}
    scores = {name: _plausible(name, text, mess) for name in EXPECTED}
    best = max(EXPECTED, key=lambda name: scores[name])  # the first of equals
    return best if scores[best] > NOT_AT_ALL else ""


def _plausible(name: str, text: bytes, mess: Mapping[str, float]) -> float:
    """The share of letters beyond ASCII that are as expected, less the mess that the text is; NOT_AT_ALL where it
    cannot be in this encoding."""
    try:
        decoded = text.decode(name)
    except UnicodeDecodeError:
        return NOT_AT_ALL
    foreign = sum(not c.isascii() for c in decoded)
    return EXPECTED[name](decoded) / foreign - mess.get(decoded, 0.3) if foreign else NOT_AT_ALL


def _alphabet(small: str) -> Count:
    """Of Latin letters: small ones after small ones, large ones at the beginning or among large ones; and never three
    of them in a row, as Latin words have none."""
    large = small.upper().replace("SS", "").replace("I", "İ")  # the Turkish ı is a small I
    letter = re.compile(
        f"(?<![^\\x00-\\x7f][^\\x00-\\x7f])(?:(?<=[A-Za-z{small}{large}])[{small}]"
        f"|(?<![A-Za-z{small}])[{large}{small}](?=[a-z{small}])|(?<=[A-Z{large}])[{large}](?![a-z])|[{large}](?=[A-Z{large}]))"
    )
    sign = re.compile(f"[{SIGNS}]")
    return lambda text: len(letter.findall(text)) + 0.8 * len(sign.findall(text))


def _script(letters: str, frequent: str) -> Count:
    """Of other alphabets: whole words, of which none goes from small to large; half a letter that is not frequent."""
    words = re.compile(f"[{letters}]{{2,}}")
    rare = re.compile(f"[^{frequent}{frequent.upper()}]")

    def count(text: str) -> float:
        good = [word for word in words.findall(text) if word[1:] == word[1:].lower() or word.isupper()]
        return sum(len(word) - 0.5 * len(rare.findall(word)) for word in good)

    return count


def _two_bytes(encoding: str, common: tuple[int, int], rare: tuple[int, int], *, trail: int, kana: float) -> Count:
    """Of characters of two bytes: common ones, and half of the rarer ones, by the first byte. `kana` is what a sign
    of the Japanese syllabaries counts."""

    def count(text: str) -> float:
        total = 0.0
        for c in "".join(BESIDE_LATIN.split(text)):
            if c.isascii():
                continue
            code = c.encode(encoding, "ignore")
            if KANA.match(c):
                total += kana
            elif len(code) == 2 and code[1] >= trail:
                total += 1 if common[0] <= code[0] <= common[1] else 0.5 if rare[0] <= code[0] <= rare[1] else 0.2
        return total

    return count


# The more likely first: equal evidence is decided by this order.
EXPECTED: dict[str, Count] = {
    "gb18030": _two_bytes("gb18030", (0xB0, 0xD7), (0xA1, 0xF7), trail=0xA1, kana=0.2),
    "big5": _two_bytes("big5", (0xA4, 0xC6), (0xA1, 0xF9), trail=0x40, kana=0.2),
    "cp932": _two_bytes("cp932", (0x88, 0x97), (0x81, 0x9F), trail=0x40, kana=1),
    "euc_jp": _two_bytes("euc_jp", (0xB0, 0xC2), (0xA1, 0xF4), trail=0xA1, kana=1),
    "cp949": _two_bytes("cp949", (0xB0, 0xC8), (0xA1, 0xA3), trail=0xA1, kana=0.2),
    "cp1252": _alphabet(WESTERN),
    "mac_roman": _alphabet(WESTERN),
    "cp1250": _alphabet(CENTRAL),
    "cp1254": _alphabet(TURKISH),
    "cp1251": _script(CYRILLIC, "оеаинтсрвлкмдпуя"),
    "koi8_r": _script(CYRILLIC, "оеаинтсрвлкмдпуя"),
    "cp1253": _script(GREEK, "αοιετσνηυρπκμλςόίάέ"),
    "cp1255": _script(HEBREW, "יוהלאבתרמשנכד"),
    "cp1256": _script(ARABIC, "اليمونرتبةعدسف"),
}
