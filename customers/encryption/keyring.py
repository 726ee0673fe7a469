"""Data keys: rows of DataKey, wrapped by CRM_ENCRYPTION_KEY, unwrapped once per process.

Keys are rotated while the system runs (docs/decisions/0029-keys.md): which key is the current one is asked anew after
KEY_MEMORY_SECONDS, and a key that was wrapped by CRM_ENCRYPTION_KEY_OLD is read until it is wrapped anew."""

import os
import time
from base64 import urlsafe_b64decode
from functools import cache

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from customers.choices import KeyPurpose
from customers.encryption.cipher import CannotDecrypt, seal, unseal

KEY_BYTES = 32

# (key id -> key). Only committed keys get in: see make_data_keys.
_unwrapped: dict[int, bytes] = {}
# purpose -> (key id, when that was asked)
_current: dict[str, tuple[int, float]] = {}


@cache
def _decoded(name: str, text: str) -> bytes:
    try:
        key = urlsafe_b64decode(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(
            f"{name} must be 32 bytes in URL-safe base64. Make one with: "
            'python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
        )
    return key


def _wrapping_key() -> bytes:
    return _decoded("CRM_ENCRYPTION_KEY", settings.CRM_ENCRYPTION_KEY)


def _bound_to(purpose: str) -> bytes:
    return f"customers.DataKey:{purpose}".encode()


def wrapped(key: bytes, *, purpose: str) -> str:
    """A data key as its row holds it: encrypted by CRM_ENCRYPTION_KEY."""
    return seal(key, key=_wrapping_key(), bound_to=_bound_to(purpose))


def unwrapped(text: str, *, purpose: str) -> bytes:
    """The data key of a row: by CRM_ENCRYPTION_KEY or, while that is changed, by CRM_ENCRYPTION_KEY_OLD. Raises
    CannotDecrypt."""
    try:
        return unseal(text, key=_wrapping_key(), bound_to=_bound_to(purpose))
    except CannotDecrypt:
        if not settings.CRM_ENCRYPTION_KEY_OLD:
            raise
    old = _decoded("CRM_ENCRYPTION_KEY_OLD", settings.CRM_ENCRYPTION_KEY_OLD)
    return unseal(text, key=old, bound_to=_bound_to(purpose))


def is_wrapped_anew(text: str, *, purpose: str) -> bool:
    """Whether the row needs CRM_ENCRYPTION_KEY alone."""
    try:
        unseal(text, key=_wrapping_key(), bound_to=_bound_to(purpose))
    except CannotDecrypt:
        return False
    return True


def new_wrapped_key(*, purpose: str) -> str:
    """A new random data key, wrapped."""
    return wrapped(os.urandom(KEY_BYTES), purpose=purpose)


def make_data_keys() -> None:
    """Make the first data key of each purpose where none exists. Called after migrate, never while encrypting:
    a key made inside a transaction that rolls back would leave values that nobody can read."""
    model = apps.get_model("customers", "DataKey")
    for purpose in KeyPurpose.values:
        with transaction.atomic():
            if not model.objects.filter(purpose=purpose).exists():
                model.objects.create(purpose=purpose, wrapped=new_wrapped_key(purpose=purpose))
    forget_keys()


def forget_keys() -> None:
    """Drop the keys held in memory; the next use reads them again (after a rotation, or a test's flush)."""
    _unwrapped.clear()
    _current.clear()


def current_key(purpose: str) -> tuple[int, bytes]:
    """(id, key) of the newest data key of this purpose. Raises ImproperlyConfigured before `migrate`."""
    now = time.monotonic()
    known = _current.get(purpose)
    if known is None or now - known[1] > settings.KEY_MEMORY_SECONDS or known[0] not in _unwrapped:
        model = apps.get_model("customers", "DataKey")
        row = model.objects.filter(purpose=purpose).order_by("-pk").first()
        if row is None:
            raise ImproperlyConfigured("there is no data key yet: run `manage.py migrate`")
        if row.pk not in _unwrapped:
            _unwrapped[row.pk] = unwrapped(row.wrapped, purpose=purpose)
        known = _current[purpose] = row.pk, now
    return known[0], _unwrapped[known[0]]


def key_by_id(key_id: int) -> bytes:
    """The data key that a stored value names. Raises CannotDecrypt when there is no such key."""
    if key_id not in _unwrapped:
        row = apps.get_model("customers", "DataKey").objects.filter(pk=key_id).first()
        if row is None:
            raise CannotDecrypt(f"data key {key_id} does not exist: was the database restored without its keys?")
        _unwrapped[key_id] = unwrapped(row.wrapped, purpose=row.purpose)
    return _unwrapped[key_id]
