"""Where values encrypted by data keys lie, and how each is put under the current key. Columns are found by their field;
what else there is registers here, as higher rooms do with theirs."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.apps import apps
from django.db import transaction
from django.db.models import Case, Count, ExpressionWrapper, F, Q, TextField, Value, When
from django.db.models.functions import Cast, Left, StrIndex

from customers.audit.record import unwrap, wrap
from customers.choices import KeyPurpose
from customers.encryption.cipher import CannotDecrypt
from customers.encryption.fields import EncryptedTextField, Sealed, open_text, seal_text
from customers.encryption.keyring import current_key
from customers.models import AuditEntry, DataKey
from customers.segments.sealing import BOUND_TO, SEALED

ROWS_AT_ONCE = 200
TOKEN = re.compile(rf"^(?P<before>{SEALED})?(?P<key>\d+)\.(?P<body>[A-Za-z0-9_-]{{38,}}=*)$")


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of a rotation did: how many values it looked at, how many could not be opened and stay as they
    are, and where the next step begins (None: there is no more)."""

    seen: int
    unreadable: int
    last: Any


class Place(Protocol):
    """Somewhere that values lie."""

    @property
    def code(self) -> str:
        """Its name, in jobs."""
        ...

    def by_key(self) -> Counter[int]:
        """How many values are under each data key."""
        ...

    def reseal(self, *, after: Any) -> Step:
        """Put some values that come behind `after` under the current key, in one transaction."""
        ...


class ColumnPlace:
    """An encrypted column. Rows that another worker is at are left to it."""

    def __init__(self, model: Any, field: Any) -> None:
        self.model, self.field = model, field
        self.code = f"{model._meta.label_lower}.{field.name}"

    def by_key(self) -> Counter[int]:
        """One look at the whole column."""
        return _by_key(self._rows())

    def reseal(self, *, after: Any) -> Step:
        """The next rows that are under another key."""
        number, _key = current_key(KeyPurpose.DATA)
        with transaction.atomic():
            rows = _others(self._rows(), number, after).values_list("pk", self.field.row_key, "token_held")
            found, new, unreadable = list(rows), {}, 0
            for pk, row_key, token in found:
                bound_to = f"{self.model._meta.label}.{self.field.name}:{row_key}"
                try:
                    new[pk] = seal_text(open_text(Sealed(token), bound_to=bound_to), bound_to=bound_to)
                except CannotDecrypt:
                    unreadable += 1
            _write(self.model, self.field, new)
        return Step(len(found), unreadable, found[-1][0] if found else None)

    def _rows(self) -> Any:
        # The field itself refuses look-ups; as plain text it can be asked which key it names.
        token = ExpressionWrapper(F(self.field.name), output_field=TextField())
        return self.model._base_manager.annotate(token_held=token).filter(**{f"{self.field.name}__isnull": False})


class AuditKeyPlace:
    """The keys of audit entries' values: the values themselves, which the chain signs, are left alone."""

    code = "customers.auditentry.key"

    def by_key(self) -> Counter[int]:
        """One look at the whole column."""
        return _by_key(self._rows())

    def reseal(self, *, after: Any) -> Step:
        """The next entries whose key is under another one."""
        number, _key = current_key(KeyPurpose.DATA)
        with transaction.atomic():
            found, new, unreadable = list(_others(self._rows(), number, after).values_list("pk", "key", "mac")), {}, 0
            for pk, token, mac in found:
                try:
                    new[pk] = wrap(unwrap(token, mac=mac), mac=mac)
                except CannotDecrypt:
                    unreadable += 1
            _write(AuditEntry, AuditEntry._meta.get_field("key"), new)
        return Step(len(found), unreadable, found[-1][0] if found else None)

    def _rows(self) -> Any:
        return AuditEntry._base_manager.annotate(token_held=F("key")).exclude(key="")


class JsonPlace:
    """JSON that holds encrypted values among others: rows that a merge or an import remembers, filters of segments.
    What a value is bound to follows from where it stands; AES-GCM itself tells whether that was right."""

    def __init__(self, model: Any, name: str) -> None:
        self.model, self.name = model, name
        self.code = f"{model._meta.label_lower}.{name}"

    def by_key(self) -> Counter[int]:
        """The rows that may hold some, looked through."""
        counts: Counter[int] = Counter()
        for _pk, data in self._rows(_data_keys()).values_list("pk", self.name).iterator(chunk_size=ROWS_AT_ONCE):
            counts.update(key for key in _keys_in(data))
        return counts

    def reseal(self, *, after: Any) -> Step:
        """The next rows that may hold values under another key."""
        number, _key = current_key(KeyPurpose.DATA)
        with transaction.atomic():
            rows = self._rows([key for key in _data_keys() if key != number])
            if after is not None:
                rows = rows.filter(pk__gt=after)
            found = list(rows.select_for_update().order_by("pk").values_list("pk", self.name)[:ROWS_AT_ONCE])
            unreadable: Counter[str] = Counter()
            for pk, data in found:
                new = _resealed(data, (BOUND_TO,), number, unreadable)
                if new != data:
                    self.model._base_manager.filter(pk=pk).update(**{self.name: new})
        return Step(len(found), unreadable.total(), found[-1][0] if found else None)

    def _rows(self, keys: Iterable[int]) -> Any:
        held = Q(pk__in=[])
        for key in keys:
            held |= Q(text_held__contains=f'"{key}.') | Q(text_held__contains=f'"{SEALED}{key}.')
        return self.model._base_manager.annotate(text_held=Cast(self.name, TextField())).filter(held)


@cache
def encrypted_fields() -> tuple[Any, ...]:
    """Every encrypted column of every room."""
    return tuple(
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    )


_more: dict[str, Place] = {}


def register_place(place: Place) -> None:
    """Make another place known. Called once a process, when the app is ready."""
    _more[place.code] = place


def places() -> dict[str, Place]:
    """All of them, by code."""
    columns = [ColumnPlace(field.model, field) for field in encrypted_fields()]
    json = [
        JsonPlace(apps.get_model("customers", model), name)
        for model, name in (
            ("Segment", "definition"),
            ("Merge", "dropped"),
            ("Merge", "changed"),
            ("ImportStep", "changed"),
        )
    ]
    own: list[Place] = [*columns, AuditKeyPlace(), *json]
    return {place.code: place for place in own} | _more


def _data_keys() -> list[int]:
    return [*DataKey.objects.filter(purpose=KeyPurpose.DATA).values_list("pk", flat=True)]


def _by_key(rows: Any) -> Counter[int]:
    number = Left("token_held", StrIndex("token_held", Value(".")) - 1)
    counted = rows.order_by().values(key_number=number).annotate(how_many=Count("pk"))
    return Counter({int(row["key_number"]): row["how_many"] for row in counted if str(row["key_number"]).isdigit()})


def _others(rows: Any, number: int, after: Any) -> Any:
    """The next rows whose value is not under this key; those that somebody else has locked are passed over."""
    if after is not None:
        rows = rows.filter(pk__gt=after)
    rows = rows.exclude(token_held__startswith=f"{number}.").order_by("pk")
    return rows.select_for_update(skip_locked=True)[:ROWS_AT_ONCE]


def _write(model: Any, field: Any, new: dict[Any, Any]) -> None:
    if new:
        cases = [When(pk=pk, then=Value(token, output_field=field)) for pk, token in new.items()]
        model._base_manager.filter(pk__in=[*new]).update(**{field.name: Case(*cases, output_field=field)})


def _keys_in(node: Any) -> Iterable[int]:
    if isinstance(node, str):
        found = TOKEN.match(node)
        return [int(found["key"])] if found else []
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [key for part in parts for key in _keys_in(part)]


def _resealed(node: Any, bound: Sequence[str], number: int, unreadable: Counter[str]) -> Any:
    """The same JSON with every value under the current key. `bound`: what values here may be bound to."""
    if isinstance(node, str):
        found = TOKEN.match(node)
        if found is None or int(found["key"]) == number:
            return node
        return _resealed_token(node, found, bound, unreadable)
    if isinstance(node, list):
        return [_resealed(one, bound, number, unreadable) for one in node]
    if not isinstance(node, dict):
        return node
    own = [_bound(field, node[field.row_key]) for field in encrypted_fields() if field.row_key in node]
    # A row may stand under its key: {model: {key: {column: ...}}}.
    return {
        name: _resealed(one, [*bound, *own, *(_bound(field, name) for field in encrypted_fields())], number, unreadable)
        for name, one in node.items()
    }


def _resealed_token(node: str, found: "re.Match[str]", bound: Sequence[str], unreadable: Counter[str]) -> str:
    before = found["before"] or ""
    sealed = Sealed(node.removeprefix(before))
    for bound_to in reversed(bound):
        try:
            return before + seal_text(open_text(sealed, bound_to=bound_to), bound_to=bound_to).token
        except CannotDecrypt:
            continue
    unreadable["values"] += 1
    return node


def _bound(field: Any, key: Any) -> str:
    return f"{field.model._meta.label}.{field.name}:{key}"
