"""EncryptedTextField: text in Python, ciphertext in the database, bound to model, field and row."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import BaseExpression
from django.db.models.query_utils import DeferredAttribute

from customers.choices import KeyPurpose
from customers.encryption.cipher import CannotDecrypt, seal, unseal
from customers.encryption.keyring import current_key, key_by_id


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as the database holds it: key id and ciphertext. It shows nothing when printed."""

    token: str

    def __str__(self) -> str:
        return "[encrypted]"

    __repr__ = __str__


def seal_text(text: str, *, bound_to: str) -> Sealed:
    """Encrypt with the current data key; the key's id goes in front, so that keys can be rotated."""
    key_id, key = current_key(KeyPurpose.DATA)
    return Sealed(f"{key_id}.{seal(text.encode(), key=key, bound_to=bound_to.encode())}")


def open_text(sealed: Sealed, *, bound_to: str) -> str:
    """Decrypt a stored value. Raises CannotDecrypt when it was moved here from another row."""
    key_id, dot, body = sealed.token.partition(".")
    if not dot or not key_id.isdigit():
        raise CannotDecrypt("the stored value is not in the form `key id.ciphertext`")
    return unseal(body, key=key_by_id(int(key_id)), bound_to=bound_to.encode()).decode()


class _DecryptOnRead(DeferredAttribute):
    """Decrypts when the attribute is first read: only here are value and row known together."""

    field: "EncryptedTextField"

    def __set__(self, instance: Any, value: Any) -> None:  # having it puts __get__ before the instance's dict
        instance.__dict__[self.field.attname] = value

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = open_text(value, bound_to=self.field.bound_to(instance))
            instance.__dict__[self.field.attname] = value
        return value


class EncryptedTextField(models.TextField[Any, Any]):
    """Text, encrypted at rest. The row's key (`row_key`, by default `id`) must be known before the insert: give the
    model a UUID primary key. Look-ups go through a blind index column beside it; `.values()` gives Sealed."""

    descriptor_class = _DecryptOnRead

    def __init__(self, *args: Any, row_key: str = "id", **kwargs: Any) -> None:
        self.row_key = row_key
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.row_key != "id":
            kwargs["row_key"] = self.row_key
        return name, path, args, kwargs

    def bound_to(self, instance: models.Model) -> str:
        """The associated data: a value that is moved to another model, field or row does not decrypt there."""
        key = getattr(instance, self.row_key)
        if key is None:
            raise FieldError(f"{self.model.__name__}.{self.name} is bound to {self.row_key}, which has no value yet")
        return f"{self.model._meta.label}.{self.name}:{key}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        stored = model_instance.__dict__.get(self.attname)
        if isinstance(stored, Sealed):  # never read, so unchanged: keep the bytes
            return stored
        value = super().pre_save(model_instance, add)
        return None if value is None else seal_text(str(value), bound_to=self.bound_to(model_instance))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, BaseExpression):
            return value
        if isinstance(value, Sealed):
            return value.token
        raise FieldError(
            f"{self.name} is encrypted: write it by save() or bulk_create(), look it up by its blind index"
        )

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: look it up by its blind index")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))
