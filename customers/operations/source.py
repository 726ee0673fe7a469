"""Where imported rows come from: what the ids of a file stand for here, and a record of what was written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID, uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy

from customers.choices import OnDuplicate
from customers.models import CustomAttribute, Customer, ExternalId, ImportBatch, ImportStep, User
from customers.operations.clean_attributes import attribute_definitions
from customers.operations.ensure_attributes import NewAttribute, ensure_attributes
from customers.operations.own_ids import OWN, own_customers
from customers.operations.records import Refused

if TYPE_CHECKING:
    from customers.operations.newcomers import Newcomers

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

# Ids in one IN (...): databases slow down or refuse beyond.
IDS_AT_ONCE = 1000

Changes = dict[str, Any]
"""What changed in a row: name of the column to the value that stood there before."""


class Source:
    """A system whose ids rows are known by.

    `user`: who imports; rows out of their sight are not touched (None: a command, which may touch all).
    `rehearsal`: nothing is written; rows that would be are given keys below zero, so that others can refer to them.
    `batch`: the import that what is written is put down to, so that it can be undone."""

    def __init__(
        self,
        name: str,
        *,
        user: User | None = None,
        batch: ImportBatch | None = None,
        rehearsal: bool = False,
        on_duplicate: str = OnDuplicate.CREATE,
    ) -> None:
        self.name, self.user, self.batch = name, user, batch
        self.rehearsal, self.on_duplicate = rehearsal, on_duplicate
        # Of a rehearsal: the rows so far, to compare the next ones with.
        self.newcomers: Newcomers | None = None
        self._planned: dict[type[Model], dict[str, int]] = {}
        self._last_key = 0
        # Of a rehearsal: folded name -> {id in the source: kind}, where rows name others.
        self.remembers_names = False
        self.made_up_names: dict[str, dict[str, str]] = {}
        self.made_up_relations: dict[tuple[int, int, int | None], list[Any]] = {}  # by type and ends

    @cached_property
    def attributes(self) -> dict[str, CustomAttribute]:
        """The custom attributes of customers by code, with those that a rehearsal made up."""
        return attribute_definitions()

    def ensure_attributes(self, wanted: Iterable[NewAttribute]) -> None:
        """Make the custom attributes that the rows will have, where they are missing; a rehearsal makes them up."""
        missing = [new for new in wanted if not self._has(new)]
        if self.rehearsal:
            self.attributes.update((new.code, new.unsaved()) for new in missing)
        elif missing:
            self._make_attributes(missing)

    @transaction.atomic
    def _make_attributes(self, missing: Sequence[NewAttribute]) -> None:
        kinds = {code: row.kind for code, row in self.attributes.items()}
        made = ensure_attributes(wanted=missing)
        self.wrote(
            CustomAttribute,
            created=[row for code, row in made.items() if code not in kinds],
            changed=[
                (row, {"kind": kinds[code]}) for code, row in made.items() if code in kinds and row.kind != kinds[code]
            ],
        )
        self.attributes.update(made)

    def _has(self, new: NewAttribute) -> bool:
        row = self.attributes.get(new.code)
        return row is not None and row.kind in ("", new.kind)

    def rows(self, model: type[Row], source_ids: Iterable[str]) -> dict[str, Row]:
        """The rows of a model that came from these ids; ids not seen before are left out."""
        found: dict[str, Row] = {}
        for ids in chunks({*source_ids} - {""}):
            for row in self._visible(model).filter(source=self.name, source_id__among=ids):
                found[row.source_id] = row  # type: ignore[attr-defined]
        return found

    def keys(self, model: type[Model], source_ids: Iterable[str]) -> dict[str, int]:
        """As `rows`, but the primary keys only, and those that a rehearsal made up."""
        wanted = {*source_ids} - {""}
        found = self._made_up(model, wanted)
        for ids in chunks(wanted - found.keys()):
            rows = self._visible(model).filter(source=self.name, source_id__among=ids)
            found.update(rows.values_list("source_id", "pk"))
        return found

    def customers(self, source_ids: Iterable[str]) -> dict[str, int]:
        """The primary keys of the customers that the source knows by these ids, and those that a rehearsal made up."""
        wanted = {*source_ids} - {""}
        found = self._made_up(Customer, wanted)
        for ids in chunks(wanted - found.keys()):
            rows = self._visible(ExternalId).filter(source=self.name, source_id__among=ids)
            found.update(rows.values_list("source_id", "customer_id"))
        if self.name == OWN:
            found.update(own_customers(wanted - found.keys(), self._visible(Customer)))
        return found

    def hidden_customers(self, source_ids: Iterable[str]) -> set[str]:
        """Those of the ids that stand for customers whom whoever imports may not see."""
        if self.user is None or self.user.sees_all_teams:
            return set()
        hidden: set[str] = set()
        for ids in chunks({*source_ids} - {""}):
            taken = {
                *ExternalId.objects.filter(source=self.name, source_id__among=ids).values_list("source_id", flat=True)
            }
            if self.name == OWN:
                taken |= own_customers(ids, Customer.objects.living()).keys()
            hidden |= taken - self.customers(ids).keys()
        return hidden

    def _visible(self, model: type[Row]) -> "QuerySet[Row]":
        rows: Any = model._default_manager.all()
        return rows if self.user is None else rows.visible_to(self.user)  # type: ignore[no-any-return]

    def make_up(self, model: type[Model], source_ids: Iterable[str]) -> None:
        """Of a rehearsal: have these ids stand for rows that are not there."""
        planned = self._planned.setdefault(model, {})
        for source_id in source_ids:
            self._last_key -= 1
            planned.setdefault(source_id, self._last_key)

    def _made_up(self, model: type[Model], wanted: Iterable[str]) -> dict[str, int]:
        planned = self._planned.get(model)
        return {source_id: planned[source_id] for source_id in wanted if source_id in planned} if planned else {}

    def wrote(
        self,
        model: type[Row],
        *,
        kind: str = "",
        created: Sequence[Row] = (),
        changed: Sequence[tuple[Row, Changes]] = (),
    ) -> None:
        """Put down what an operation wrote, in its own transaction, so that it can be undone. `kind` of records;
        empty for rows that come along with one. Nothing without a batch."""
        if self.batch is None or not (created or changed):
            return
        key = model._meta.pk.attname
        ImportStep.objects.create(
            batch=self.batch,
            kind=kind,
            model=model._meta.label,
            created=ranges(getattr(row, key) for row in created),
            changed={str(row.pk): _change(row, before) for row, before in changed},
        )


def _change(row: Model, before: Changes) -> dict[str, Any]:
    plain = {name: _plain(value) for name, value in before.items()}
    return {"version": getattr(row, "version", None), "before": plain}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool | dict | list | tuple):
        return value
    if isinstance(value, datetime):
        return value.isoformat()  # Django's encoder cuts microseconds off
    return DjangoJSONEncoder().default(value)


def ranges(keys: Iterable[Any]) -> list[list[Any]]:
    """Keys in short: numbers, and UUIDs, as ranges [first, last]."""
    ordered = sorted(keys)
    if ordered and isinstance(ordered[0], UUID):
        return [[str(UUID(int=part)) for part in pair] for pair in _ranges(key.int for key in ordered)]
    return _ranges(ordered)


def _ranges(ordered: Iterable[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for key in ordered:
        if found and found[-1][1] == key - 1:
            found[-1][1] = key
        else:
            found.append([key, key])
    return found


def keys_in(kept: Iterable[list[Any]]) -> Iterator[Any]:
    """The keys that `ranges` made short."""
    for first, last in kept:
        if isinstance(first, int):
            yield from range(first, last + 1)
        else:
            yield from (UUID(int=number) for number in range(UUID(first).int, UUID(last).int + 1))


def uuids_in_a_row() -> Iterator[UUID]:
    """New keys for rows that are written together, which `ranges` makes short. At most a million."""
    first = uuid4().int >> 20 << 20
    return (UUID(int=first + number) for number in range(1 << 20))


def chunks(items: Iterable[Item], size: int = IDS_AT_ONCE) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    everything = list(items)
    for start in range(0, len(everything), size):
        yield everything[start : start + size]


MISSING = {
    "customer": gettext_lazy("there is no customer “%(id)s”: import it first"),
    "product": gettext_lazy("there is no product “%(id)s”: import it first"),
    "order": gettext_lazy("there is no order “%(id)s”: import it first"),
    "ticket": gettext_lazy("there is no ticket “%(id)s”: import it first"),
}


def known(keys: Mapping[str, int], source_id: str, what: str) -> int:
    """The key of a row that another one names (`what`: of which kind, see MISSING). Raises Refused where it was not
    imported."""
    if source_id not in keys:
        raise Refused(MISSING[what] % {"id": source_id})
    return keys[source_id]


Report = Callable[[str, str, str, str], object]
"""Called with the id of a row in the source, its Outcome, its name, and the reason or what changed."""
