"""Text in the form in which it is searched and compared: without case, accents and width."""

import unicodedata


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
    if not word.isascii():
        return [word]
    return [word.rjust(3)] if word else []
