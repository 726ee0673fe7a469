"""Data keys: rows of DataKey, wrapped by CRM_ENCRYPTION_KEY, unwrapped once per process."""

import os
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
_current: dict[str, int] = {}


@cache
def _wrapping_key() -> bytes:
    try:
        key = urlsafe_b64decode(settings.CRM_ENCRYPTION_KEY)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(
            "CRM_ENCRYPTION_KEY must be 32 bytes in URL-safe base64. Make one with: "
            'python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
        )
    return key


def _bound_to(purpose: str) -> bytes:
    return f"customers.DataKey:{purpose}".encode()


def make_data_keys() -> None:
    """Make the first data key of each purpose where none exists. Called after migrate, never while encrypting:
    a key made inside a transaction that rolls back would leave values that nobody can read."""
    model = apps.get_model("customers", "DataKey")
    for purpose in KeyPurpose.values:
        with transaction.atomic():
            if not model.objects.filter(purpose=purpose).exists():
                wrapped = seal(os.urandom(KEY_BYTES), key=_wrapping_key(), bound_to=_bound_to(purpose))
                model.objects.create(purpose=purpose, wrapped=wrapped)
    forget_keys()


def forget_keys() -> None:
    """Drop the keys held in memory; the next use reads them again (after a rotation, or a test's flush)."""
    _unwrapped.clear()
    _current.clear()


def current_key(purpose: str) -> tuple[int, bytes]:
    """(id, key) of the newest data key of this purpose. Raises ImproperlyConfigured before `migrate`."""
    if purpose not in _current:
        model = apps.get_model("customers", "DataKey")
        row = model.objects.filter(purpose=purpose).order_by("-pk").first()
        if row is None:
            raise ImproperlyConfigured("there is no data key yet: run `manage.py migrate`")
        _unwrapped[row.pk] = unseal(row.wrapped, key=_wrapping_key(), bound_to=_bound_to(purpose))
        _current[purpose] = row.pk
    key_id = _current[purpose]
    return key_id, _unwrapped[key_id]


def key_by_id(key_id: int) -> bytes:
    """The data key that a stored value names. Raises CannotDecrypt when there is no such key."""
    if key_id not in _unwrapped:
        row = apps.get_model("customers", "DataKey").objects.filter(pk=key_id).first()
        if row is None:
            raise CannotDecrypt(f"data key {key_id} does not exist: was the database restored without its keys?")
        _unwrapped[key_id] = unseal(row.wrapped, key=_wrapping_key(), bound_to=_bound_to(row.purpose))
    return _unwrapped[key_id]
