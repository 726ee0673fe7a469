"""Text in the form in which it is searched and compared: without case, accents and width."""

import re
import unicodedata

# Scripts that know no spaces (Thai, Lao, Burmese, Khmer, Han, kana) and Hangul, whose words carry endings; as the
# function customers_name_grams (migration 0004) has them.
SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACELESS = re.compile(f"[{SPACELESS}]")


def fold(text: str) -> str:
    """Case, accents, compatibility forms and runs of white space made alike: “ＭÜLLER  Straße” is “muller strasse”.

    Scripts keep their own letters: 王芳 stays 王芳, and Hangul stays in syllables."""
    if text.isascii():
        return " ".join(text.lower().split())
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFKC", bare.casefold()).split())


def grams_of_search(word: str) -> list[str]:
    """The parts of a folded word that customers_name_grams (migration 0004) finds in every name that holds it: three
    characters each; of a shorter word in a script without spaces the word itself; of two letters the beginning of a
    word, of one the beginning of the name. Empty where there is nothing to look up."""
    if len(word) >= 3:
        return sorted({word[i : i + 3] for i in range(len(word) - 2)})
    if is_spaceless(word):
        return [word]
    return [word.rjust(3)] if word else []


def is_spaceless(word: str) -> bool:
    """Whether a word is in a script that knows no spaces: a part of it may be a word, however short."""
    return not word.isascii() and _SPACELESS.search(word) is not None
