"""Names in parts: of people given and family name, of organisations what is left without the legal form."""

import re
from dataclasses import dataclass

from customers.folding import fold
from customers.matching.legal_forms import without_cjk_form, without_form
from customers.matching.words import (
    CJK_TITLES,
    COMPOUND_FAMILY_NAMES,
    GENERATIONS,
    GENERIC_CJK,
    GENERIC_WORDS,
    PARTICLES,
    TITLES,
)

Words = tuple[str, ...]

# Of longer texts the rest is left out: pairing words takes time in proportion to the square.
MOST_WORDS = 30

# Han, kana, Hangul: scripts without spaces, in which one sign is much of a name.
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0002ffff]")
_INSIDE_WORD = re.compile(r"(?<=\w)['’`´](?=\w)")
_ABBREVIATED = re.compile(r"\b(\w)\.(?=\w\b)")
_BETWEEN_WORDS = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name. Parts that are not known are empty; all are when this is no name (an e-mail address, say)."""

    given: Words = ()
    family: Words = ()
    generation: str = ""
    cjk_given: str = ""
    cjk_family: str = ""

    @property
    def words(self) -> frozenset[str]:
        """All words of it, in no order."""
        cjk = self.cjk_family + self.cjk_given
        return frozenset((*self.given, *self.family, *((cjk,) if cjk else ())))


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """An organisation's name without its legal form. `cjk` is the part in signs, `core` the words beside it."""

    core: Words = ()
    cjk: str = ""
    form: str = ""
    is_generic: bool = False

    @property
    def words(self) -> frozenset[str]:
        """All words of it, in no order."""
        return frozenset((*self.core, *((self.cjk,) if self.cjk else ())))


def words_of(folded: str) -> list[str]:
    """The first words of a folded text, without punctuation: “o'neil & sons” is oneil and sons."""
    return _BETWEEN_WORDS.sub(" ", _INSIDE_WORD.sub("", folded.replace("&", " and "))).split()[:MOST_WORDS]


def is_cjk(text: str) -> bool:
    """Whether a text has signs of a script without spaces."""
    return _CJK.search(text) is not None


def person_name(name: str, given: str = "", family: str = "") -> PersonName:
    """The parts of a person's name, from its two columns where they are filled, else from the whole.

    Of a whole name the last word is the family name, or what stands before a comma; of a Chinese one the first sign or
    the first two. Which is which may be wrong: comparing tries both."""
    if given.strip() or family.strip():
        return _from_parts(fold(given), fold(family))
    folded = fold(name)
    if "@" in folded or not any(c.isalpha() for c in folded):
        return PersonName()
    before, comma, after = folded.partition(",")
    if comma and before.strip() and after.strip() and after.strip(" .") not in GENERATIONS:
        return _from_parts(after, before)
    return _from_whole(folded)


def _from_parts(given: str, family: str) -> PersonName:
    given_words, generation = _without_generation(_plain(given))
    family_words, other = _without_generation(_plain(family))
    return PersonName(
        given=tuple(word for word in given_words if not is_cjk(word)),
        family=tuple(word for word in family_words if not is_cjk(word)),
        generation=generation or other,
        cjk_given="".join(word for word in given_words if is_cjk(word)),
        cjk_family="".join(word for word in family_words if is_cjk(word)),
    )


def _from_whole(folded: str) -> PersonName:
    words, generation = _without_generation(_plain(folded))
    cjk = [word for word in words if is_cjk(word)]
    latin = [word for word in words if not is_cjk(word)]
    cjk_family, cjk_given = _split_cjk(cjk)
    family = _length_of_family(latin, folded)
    parts = (tuple(latin[: len(latin) - family]), tuple(latin[len(latin) - family :]))
    return PersonName(*parts, generation, cjk_given, cjk_family)


def _length_of_family(words: list[str], folded: str) -> int:
    """How many of the last words are the family name: one, all of a name with hyphens, and the particles before it."""
    length = 1 if len(words) > 1 else 0
    while 0 < length < len(words) - 1:
        before, word = words[-length - 1], words[-length]
        if before not in PARTICLES and f"{before}-{word}" not in folded:
            break
        length += 1
    return length


def _split_cjk(words: list[str]) -> tuple[str, str]:
    if len(words) > 1:
        return words[0], "".join(words[1:])
    whole = words[0] if words else ""
    length = 2 if whole[:2] in COMPOUND_FAMILY_NAMES and len(whole) > 2 else 1
    return whole[:length], whole[length:]


def _plain(folded: str) -> list[str]:
    """The words of a person's name without titles."""
    words = words_of(folded)
    kept = [word for word in words if word not in TITLES] or words
    return [_without_cjk_title(word) if is_cjk(word) else word for word in kept]


def _without_cjk_title(word: str) -> str:
    for title in CJK_TITLES:
        if word.endswith(title) and len(word) > len(title):
            return word.removesuffix(title)
    return word


def _without_generation(words: list[str]) -> tuple[list[str], str]:
    if len(words) > 1 and words[-1] in GENERATIONS:
        return words[:-1], GENERATIONS[words[-1]]
    return words, ""


def organisation_name(name: str) -> OrganisationName:
    """An organisation's name in the parts that are compared."""
    folded = fold(name)
    if is_cjk(folded):
        return _cjk_organisation(folded)
    core, form = without_form(words_of(_ABBREVIATED.sub(r"\1", folded)))
    return OrganisationName(core=tuple(core), form=form, is_generic=all(word in GENERIC_WORDS for word in core))


def _cjk_organisation(folded: str) -> OrganisationName:
    bare, form = without_cjk_form(folded)
    words = words_of(bare)
    cjk = "".join(word for word in words if is_cjk(word))
    left = cjk
    for word in GENERIC_CJK:
        left = left.replace(word, "")
    return OrganisationName(
        core=tuple(word for word in words if not is_cjk(word)), cjk=cjk, form=form, is_generic=len(left) < 2
    )
