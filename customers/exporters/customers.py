"""Customers as they are exported: in the format that imports them back."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Max, QuerySet

from customers.choices import AttributeType, ContactKind
from customers.exporters.sheet import Cell, Column, Plan, Record, in_order
from customers.models import ContactPoint, CustomAttribute, Customer, ExternalId, User
from customers.operations.derived_columns import DerivedColumns, derived_columns

READS_CONTACTS = "customers.view_contactpoint"


class TooFewColumns(Exception):
    """A customer got another contact point while the export was being written: it has to be begun anew."""


def _name_of_owner(customer: Customer) -> Cell:
    return customer.owner.get_username() if customer.owner else ""


# `id` and `created_at` together say who it is when the file comes back; `source` and `source_id` are for people.
FIRST = (
    Column("id", lambda customer: customer.pk),
    Column("source", lambda customer: customer.first_external.source if customer.first_external else ""),
    Column("source_id", lambda customer: customer.first_external.source_id if customer.first_external else ""),
    Column("kind", lambda customer: customer.kind),
    Column("name", lambda customer: customer.name),
    Column("given_name", lambda customer: customer.given_name),
    Column("family_name", lambda customer: customer.family_name),
    Column("language", lambda customer: customer.language),
    Column("country", lambda customer: customer.country),
    Column("industry", lambda customer: customer.industry),
    Column("team", lambda customer: customer.team.name),
    Column("owner", _name_of_owner),
    Column("tags", lambda customer: "; ".join(tag.name for tag in customer.tags.all())),
    Column("created_at", lambda customer: customer.created_at),
)


class CustomerSheet:
    """See Sheet."""

    name = "customers"
    model = Customer

    def plan(self, rows: "QuerySet[Any]", user: User) -> Plan:
        """As many columns of each kind of contact point as the customer with most of them needs, for whoever may read
        contact points; then what higher rooms add; then one for each custom attribute."""
        widths = _widths(rows) if user.has_perm(READS_CONTACTS) else {}
        return CustomerPlan(widths, derived_columns(user), list(CustomAttribute.objects.all()))


class CustomerPlan:
    """See Plan. `widths`: how many contact points of each kind have columns."""

    def __init__(
        self, widths: dict[str, int], derived: list[DerivedColumns], attributes: list[CustomAttribute]
    ) -> None:
        self.widths, self.derived = widths, derived
        fixed = {*self._fixed()}
        self.attributes = [
            (row.code if row.code not in fixed else f"attribute {row.code}", row.code, row.type) for row in attributes
        ]

    def _fixed(self) -> Iterator[str]:
        yield from (column.name for column in FIRST)
        for kind, width in self.widths.items():
            for slot in range(1, width + 1):
                name = kind if slot == 1 else f"{kind} {slot}"
                yield from (name, f"{name} label")
        for columns in self.derived:
            yield from columns.names

    @property
    def header(self) -> list[str]:
        return [*self._fixed(), *(name for name, _code, _type in self.attributes)]

    def records(self, keys: Sequence[int]) -> Iterator[Record]:
        """One a customer."""
        points = self._points(keys)
        external = _first_external_ids(keys)
        derived = [(columns, columns.values(keys)) for columns in self.derived]
        rows = Customer.objects.filter(pk__in=keys).select_related("team", "owner").prefetch_related("tags")
        for customer in in_order(rows, keys):
            customer.first_external = external.get(customer.pk)
            yield [
                *(column.value(customer) for column in FIRST),
                *self._contacts(points[customer.pk]),
                *(cell for columns, found in derived for cell in columns.cells(found, customer.pk)),
                *(_attribute(customer.attributes.get(code), type) for _name, code, type in self.attributes),
            ]

    def _points(self, keys: Sequence[int]) -> dict[int, list[ContactPoint]]:
        found: dict[int, list[ContactPoint]] = defaultdict(list)
        if self.widths:
            for point in ContactPoint.objects.filter(customer__in=keys):  # by its ordering the primary one comes first
                found[point.customer_id].append(point)
        return found

    def _contacts(self, points: list[ContactPoint]) -> Iterator[Cell]:
        for kind, width in self.widths.items():
            of_kind = [point for point in points if point.kind == kind]
            if len(of_kind) > width:
                raise TooFewColumns(kind)
            for point in of_kind:
                yield from (point.value, point.label)
            yield from [""] * 2 * (width - len(of_kind))


def _widths(rows: "QuerySet[Any]") -> dict[str, int]:
    customers = rows.order_by().values("pk")
    widths = {}
    for kind in ContactKind.values:
        each = ContactPoint.objects.filter(customer__in=customers, kind=kind).order_by().values("customer")
        most = each.annotate(number=Count("pk")).aggregate(most=Max("number"))["most"]
        widths[kind] = max(most or 0, 1)
    return widths


def _first_external_ids(keys: Sequence[int]) -> dict[int, ExternalId]:
    found: dict[int, ExternalId] = {}
    for row in ExternalId.objects.filter(customer__in=keys).order_by("pk"):
        found.setdefault(row.customer_id, row)
    return found


def _attribute(value: Any, type: str) -> Cell:
    if type == AttributeType.DATE and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, dict | list):  # from before attributes had types
        return json.dumps(value, ensure_ascii=False)
    return value  # type: ignore[no-any-return]
