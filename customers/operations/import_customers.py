from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import ContactPoint, Customer, ExternalId, Tag, Team, User
from customers.operations.clean_attributes import BadAttributes, clean_attributes
from customers.operations.ensure_tags import ensure_tags, label_customers
from customers.operations.import_rows import (
    Tally,
    check_row,
    in_words,
    insert_rows,
    set_what_differs,
    update_rows,
    without_repeats,
)
from customers.operations.record_activity import record_activity
from customers.operations.records import ContactRecord, Counts, CustomerRecord, Refused
from customers.operations.source import Changes, Report, Source, chunks, uuids_in_a_row

TEXTS = ("kind", "name", "given_name", "family_name", "language", "country", "industry")

# kind and blind index of each contact point of a customer, and whether it is the primary one of its kind
Points = dict[tuple[str, str], bool]


@transaction.atomic
def import_customers(
    *, source: Source, records: Sequence[CustomerRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring a batch of customers in, each known by (source, source_id).

    What is empty in a record says nothing: it never blanks what is here. Attributes are laid over those that are
    here, contact points and tags are added and never taken away."""
    tally = Tally(report)
    batch = _Batch(source, without_repeats(records, tally), team, at)
    for record in batch.records:
        try:
            batch.sort_out(record, tally)
        except Refused as refused:
            tally.refuse(record.source_id, str(refused), record.name)
    if source.rehearsal:
        batch.rehearse(tally)
    else:
        batch.write(tally)
    return tally.counts


class _Batch:
    def __init__(self, source: Source, records: list[CustomerRecord], team: Team, at: datetime) -> None:
        self.source, self.records, self.team, self.at = source, records, team, at
        keys = source.customers(r.source_id for r in records)
        self.hidden = source.hidden_customers(r.source_id for r in records)
        rows = _locked(keys.values(), lock=not source.rehearsal)
        self.here = {source_id: rows[pk] for source_id, pk in keys.items() if pk in rows}
        self.made_up = {source_id for source_id, pk in keys.items() if pk < 0}
        self.points = _points_of(rows)
        self.teams = _team_keys(source.user)
        owners = {r.owner for r in records} - {""}
        self.owners = dict(User.objects.filter(username__in=owners).values_list("username", "pk"))
        self.new: list[tuple[CustomerRecord, Customer]] = []
        self.changed: list[tuple[Customer, Changes]] = []
        self.new_points: list[ContactPoint] = []
        self.labelled: list[tuple[Customer, tuple[str, ...]]] = []

    def sort_out(self, record: CustomerRecord, tally: Tally) -> None:
        """Put one record with the new, the changed or the unchanged. Raises Refused."""
        customer = self.here.get(record.source_id)
        if record.source_id in self.made_up:  # a rehearsal cannot tell what this row would change in an earlier one
            tally.found(record.source_id, record.name)
            return
        if record.source_id in self.hidden:
            raise Refused("belongs to a team whose customers you may not see")
        values = self._values(record, customer)
        if customer is None:
            self._sort_out_new(record, values)
            return
        values["attributes"] = {**customer.attributes, **values["attributes"]}
        before = set_what_differs(customer, values)
        if before:
            check_row(customer, leave_out=("team", "owner", "merged_into"))
        points = self._missing_points(customer, record.contacts)
        said = [in_words(customer, before)] if before else []
        tally.found(record.source_id, customer.name, changed="; ".join([*said, *(f"+ {p.kind}" for p in points)]))
        if before or points:
            self.changed.append((customer, before))
            self.new_points += points
        self.labelled.append((customer, record.tags))

    def _sort_out_new(self, record: CustomerRecord, values: dict[str, Any]) -> None:
        customer = Customer(**{"team": self.team, **values}, last_activity_at=self.at)
        customer.created_at = record.created_at or self.at
        check_row(customer, leave_out=("team", "owner", "merged_into", "search_name"))
        self.new_points += self._missing_points(customer, record.contacts)
        self.new.append((record, customer))
        self.labelled.append((customer, record.tags))

    def _values(self, record: CustomerRecord, customer: Customer | None) -> dict[str, Any]:
        values: dict[str, Any] = {name: getattr(record, name) for name in TEXTS if getattr(record, name)}
        try:
            values["attributes"] = clean_attributes(
                kind=record.kind,
                values=record.attributes,
                definitions=self.source.attributes,
                kept=customer.attributes if customer else None,
            )
        except BadAttributes as error:
            raise Refused(str(error)) from error
        if record.team:
            values["team_id"] = _named(self.teams, record.team, "team")
        if record.owner:
            values["owner_id"] = _named(self.owners, record.owner, "user")
        return values

    def _missing_points(self, customer: Customer, contacts: Iterable[ContactRecord]) -> list[ContactPoint]:
        here: Points = dict(self.points.get(customer.pk, {}))
        missing = []
        for contact in contacts:
            point = ContactPoint(customer=customer, kind=contact.kind, value=contact.value, label=contact.label)
            check_row(point, leave_out=("customer", "blind_index"))
            point.index_value(region=customer.country)
            if (contact.kind, point.blind_index) in here:
                continue
            has_primary = any(primary for (kind, _), primary in here.items() if kind == contact.kind)
            point.is_primary = contact.is_primary and not has_primary
            point.created_at = self.at
            here[contact.kind, point.blind_index] = point.is_primary
            missing.append(point)
        return missing

    def rehearse(self, tally: Tally) -> None:
        """Count what would be created, and have later rows find it."""
        for record, customer in self.new:
            tally.create(record.source_id, customer.name)
        self.source.make_up(Customer, (record.source_id for record, _ in self.new))

    def write(self, tally: Tally) -> None:
        """Write what is new and what changed, and note the activity of those who were here."""
        update_rows(Customer, self.changed, at=self.at)
        record_activity(customer_ids=[customer.pk for customer, _ in self.changed], at=self.at)
        records = {id(customer): record for record, customer in self.new}
        written = insert_rows(
            Customer,
            [customer for _, customer in self.new],
            refuse=lambda row, reason: tally.refuse(records[id(row)].source_id, reason, row.name),
        )
        external = [
            ExternalId(customer=c, source=self.source.name, source_id=records[id(c)].source_id) for c in written
        ]
        kept = insert_rows(ExternalId, external, refuse=lambda row, reason: _take_back(row, reason, tally))
        for row in kept:
            tally.create(row.source_id, row.customer.name)
        here = {id(customer) for customer in self.here.values()} | {id(row.customer) for row in kept}
        self.source.wrote(Customer, kind="customers", created=[row.customer for row in kept], changed=self.changed)
        self.source.wrote(ExternalId, created=kept)
        self._write_points([point for point in self.new_points if id(point.customer) in here])
        self._label([(customer, tags) for customer, tags in self.labelled if id(customer) in here])

    def _write_points(self, points: list[ContactPoint]) -> None:
        for point, key in zip(points, uuids_in_a_row(len(points)), strict=True):
            point.pk, point.customer_id = key, point.customer.pk
        ContactPoint.objects.bulk_create(points, batch_size=1000)
        self.source.wrote(ContactPoint, created=points)

    def _label(self, labelled: list[tuple[Customer, tuple[str, ...]]]) -> None:
        names = {name for _, names in labelled for name in names}
        if not names:
            return
        here = {*Tag.objects.values_list("pk", flat=True)}
        tags = ensure_tags(names=names)
        self.source.wrote(Tag, created=[tag for tag in {*tags.values()} if tag.pk not in here])
        rows = label_customers(pairs=[(customer.pk, tags[name].pk) for customer, names in labelled for name in names])
        self.source.wrote(Customer.tags.through, created=rows)


def _take_back(row: ExternalId, reason: str, tally: Tally) -> None:
    tally.refuse(row.source_id, reason, row.customer.name)
    Customer.objects.filter(pk=row.customer_id).delete()


def _locked(customer_ids: Iterable[int], *, lock: bool) -> dict[int, Customer]:
    """The customers by key, locked in its order, so that nobody changes one between being read and being written."""
    found: dict[int, Customer] = {}
    for ids in chunks(sorted({pk for pk in customer_ids if pk > 0})):
        rows = Customer.objects.filter(pk__in=ids).order_by("pk")
        found.update((row.pk, row) for row in (rows.select_for_update() if lock else rows))
    return found


def _team_keys(user: User | None) -> dict[str, int]:
    teams = Team.objects.all() if user is None or user.sees_all_teams else Team.objects.filter(pk__in=user.team_ids)
    return dict(teams.values_list("name", "pk"))


def _points_of(customer_ids: Iterable[int]) -> dict[int, Points]:
    found: dict[int, Points] = defaultdict(dict)
    for ids in chunks(customer_ids):
        rows = ContactPoint.objects.filter(customer__in=ids).values_list(
            "customer_id", "kind", "blind_index", "is_primary"
        )
        for customer_id, kind, index, is_primary in rows:
            found[customer_id][kind, index] = is_primary
    return found


def _named(keys: Mapping[str, int], name: str, what: str) -> int:
    if name not in keys:
        raise Refused(f"there is no {what} named {name!r}")
    return keys[name]
