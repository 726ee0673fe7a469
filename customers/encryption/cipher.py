"""The bytes: sealing, opening and keyed hashing. Pure; keys are passed in."""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
BLIND_INDEX_BYTES = 16


class CannotDecrypt(Exception):
    """The key is missing or wrong, or the value was changed or moved to another row."""


@lru_cache(maxsize=64)
def _gcm(key: bytes) -> AESGCM:
    return AESGCM(key)  # expanding a key costs as much as a short text


def seal(plain: bytes, *, key: bytes, bound_to: bytes) -> str:
    """Encrypt `plain` with AES-256-GCM; `bound_to` (associated data) must be given again to open it."""
    nonce = os.urandom(NONCE_BYTES)
    return urlsafe_b64encode(nonce + _gcm(key).encrypt(nonce, plain, bound_to)).decode("ascii")


def seal_once(plain: bytes, *, bound_to: bytes) -> tuple[str, bytes]:
    """Encrypt with a key that is made for this one value; returns the ciphertext and the key."""
    key, nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES)
    return urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, plain, bound_to)).decode("ascii"), key


def unseal_once(sealed: str, *, key: bytes, bound_to: bytes) -> bytes:
    """Decrypt what `seal_once` made. Raises CannotDecrypt."""
    try:
        raw = urlsafe_b64decode(sealed)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt("the value cannot be decrypted: wrong key, or it was changed") from error


def authenticate(text: str, *, key: bytes) -> str:
    """The whole HMAC-SHA256 of `text` as hex: whoever lacks the key can neither make nor change it."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def unseal(sealed: str, *, key: bytes, bound_to: bytes) -> bytes:
    """Decrypt what `seal` made. Raises CannotDecrypt on a wrong key, changed bytes or other associated data."""
    try:
        raw = urlsafe_b64decode(sealed)
        return _gcm(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt("the value cannot be decrypted: wrong key, or it was changed or moved") from error


def keyed_hash(text: str, *, key: bytes) -> str:
    """HMAC-SHA256 of `text`, cut to 128 bits, as hex: equal texts give equal hashes, nothing else can be read."""
    return hmac.digest(key, text.encode(), "sha256")[:BLIND_INDEX_BYTES].hex()
