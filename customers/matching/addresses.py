"""Addresses as free text: numbers and words in any order, parts left out, letters and spaces slipped."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from customers.folding import fold
from customers.matching.names import is_cjk, words_of
from customers.matching.similarity import ALIKE_WORD, paired
from customers.matching.words import ADDRESS_WORDS

_DIGITS = re.compile(r"\d+")
# Of two long numbers (postcodes) one digit is other, or two are swapped.
ALIKE_NUMBER = 0.75
LONG_NUMBER = 4
# So alike letter by letter, it is the same text with slips, also where spaces slipped.
ALIKE_TEXT = 0.8
NUMBERS_WEIGHT = 0.4
# What is left out of one of two addresses (a suburb, a country) counts half of what differs.
LEFT_OUT = 0.5


@dataclass(frozen=True, slots=True)
class Address:
    """The numbers and the words of an address; `text` is the words without spaces, `cjk` the part in signs."""

    numbers: frozenset[str]
    words: frozenset[str]
    text: str
    cjk: str = ""


def address(written: str) -> Address:
    """A written address in its parts."""
    folded = fold(written)
    words = [ADDRESS_WORDS.get(word, word) for word in words_of(_DIGITS.sub(" ", folded))]
    plain = [word for word in words if not is_cjk(word)]
    return Address(
        numbers=frozenset(number.lstrip("0") or "0" for number in _DIGITS.findall(folded)),
        words=frozenset(plain),
        text="".join(plain),
        cjk="".join(word for word in words if is_cjk(word)),
    )


def address_similarity(one: Address, other: Address) -> float:
    """From 0 (nothing in common) to 1 (the same place). Symmetric."""
    words = _words(one, other)
    if not one.numbers or not other.numbers:
        return words * (1 - NUMBERS_WEIGHT / 2)
    return NUMBERS_WEIGHT * _numbers(one.numbers, other.numbers) + (1 - NUMBERS_WEIGHT) * words


def _numbers(one: frozenset[str], other: frozenset[str]) -> float:
    shared = one & other
    left, left_other = sorted(one - shared), sorted(other - shared)
    alike = sum(any(_alike_numbers(a, b) for b in left_other) for a in left)
    alike_other = sum(any(_alike_numbers(a, b) for b in left) for a in left_other)
    return _share(len(shared) + ALIKE_NUMBER * min(alike, alike_other), len(one), len(other))


def _alike_numbers(a: str, b: str) -> bool:
    return min(len(a), len(b)) >= LONG_NUMBER and OSA.distance(a, b, score_cutoff=1) <= 1


def _words(one: Address, other: Address) -> float:
    if one.cjk and other.cjk:
        a, b = sorted((one.cjk, other.cjk))
        return max(fuzz.ratio(a, b), 0.95 * fuzz.partial_ratio(a, b)) / 100
    if not one.words or not other.words:
        return 0.0
    shared = one.words & other.words
    alike = paired(list(one.words - shared), list(other.words - shared), _alike, ALIKE_WORD)
    found = _share(len(shared) + sum(pair[0] for pair in alike), len(one.words), len(other.words))
    text = fuzz.ratio(*sorted((one.text, other.text))) / 100
    return max(found, text) if text >= ALIKE_TEXT else found


def _alike(one: str, other: str) -> float:
    return JaroWinkler.similarity(one, other, score_cutoff=ALIKE_WORD)


def _share(shared: float, one: int, other: int) -> float:
    """What is shared, of the shorter in the main and of the longer a little."""
    short, long = sorted((one, other))
    return shared / (short + LEFT_OUT * (long - short))
