"""Texts as the words by which tickets are found."""

import re
from collections.abc import Iterable

from customers.folding import SPACELESS, fold, is_spaceless

# Letters and digits of any script; with the vowel signs of those scripts whose vowels are marks.
_WORD = re.compile("(?:[^\\W_]|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])+")
_RUN = re.compile(f"[{SPACELESS}]+|[^{SPACELESS}]+")
# Longer words are known by their beginning.
LONGEST_WORD = 40
# A search looks at so many words, and a ticket is found by so many bytes of them: the databases have their limits.
MOST_SOUGHT = 32
MOST_BYTES = 400_000
# Endings of English words, the longest first; what is left of a word must still tell something.
_ENDINGS = ("ing", "ies", "ed", "es", "s", "y", "e")
SHORTEST_STEM = 4
# English words that stand in every text and say nothing of what it is about.
_LITTLE_WORDS = (
    "a about after again all also am an and any are as at be because been before being but by can cannot could "
    "did do does doing done each for from get go good got had has have he hello her here him his how i if in into "
    "is it its just like may me more most my need needs new no not now of off on once one only or other our out "
    "over own please since so some still such than thank thanks that the their them then there these they this "
    "those three to too two under until up us very was we were what when where which while who why will with "
    "would yes yet you your"
)
_LITTLE = frozenset(_LITTLE_WORDS.split())


def words_of(text: str) -> set[str]:
    """The words of a text, folded. Of a script without spaces every two neighbours are one, and the last character
    of a run alone: 水泵漏水 is 水泵, 泵漏, 漏水 and 水."""
    return {word for run in _runs(text) for word in (_pairs(run, last=True) if is_spaceless(run) else [run])}


def words_sought(text: str) -> list[str]:
    """The beginnings of words that a ticket must have to be found by `text`: of 漏水 the pair, of 水 any that begins
    with it."""
    return _words_in_order(text)[:MOST_SOUGHT]


def stems_sought(text: str) -> list[str]:
    """As `words_sought`, so far as English inflects them the same: of “pumps leaking” the beginnings pump and leak.
    Words that say nothing, and single letters, are left out where there are others."""
    words = _words_in_order(text)
    telling = [word for word in words if word not in _LITTLE and not (len(word) == 1 and word.isascii())]
    return list(dict.fromkeys(_stem(word) for word in telling or words))[:MOST_SOUGHT]


def is_whole_word(word: str, *, alone: bool) -> bool:
    """Whether a word of a search must be a word itself, not the beginning of one: a single letter beside others (the T
    of T-000017), which as a beginning would be found everywhere, and slowly; and two characters of a script without
    spaces, since no such word is longer."""
    if len(word) == 1:
        return word.isascii() and not alone
    return is_spaceless(word)


def as_many_as_fit(words: Iterable[str]) -> list[str]:
    """The words in order, as long as there is room."""
    kept, room = [], MOST_BYTES
    for word in sorted(words):
        room -= len(word.encode()) + 1
        if room < 0:
            break
        kept.append(word)
    return kept


def _runs(text: str) -> list[str]:
    whole = _WORD.findall(fold(text))
    runs = [run for word in whole for run in _RUN.findall(word)]
    return [run if is_spaceless(run) else run[:LONGEST_WORD] for run in runs]


def _words_in_order(text: str) -> list[str]:
    found: list[str] = []
    for run in _runs(text):
        found += _pairs(run, last=len(run) == 1) if is_spaceless(run) else [run]
    return list(dict.fromkeys(found))


def _stem(word: str) -> str:
    if not (word.isascii() and word.isalpha()):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def _pairs(run: str, *, last: bool) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) if last else len(run) - 1)]
