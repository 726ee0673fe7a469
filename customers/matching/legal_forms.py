"""Legal forms of organisations: taken off a name before it is compared, and compared for themselves."""

# form -> how it is written, folded, without dots
_WRITTEN = {
    "limited": (
        "ltd", "limited", "co ltd", "company ltd", "company limited", "co limited", "pvt ltd", "private limited",
        "p ltd", "pte ltd", "pty ltd", "pty limited", "proprietary limited", "sdn bhd",
    ),
    "plc": ("plc", "public limited company"),
    "inc": ("inc", "incorporated", "corp", "corporation", "co inc"),
    "llc": ("llc", "l l c", "limited liability company"),
    "llp": ("llp", "lllp"),
    "lp": ("lp",),
    "gmbh": ("gmbh", "ges mbh", "gesmbh", "mbh", "ggmbh", "gesellschaft mit beschrankter haftung"),
    "ug": ("ug", "ug haftungsbeschrankt"),
    "gmbh co kg": ("gmbh co kg", "gmbh and co kg", "gmbh u co kg", "gmbh cokg"),
    "ag": ("ag", "aktiengesellschaft"),
    "kg": ("kg", "kommanditgesellschaft"),
    "ohg": ("ohg",),
    "gbr": ("gbr",),
    "ev": ("ev", "e v", "eingetragener verein"),
    "eg": ("eg",),
    "se": ("se",),
    "sa": ("sa", "s a", "sociedad anonima", "societe anonyme", "sociedade anonima", "sa de cv", "s a de c v"),
    "sas": ("sas", "s a s", "sasu"),
    "sarl": ("sarl", "eurl"),
    "sl": ("sl", "s l", "slu", "sociedad limitada"),
    "srl": ("srl", "s r l", "s de rl de cv"),
    "spa": ("spa", "s p a"),
    "ltda": ("ltda", "limitada", "lda"),
    "bv": ("bv", "b v"),
    "nv": ("nv", "n v"),
    "ab": ("ab", "aktiebolag"),
    "as": ("as", "a s"),
    "asa": ("asa",),
    "aps": ("aps",),
    "oy": ("oy", "oyj"),
    "kft": ("kft",),
    "zrt": ("zrt", "nyrt"),
    "sro": ("sro", "s r o", "spol s r o"),
    "doo": ("doo", "d o o"),
    "zoo": ("sp z o o", "sp z oo", "spzoo", "spolka z oo"),
    "ou": ("ou",),
    "uab": ("uab",),
    "sia": ("sia",),
    "as tr": ("anonim sirketi",),
    "ooo": ("ооо",),
    "ao": ("ао", "пао", "оао", "зао"),
    "jsc": ("jsc", "pjsc", "ojsc", "cjsc", "joint stock company"),
    "pt": ("pt", "tbk"),
    "bhd": ("bhd",),
    "": ("co", "company", "cie", "and co", "and company", "et cie"),
}  # fmt: skip

_FORM_OF = {tuple(text.split()): form for form, texts in _WRITTEN.items() for text in texts}
_LONGEST = max(map(len, _FORM_OF))
# Forms that stand before the name.
_LEADING = frozenset({"ooo", "ao", "pt", "uab", "sia", "zoo"})

# Chinese, Japanese and Korean names have no spaces; longest first. (X) is how ㈱ and its like are folded.
_CJK = (
    ("有限责任公司", "limited"),
    ("有限責任公司", "limited"),
    ("股份有限公司", "jsc"),
    ("股份公司", "jsc"),
    ("有限公司", "limited"),
    ("有限会社", "yugen"),
    ("合同会社", "llc"),
    ("株式会社", "kk"),
    ("(株)", "kk"),
    ("(有)", "yugen"),
    ("주식회사", "kk"),
    ("(주)", "kk"),
    ("유한회사", "llc"),
    ("公司", ""),
)


def without_form(words: list[str]) -> tuple[list[str], str]:
    """The words of a name without its legal form, and the form; an empty form says nothing.

    A name that is nothing but a form stays whole."""
    form = ""
    while found := _form_at_end(words):
        words, last = found
        form = form or last
    if words and len(words) > 1 and _FORM_OF.get((words[0],)) in _LEADING:
        form, words = form or _FORM_OF[(words[0],)], words[1:]
    return words, form


def _form_at_end(words: list[str]) -> tuple[list[str], str] | None:
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        form = _FORM_OF.get(tuple(words[-length:]))
        if form is not None:
            return words[:-length], form
    return None


def without_cjk_form(name: str) -> tuple[str, str]:
    """The same of a name in Chinese, Japanese or Korean, whose form stands at either end without a space."""
    for written, form in _CJK:
        if name.endswith(written) and len(name) > len(written):
            return name[: -len(written)].strip(), form
        if name.startswith(written) and len(name) > len(written):
            return name[len(written) :].strip(), form
    return name, ""
