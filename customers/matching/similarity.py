"""How alike two words, names, dates or addresses are, from 0 to 1. Every function here is symmetric."""

from collections.abc import Callable, Sequence

from rapidfuzz.distance import OSA, JaroWinkler

from customers.matching.nicknames import may_be_one
from customers.matching.words import GENERIC_WORDS, PARTICLES

INITIAL = 0.86  # j and john
OTHER_INITIAL = 0.3  # j and peter
ALIKE_WORD = 0.85  # of many words: from here on a pair may be the same one with a slip
NICKNAME = 0.93  # bob and robert
HIS_AND_HERS = 0.65  # paul and paula
SHORT_WORD = 3  # a typing error in so short a word makes another word
SHORT_AND_UNLIKE = 0.78
EXTRA_WORDS = 0.97  # all words of the shorter name stand in the longer one
CONTAINED = 0.88  # of an organisation's name in signs: the shorter is a part of the longer
ACRONYM = 0.87  # ibm and international business machines
GENERIC_WEIGHT = 0.3  # of a word that many organisations have in their names
OTHER_NUMBERS = 0.6  # school 12 and school 21

Words = Sequence[str]
WordSimilarity = Callable[[str, str], float]


def word_similarity(one: str, other: str) -> float:
    """Of two folded words: typing errors and swapped letters cost little at the end, more at the beginning."""
    if one == other:
        return 1.0
    if not (one.isalpha() and other.isalpha()) and _has_digit(one + other):
        return 0.0
    one, other = sorted((one, other))
    if min(len(one), len(other)) <= SHORT_WORD:
        return min(SHORT_AND_UNLIKE, JaroWinkler.similarity(one, other))
    return max(JaroWinkler.similarity(one, other), OSA.normalized_similarity(one, other))


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


def given_word_similarity(one: str, other: str) -> float:
    """As `word_similarity`, but an initial is alike to what it may stand for, and so is a short form."""
    if len(one) == 1 or len(other) == 1:
        return 1.0 if one == other else INITIAL if one[0] == other[0] else OTHER_INITIAL
    found = word_similarity(one, other)
    if one != other and may_be_one(one, other):
        return max(NICKNAME, found)
    return min(HIS_AND_HERS, found) if _his_and_hers(*sorted((one, other), key=len)) else found


def _his_and_hers(short: str, long: str) -> bool:
    """Whether two names differ by a last letter that makes a man's name a woman's: one letter that is no slip."""
    if len(short) < len(long):
        return long in (f"{short}a", f"{short}e")
    return {short[-1], long[-1]} == {"a", "o"} and short[:-1] == long[:-1]


def part_similarity(one: Words, other: Words, word: WordSimilarity = word_similarity) -> float | None:
    """Of two given or family names, which may have several words. None where one is missing."""
    if not one or not other:
        return None
    whole, whole_other = "".join(one), "".join(other)
    if whole == whole_other:
        return 1.0
    if len(one) == len(other) == 1:
        return word(one[0], other[0])
    one, other = _without_particles(one), _without_particles(other)
    found = sum(similarity for similarity, _, _ in paired(one, other, word)) / min(len(one), len(other))
    if len(one) != len(other):
        found *= EXTRA_WORDS
    return max(found, word_similarity(whole, whole_other))


def _without_particles(words: Words) -> Words:
    return [word for word in words if word not in PARTICLES] or words


def paired(one: Words, other: Words, word: WordSimilarity, least: float = 0.0) -> list[tuple[float, str, str]]:
    """A pairing of words that are at least so alike, the likest first: (similarity, of the one, of the other)."""
    ranked = []
    for a in one:
        for b in other:
            low, high = (a, b) if a < b else (b, a)
            similarity = word(low, high)
            if similarity >= least:
                ranked.append((-similarity, low, high, a, b))
    left, left_other = list(one), list(other)
    found = []
    for similarity, _low, _high, a, b in sorted(ranked):
        if a in left and b in left_other:
            left.remove(a)
            left_other.remove(b)
            found.append((-similarity, a, b))
    return found


def cjk_similarity(one: str, other: str) -> float | None:
    """Of two names of people in signs, or parts of them: one other sign is another name."""
    if not one or not other:
        return None
    if one == other:
        return 1.0
    return 0.5 if set(one) & set(other) else 0.0


def organisation_similarity(one: Words, other: Words) -> float:
    """Of the words of two organisations' names: words that many have count little, numbers must be equal."""
    whole, whole_other = "".join(one), "".join(other)
    if whole == whole_other or sorted(one) == sorted(other):
        return 1.0
    if _acronym(one, other) or _acronym(other, one):
        return ACRONYM
    weight = sum(map(_weight, one)) + sum(map(_weight, other))
    pairs = paired(one, other, word_similarity, ALIKE_WORD)
    shared = sum(similarity * (_weight(a) + _weight(b)) for similarity, a, b in pairs) / weight
    found = max(shared, OSA.normalized_similarity(*sorted((whole, whole_other))))
    return min(found, OTHER_NUMBERS) if _numbers(one) != _numbers(other) else found


def _weight(word: str) -> float:
    return GENERIC_WEIGHT if word in GENERIC_WORDS else 1.0


def _acronym(short: Words, long: Words) -> bool:
    letters = "".join(word[0] for word in long)
    return len(short) == 1 and len(letters) >= SHORT_WORD and short[0] == letters


def _numbers(words: Words) -> frozenset[str]:
    return frozenset(word for word in words if _has_digit(word))


def cjk_organisation_similarity(one: str, other: str) -> float:
    """Of two organisations' names in signs: with or without the city in front; else sign by sign."""
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=lambda name: (len(name), name))
    if len(short) >= SHORT_WORD and short in long:
        return CONTAINED
    return OSA.normalized_similarity(*sorted((one, other)))
