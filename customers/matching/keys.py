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
LETTERS_OF_CJK = 4
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
    """All keys of a customer."""
    sounds = name_sounds(profile)
    code = hashed("sounds", *sounds) if sounds else NOTHING
    yield from _contact_keys(profile, code)
    if isinstance(profile.name, PersonName):
        if sounds and profile.birth_date:
            yield from _birth_keys(profile.birth_date, sounds, code)
        if sounds and profile.address_keys:
            yield from _namesake_keys(profile.name, profile.birth_date, code)
    else:
        yield from _organisation_keys(profile.name, code)


def _contact_keys(profile: Profile, code: int) -> Iterator[Key]:
    for kind, values in (("email", profile.emails), ("phone", profile.phones), ("address", profile.address_keys)):
        for value in values:
            yield Key(hashed(kind, value), code)
    for value in profile.messengers:
        yield Key(hashed("messenger", value), code)
    for which, number in profile.identifiers:
        yield Key(hashed("identifier", which, number), code)


def _birth_keys(date: str, sounds: list[str], code: int) -> Iterator[Key]:
    """The day with a letter of the name; and, for a slip in the day, what is left of it with the sound of the name."""
    for letter in {sound[0] for sound in sounds}:
        yield Key(hashed("born", date, letter), code)
    year, month, day = date[:4], date[4:6], date[6:]
    yield Key(hashed("birthday", month, day, *sounds), code)
    for sound in sounds:
        yield Key(hashed("month", year, month, sound), code)
        yield Key(hashed("day", year, day, sound), code)
        if day <= "12":
            yield Key(hashed("swapped", year, *sorted((month, day)), sound), code)


def _namesake_keys(name: PersonName, birth_date: str, code: int) -> Iterator[Key]:
    """The name with slips in one part of it. For people with an address alone: that may say who of many is meant,
    while a name says nothing by itself, and what else could has keys of its own."""
    second = hashed("born", birth_date) if birth_date else NOTHING
    yield Key(hashed("name", *sorted(name.words)), second)
    yield Key(code, second)
    yield from _one_in_full("person", "".join(name.given), "".join(name.family), second)


def _organisation_keys(name: OrganisationName, code: int) -> Iterator[Key]:
    """The name with slips in one of the two words that tell most, and what it sounds like; Chinese ones from either
    end, where the city may be left out."""
    if name.words:
        yield Key(hashed("name", *sorted(name.words)), code)
        yield Key(code, NOTHING)
    if name.cjk:
        yield Key(hashed("start", name.cjk[:LETTERS_OF_CJK]), code)
        yield Key(hashed("end", name.cjk[-LETTERS_OF_CJK:]), code)
    telling = [word for word in name.core if word not in GENERIC_WORDS][:2]
    if len(telling) == 1:
        yield Key(hashed("organisation", telling[0]), code)
    elif telling:
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
