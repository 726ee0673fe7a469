"""What encrypts backups: a key that follows from CRM_ENCRYPTION_KEY alone. No row of a database is needed to read a
backup, since the database may be what was lost."""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from customers.encryption.cipher import CannotDecrypt, seal, unseal
from customers.encryption.files import HEAD_BYTES, head_bound_to

MAGIC = b"candid-backup-1\n"


class WrongKey(CannotDecrypt):
    """It was made under another CRM_ENCRYPTION_KEY."""

    def __init__(self, wanted: str) -> None:
        super().__init__(
            f"it was made under another key ({wanted}): set CRM_ENCRYPTION_KEY to the one that held when it was made"
        )


@lru_cache(maxsize=16)
def _derived(environment_key: str, purpose: str) -> bytes:
    """A key for one purpose. CRM_ENCRYPTION_KEY has 32 random bytes, so no salt is needed."""
    info = f"candid backup {purpose}".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(urlsafe_b64decode(environment_key))


def _fingerprint(environment_key: str) -> str:
    return hashlib.sha256(_derived(environment_key, "fingerprint")).hexdigest()[:12]


def fingerprint() -> str:
    """Which key this is, in 12 letters that say nothing else of it."""
    return _fingerprint(settings.CRM_ENCRYPTION_KEY)


def name_of(content: "hashlib._Hash") -> str:
    """The name that a file of this SHA-256 is stored under: whoever lacks the key cannot try what is stored."""
    key = _derived(settings.CRM_ENCRYPTION_KEY, "names")
    return hmac.digest(key, content.digest(), "sha256").hex()


def names_of(content: "hashlib._Hash") -> set[str]:
    """The names that it may have, by each key that is known."""
    return {hmac.digest(_derived(key, "names"), content.digest(), "sha256").hex() for key in _known()}


def mac_of(text: str) -> str:
    """Signs a line that lies beside the backups."""
    return hmac.digest(_derived(settings.CRM_ENCRYPTION_KEY, "lines"), text.encode(), "sha256").hex()


def is_mac_of(mac: str, text: str) -> bool:
    """Whether one of the known keys signed it."""
    macs = (hmac.digest(_derived(key, "lines"), text.encode(), "sha256").hex() for key in _known())
    return any(hmac.compare_digest(mac.encode(), one.encode()) for one in macs)


def _known() -> list[str]:
    return [key for key in (settings.CRM_ENCRYPTION_KEY, settings.CRM_ENCRYPTION_KEY_OLD) if key]


class UnderBackupKey:
    """Heads of files of a backup (customers.encryption.files.Heads)."""

    def write(self, key: bytes, file_id: str) -> bytes:
        """The head of a new file."""
        under = _derived(settings.CRM_ENCRYPTION_KEY, "files")
        token = f"{fingerprint()}.{seal(key, key=under, bound_to=head_bound_to(file_id))}"
        return (MAGIC + token.encode() + b"\n").ljust(HEAD_BYTES, b"\0")

    def read(self, head: bytes, file_id: str) -> bytes:
        """The key that is in a head. Raises WrongKey, CannotDecrypt."""
        if not head.startswith(MAGIC) or len(head) < HEAD_BYTES:
            raise CannotDecrypt("it is no file of a backup, or its beginning is spoilt")
        token, _end, rest = head[len(MAGIC) :].partition(b"\n")
        if rest.strip(b"\0"):
            raise CannotDecrypt("its beginning is spoilt")
        made_under, _dot, body = token.decode("ascii", "replace").partition(".")
        for key in _known():
            if _fingerprint(key) == made_under:
                return unseal(body, key=_derived(key, "files"), bound_to=head_bound_to(file_id))
        raise WrongKey(made_under)


UNDER_BACKUP_KEY = UnderBackupKey()
