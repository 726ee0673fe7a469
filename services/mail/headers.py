"""What may stand in a header."""

import unicodedata


def one_line(text: str) -> str:
    """A text as it may stand in a header: no line breaks or other control characters, with which a header could be
    slipped in."""
    clean = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text)
    return " ".join(clean.split())
