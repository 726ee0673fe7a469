"""Customers whom a file only names: found among those of the same source, made where they are missing.

A contact says that she works for `Acme`; the id of Acme stands in another file, or nowhere."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from customers.choices import CustomerKind
from customers.folding import fold
from customers.models import Customer, Team
from customers.operations.import_customers import import_customers
from customers.operations.import_rows import Tally
from customers.operations.records import ContactRecord, Counts, CustomerRecord, Refused
from customers.operations.source import Report, Source, chunks

Kind = str
"""A CustomerKind, or empty for either."""


Rec = TypeVar("Rec")


@dataclass(frozen=True, slots=True)
class Named(Generic[Rec]):
    """A record some of whose ids are not known yet: `names` is {field of the record: (name, kind)}."""

    record: Rec
    names: dict[str, tuple[str, Kind]]

    @property
    def source_id(self) -> str:
        """What names it in a report."""
        return str(self.record.source_id)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class NamedParty:
    """Somebody whom a row about something else names, by `id` and name or by name alone. They are made where the
    source knows nobody of the id or name; a person whom nothing but a name tells only where `is_enough` says that this
    will do, since names of people are not unique."""

    name: str
    kind: Kind
    id: str = ""
    contacts: tuple[ContactRecord, ...] = ()
    is_enough: bool = False

    @property
    def source_id(self) -> str:
        """What names it in a report, and the id that it is given when it is made."""
        return self.id or name_id(self.name)

    @property
    def may_be_made(self) -> bool:
        """Whether it is made where it is missing."""
        return bool(self.name and (self.id or self.is_enough or self.kind != CustomerKind.PERSON))


def name_id(name: str) -> str:
    """The id of a customer of whom the source told only the name."""
    folded = fold(name) or name
    short = folded if len(folded) <= 100 else hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()
    return f"name:{short}"


def ensure_named(*, source: Source, records: Sequence[NamedParty], team: Team, at: datetime, report: Report) -> Counts:
    """Make the customers whom rows name and whom the source does not know yet. Those who are here already count as
    nothing: the row that brought them was counted."""
    wanted = {party.source_id: party for party in reversed(records) if party.may_be_made}  # the first spelling counts
    by_id = source.customers(wanted)
    by_name = find_named(source, [(party.name, party.kind) for party in wanted.values() if not party.id])
    missing = [
        CustomerRecord(source_id, party.name, kind=party.kind or CustomerKind.ORGANISATION, contacts=party.contacts)
        for source_id, party in wanted.items()
        if source_id not in by_id and (party.id or not by_name[fold(party.name), party.kind])
    ]
    if not missing:
        return Counts()
    counts = import_customers(source=source, records=missing, team=team, at=at, report=report)
    if source.rehearsal:
        for record in missing:
            remember_name(source, record)
    return Counts(created=counts.created, refused=counts.refused)


def by_name(operation: Callable[..., Counts]) -> Callable[..., Counts]:
    """A bulk operation as it is, of records whose ids may still be names. One whose name nobody has, or several have,
    is refused."""

    def operate(*, source: Source, records: Sequence[Named[Any]], report: Report, **rest: Any) -> Counts:
        found = find_named(source, [who for named in records for who in named.names.values()])
        tally, complete = Tally(report), []
        for named in records:
            try:
                ids = {field: _one(found[fold(name), kind], name) for field, (name, kind) in named.names.items()}
            except Refused as refused:
                tally.refuse(named.source_id, str(refused))
            else:
                complete.append(replace(named.record, **ids) if ids else named.record)
        tally.counts.add(operation(source=source, records=complete, report=report, **rest))
        return tally.counts

    return operate


def _one(ids: dict[int, str], name: str) -> str:
    if not ids:
        raise Refused(_("there is no customer named “%(name)s”: import them first") % {"name": name[:60]})
    if len(ids) > 1:
        raise Refused(
            _("%(ids)s customers are named “%(name)s”: the file must say which by an id")
            % {"ids": len(ids), "name": name[:60]}
        )
    return next(iter(ids.values()))


def find_named(source: Source, wanted: Iterable[tuple[str, Kind]]) -> dict[tuple[str, Kind], dict[int, str]]:
    """The customers of the source behind names, by folded name and kind: {key: id in the source} of each. What stands
    for a name may also be an id of the source, as in files that mix them up."""
    asked = {(fold(name), kind): name for name, kind in wanted if name}
    found: dict[tuple[str, Kind], dict[int, str]] = defaultdict(dict)
    by_id = source.customers(asked.values())
    for key, name in asked.items():
        if name in by_id:
            found[key][by_id[name]] = name
    names = {folded for folded, _kind in asked}
    for folded, kind, pk, source_id in [*_in_database(source, names), *_rehearsed(source, names)]:
        for key in (folded, ""), (folded, kind):
            if key in asked and asked[key] not in by_id:
                found[key].setdefault(pk, source_id)
    return found


def _in_database(source: Source, names: set[str]) -> Iterable[tuple[str, str, int, str]]:
    columns = "search_name", "kind", "pk", "external_ids__source_id"
    for some in chunks(names):
        rows = Customer.objects.living() if source.user is None else Customer.objects.visible_to(source.user)
        rows = rows.filter(search_name__in=[name[:255] for name in some], external_ids__source=source.name)
        yield from rows.order_by("pk", "external_ids__source_id").values_list(*columns)


def remember_name(source: Source, record: CustomerRecord) -> None:
    """Of a rehearsal, which writes nothing that could be looked up."""
    source.made_up_names.setdefault(fold(record.name), {})[record.source_id] = record.kind


def _rehearsed(source: Source, names: set[str]) -> Iterable[tuple[str, str, int, str]]:
    found = [(name, *one) for name in names for one in source.made_up_names.get(name, {}).items()]
    keys = source.customers(source_id for _name, source_id, _kind in found)
    return [(name, kind, keys[source_id], source_id) for name, source_id, kind in found if source_id in keys]
