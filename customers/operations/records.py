"""What importers hand to the operations: plain rows, each named by (source, source_id). No model, no format."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from customers.choices import CustomerKind, OrderStatus


class Refused(Exception):
    """This row cannot be taken; the message says why and what to do. Other rows go on."""


# Customers come by the million, and a frozen record takes nine times as long to make: these two are not to be changed
# all the same.
@dataclass(slots=True)
class ContactRecord:
    kind: str
    value: str
    label: str = ""
    is_primary: bool = False


@dataclass(slots=True)
class CustomerRecord:
    source_id: str
    name: str
    kind: str = CustomerKind.PERSON
    given_name: str = ""
    family_name: str = ""
    language: str = ""
    country: str = ""
    industry: str = ""
    contacts: tuple[ContactRecord, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    team: str = ""  # by name; empty: the batch's team
    owner: str = ""  # by username
    tags: tuple[str, ...] = ()  # by name; made when missing


@dataclass(frozen=True, slots=True)
class RelationRecord:
    type: str  # code of the relation type
    from_id: str  # source_id of a customer
    to_id: str  # empty: us
    role: str = ""
    since: date | None = None
    until: date | None = None
    strength: int | None = None  # None: as it is; 3 of a new one
    note: str = ""

    @property
    def source_id(self) -> str:
        """What names it in a report: a relation has no id of its own."""
        return f"{self.type} {self.from_id} {self.to_id}".strip()


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    customer_id: str  # source_id
    purpose: str
    channel: str
    is_given: bool
    at: datetime | None = None  # None: when the row was imported
    text_version: str = ""

    @property
    def source_id(self) -> str:
        """What names it in a report."""
        return f"{self.customer_id} {self.purpose} {self.channel}"


@dataclass(frozen=True, slots=True)
class InteractionRecord:
    customer_id: str  # source_id
    kind: str
    direction: str
    subject: str
    body: str
    at: datetime | None  # None: when the row was imported

    @property
    def source_id(self) -> str:
        """What names it in a report: an interaction has no id of its own."""
        return f"{self.customer_id} {self.kind} {self.at.isoformat() if self.at else self.subject}"


@dataclass(frozen=True, slots=True)
class ProductRecord:
    source_id: str
    sku: str
    name: str
    category: str = ""
    list_price: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class LineRecord:
    product_id: str  # source_id of a product
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    list_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderRecord:
    source_id: str
    number: str
    customer_id: str  # source_id
    currency: str
    ordered_at: datetime
    status: str = OrderStatus.PLACED
    promised_at: datetime | None = None
    delivered_at: datetime | None = None
    lines: tuple[LineRecord, ...] = ()


@dataclass(slots=True)
class Counts:
    """What became of the rows of one kind."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    def add(self, other: "Counts") -> None:
        """Add another tally to this one."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.refused += other.refused

    def resume(self, earlier: "Counts") -> None:
        """Take over what an earlier attempt wrote: this one found those rows unchanged."""
        self.created += earlier.created
        self.updated += earlier.updated
        self.unchanged = max(0, self.unchanged - earlier.created - earlier.updated)
