from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import ContactPoint, Customer, ExternalId, Team, User
from customers.operations.import_rows import (
    ROWS_AT_ONCE,
    Refuse,
    Tally,
    check_row,
    chunks,
    customers_by_source,
    insert_rows,
    set_what_differs,
    update_rows,
    without_repeats,
)
from customers.operations.record_activity import record_activity
from customers.operations.records import ContactRecord, Counts, CustomerRecord, Refused

TEXTS = ("kind", "name", "given_name", "family_name", "language", "country", "industry")

# kind and blind index of each contact point of a customer, and whether it is the primary one of its kind
Points = dict[tuple[str, str], bool]


@transaction.atomic
def import_customers(
    *, source: str, records: Sequence[CustomerRecord], team: Team, at: datetime, refuse: Refuse
) -> Counts:
    """Bring a batch of customers in, each known by (source, source_id).

    What is empty in a record says nothing: it never blanks what is here. Attributes are laid over those that are
    here, contact points are added and never taken away."""
    tally = Tally(refuse)
    batch = _Batch(source, without_repeats(records, tally), team, at)
    for record in batch.records:
        try:
            batch.sort_out(record, tally)
        except Refused as refused:
            tally.refuse(record.source_id, str(refused))
    batch.write(tally)
    return tally.counts


class _Batch:
    def __init__(self, source: str, records: list[CustomerRecord], team: Team, at: datetime) -> None:
        self.source, self.records, self.team, self.at = source, records, team, at
        keys = customers_by_source(source, (r.source_id for r in records))
        rows = {row.pk: row for ids in chunks(keys.values()) for row in Customer.objects.filter(pk__in=ids)}
        self.here = {source_id: rows[pk] for source_id, pk in keys.items()}
        self.points = _points_of(rows)
        self.teams = dict(Team.objects.values_list("name", "pk"))
        owners = {r.owner for r in records} - {""}
        self.owners = dict(User.objects.filter(username__in=owners).values_list("username", "pk"))
        self.new: list[tuple[str, Customer]] = []
        self.changed: list[tuple[Customer, list[str]]] = []
        self.new_points: list[ContactPoint] = []

    def sort_out(self, record: CustomerRecord, tally: Tally) -> None:
        """Put one record with the new, the changed or the unchanged. Raises Refused."""
        values = self._values(record)
        customer = self.here.get(record.source_id)
        if customer is None:
            customer = Customer(**{"team": self.team, **values}, last_activity_at=self.at)
            customer.created_at = record.created_at or self.at
            check_row(customer, leave_out=("team", "owner"))
            self.new_points += self._missing_points(customer, record.contacts)
            self.new.append((record.source_id, customer))
            return
        values["attributes"] = {**customer.attributes, **record.attributes}
        names = set_what_differs(customer, values)
        if names:
            check_row(customer, leave_out=("team", "owner"))
        points = self._missing_points(customer, record.contacts)
        tally.found(changed=bool(names or points))
        if names or points:
            self.changed.append((customer, names))
            self.new_points += points

    def _values(self, record: CustomerRecord) -> dict[str, Any]:
        values: dict[str, Any] = {name: getattr(record, name) for name in TEXTS if getattr(record, name)}
        values["attributes"] = dict(record.attributes)
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

    def write(self, tally: Tally) -> None:
        """Write what is new and what changed, and note the activity of those who were here."""
        update_rows(Customer, self.changed, at=self.at)
        record_activity(customer_ids=[customer.pk for customer, _ in self.changed], at=self.at)
        names = {id(customer): source_id for source_id, customer in self.new}
        written = insert_rows(
            Customer,
            [customer for _, customer in self.new],
            refuse=lambda row, reason: tally.refuse(names[id(row)], reason),
        )
        external = [ExternalId(customer=c, source=self.source, source_id=names[id(c)]) for c in written]
        kept = insert_rows(ExternalId, external, refuse=lambda row, reason: self._take_back(row, reason, tally))
        tally.counts.created += len(kept)
        gone = {id(customer) for _, customer in self.new} - {id(row.customer) for row in kept}
        points = [point for point in self.new_points if id(point.customer) not in gone]
        for point in points:
            point.customer_id = point.customer.pk
        ContactPoint.objects.bulk_create(points, batch_size=ROWS_AT_ONCE)

    @staticmethod
    def _take_back(row: ExternalId, reason: str, tally: Tally) -> None:
        tally.refuse(row.source_id, reason)
        Customer.objects.filter(pk=row.customer_id).delete()


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
