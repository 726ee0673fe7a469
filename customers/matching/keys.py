"""Which customers are worth comparing: those who share a key. Each key is two hashes, the second of which tells the
members apart where too many share the first."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from customers.matching.names import OrganisationName, PersonName, is_cjk, organisation_name, person_name
from customers.matching.profile import ORGANISATION, Profile
from customers.matching.words import GENERIC_WORDS, PARTICLES

NOTHING = 0
SOUND_LENGTH = 4
LETTERS_OF_CJK = 5
FIRST_LETTERS = 2


class Key(NamedTuple):
    """`first` puts into one block, `second` into a part of it; a second of 0 is in no part."""

    first: int
    second: int


def hashed(*parts: str) -> int:
    """64 bits of a hash, as a signed number; the same on every machine, never 0."""
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


@lru_cache(maxsize=4096)  # asked again when the row is written, and when it is looked up
def name_key(kind: str, name: str) -> int:
    """Equal for names that are the same but for case, accents, title, legal form and the order of words; 0 where the
    name says nothing."""
    parsed = organisation_name(name) if kind == ORGANISATION else person_name(name)
    return hashed("name", *sorted(parsed.words)) if parsed.words else NOTHING


def blocking_keys(profile: Profile) -> Iterator[Key]:
    """All keys of a customer. Which there are follows from what it takes to look alike (weights.py): whoever shares
    none of them shares too little."""
    sounds = name_sounds(profile)
    code = hashed("sounds", *sounds) if sounds else NOTHING
    yield from _contact_keys(profile, sounds, code)
    if not sounds:
        return
    if profile.birth_date:
        yield from _birth_keys(profile.birth_date, sounds, code)
    if isinstance(profile.name, OrganisationName):
        yield Key(hashed("name", *sorted(profile.name.words)), code)
    if profile.address_keys:
        yield from _namesake_keys(profile, code)


def _contact_keys(profile: Profile, sounds: list[str], code: int) -> Iterator[Key]:
    """A mailbox or a number that names one is enough; a line or a house is with people whose names begin
    alike, or who were born on the same day."""
    for kind, values in (("email", profile.emails), ("messenger", profile.messengers)):
        for value in values:
            yield Key(hashed(kind, value), code)
    for which, number in profile.identifiers:
        yield Key(hashed("identifier", which, number), code)
    for kind, values in (("phone", profile.phones), ("address", profile.address_keys)):
        for value in values:
            for who in _who_of_a_house(profile, sounds):
                yield Key(hashed(kind, value, who), code)


def _who_of_a_house(profile: Profile, sounds: list[str]) -> set[str]:
    """What tells apart the people of a house or an office: letters of the name, and the birthday."""
    if profile.kind == ORGANISATION:
        return {""}
    name = profile.name
    latin = [*name.given[:1], *name.family[-1:]] if isinstance(name, PersonName) else []
    return {*(sound[0] for sound in sounds), *(sound_of(word)[0] for word in latin), profile.birth_date} - {""}


def _birth_keys(date: str, sounds: list[str], code: int) -> Iterator[Key]:
    """The day with a letter of the name; and, for a slip in the day, what is left of it with what the name sounds
    like."""
    for letter in {sound[0] for sound in sounds}:
        yield Key(hashed("born", date, letter), code)
    year, month, day = date[:4], date[4:6], date[6:]
    yield Key(hashed("birthday", month, day, *sounds), code)
    yield Key(hashed("month", year, month, *sounds), code)
    yield Key(hashed("day", year, day, *sounds), code)
    if day <= "12":
        yield Key(hashed("swapped", year, *sorted((month, day)), *sounds), code)


def _namesake_keys(profile: Profile, code: int) -> Iterator[Key]:
    """The name with slips. For customers with an address alone: that may say who of many is meant, while a name says
    too little by itself, unless it is that of an organisation, and the same."""
    name = profile.name
    second = hashed("born", profile.birth_date) if profile.birth_date else NOTHING
    yield Key(code, second)
    if isinstance(name, PersonName):
        yield Key(hashed("name", *sorted(name.words)), second)
        yield from _one_in_full("person", "".join(name.given), "".join(name.family), second)
        return
    if name.cjk:  # from either end, where the city may be left out
        yield Key(hashed("start", name.cjk[:LETTERS_OF_CJK]), code)
        yield Key(hashed("end", name.cjk[-LETTERS_OF_CJK:]), code)
    telling = [word for word in name.core if word not in GENERIC_WORDS][:2]
    if len(telling) > 1:
        yield from _one_in_full("organisation", telling[0], telling[1], code)


def _one_in_full(what: str, one: str, other: str, second: int) -> Iterator[Key]:
    """Each of two words with the first letters of the other."""
    if one and other:
        yield Key(hashed(what, one, other[:FIRST_LETTERS]), second)
        yield Key(hashed(what, other, one[:FIRST_LETTERS]), second)


def name_sounds(profile: Profile) -> list[str]:
    """The sounds of given and family name, or of the words of an organisation that tell, in the order of letters."""
    name = profile.name
    if isinstance(name, PersonName):
        if name.cjk_family or name.cjk_given:
            return [*name.cjk_family, *name.cjk_given]
        parts = (name.given[:1], [word for word in name.family if word not in PARTICLES][:1] or name.family[:1])
        return sorted(sound_of(word) for part in parts for word in part)
    words = [word for word in name.core if word not in GENERIC_WORDS] or list(name.core)
    return sorted({*(sound_of(word) for word in words), *((name.cjk,) if name.cjk else ())})


_ALIKE = str.maketrans("bpfvwckqgjsxzdtlmnr", "1111122222222334556")

_FIRST = {"c": "k", "q": "k", "z": "s", "y": "i", "j": "i", "v": "f", "w": "f"}


def sound_of(word: str) -> str:
    """What a word sounds like, roughly: its first letter and up to three groups of consonants, none twice in a row.
    Numbers and signs stay as they are."""
    if is_cjk(word) or any(c.isdigit() for c in word):
        return word
    first = "f" if word.startswith("ph") else _FIRST.get(word[0], word[0])
    sound, last = first, word[0].translate(_ALIKE)
    for letter in word[1:].translate(_ALIKE):
        if letter != last and (letter.isdigit() or not letter.isascii()):
            sound += letter
            last = letter
    return sound[:SOUND_LENGTH]
