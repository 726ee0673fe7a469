"""Blind indexes: a keyed hash of the normalised value, so that equal contact points are found without decrypting."""

import unicodedata
from functools import cache, lru_cache

import phonenumbers

from customers.choices import ContactKind, KeyPurpose
from customers.encryption.cipher import keyed_hash
from customers.encryption.keyring import current_key


def _folded(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def _idna(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:  # not a domain name: compare it as it stands
        return domain


def normalise_email(value: str) -> str:
    """NFKC, case folded, the domain in IDNA."""
    name, at, domain = _folded(value).rpartition("@")
    return f"{name}@{_idna(domain)}" if at else domain


def normalise_phone(value: str, *, region: str = "") -> str:
    """E.164 where the number can be read (`region` is the customer's ISO country), else its digits."""
    text = unicodedata.normalize("NFKC", value)
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return "".join(c for c in text if c.isdigit() or c == "+")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise(kind: str, value: str, *, region: str = "") -> str:
    """The form in which two contact points of this kind are compared."""
    if kind == ContactKind.EMAIL:
        return normalise_email(value)
    if kind == ContactKind.PHONE:
        return normalise_phone(value, region=region)
    return _folded(value)


def blind_index(kind: str, value: str, *, region: str = "") -> str:
    """32 hex digits; equal for contact points that are equal after `normalise`. Kinds never collide."""
    return _index(kind, normalise(kind, value, region=region))


def domain_index(value: str) -> str:
    """Blind index of an e-mail address's domain, or an empty string where there is none."""
    return _index_of_domain(normalise_email(value)) if "@" in value else ""


def both_indexes(kind: str, value: str, *, region: str = "") -> tuple[str, str]:
    """The blind index, and that of the domain, which e-mail addresses alone have."""
    plain = normalise(kind, value, region=region)
    return _index(kind, plain), _index_of_domain(plain) if kind == ContactKind.EMAIL and "@" in value else ""


def _index(kind: str, plain: str) -> str:
    _, key = current_key(KeyPurpose.INDEX)
    return keyed_hash(f"{kind}:{plain}", key=key)


def _index_of_domain(address: str) -> str:
    domain = address.rpartition("@")[2]
    _, key = current_key(KeyPurpose.INDEX)
    return _domain_index(domain, key) if domain else ""


@lru_cache(maxsize=1024)
def _domain_index(domain: str, key: bytes) -> str:
    return keyed_hash(f"domain:{domain}", key=key)  # most people share a few mail providers
