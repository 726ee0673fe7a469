"""Text in the form in which it is searched and compared: without case, accents and width."""

import unicodedata


def fold(text: str) -> str:
    """Case, accents, compatibility forms and runs of white space made alike: “ＭÜLLER  Straße” is “muller strasse”.

    Scripts keep their own letters: 王芳 stays 王芳, and Hangul stays in syllables."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFKC", bare.casefold()).split())
