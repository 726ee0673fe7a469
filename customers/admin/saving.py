"""From a valid form to the operation that owns the row's rules. Forms check; operations write."""

from datetime import datetime
from typing import Any

from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import Audited, ContactPoint, Relation, RelationType, Versioned
from customers.operations.add_contact_point import add_contact_point
from customers.operations.add_row import add_row
from customers.operations.relate_customers import relate_customers
from customers.operations.remove_row import remove_row
from customers.operations.revise_relation import revise_relation
from customers.operations.revise_relation_type import revise_relation_type
from customers.operations.revise_row import revise_row


def write_new(row: Any, *, at: datetime) -> None:
    """Save a new row."""
    if isinstance(row, ContactPoint):
        made: Any = add_contact_point(
            customer=row.customer, kind=row.kind, value=row.value, label=row.label, is_primary=row.is_primary, at=at
        )
    elif isinstance(row, Relation):
        made = relate_customers(**relation_columns(row), at=at)
    else:
        made = add_row(row=row, at=at)
        if not isinstance(row, Audited):  # a group, which is Django's
            record(AuditKind.ADDED, row, changes={"name": [None, str(row)]})
    row.__dict__.update(made.__dict__)


def relation_columns(row: Relation) -> dict[str, Any]:
    """What `relate_customers` is told."""
    names = ("type", "from_customer", "to_customer", "role", "since", "until", "strength", "note")
    return {name: getattr(row, name) for name in names}


def write_changes(row: Any, names: list[str], *, at: datetime, expected_version: int | None = None) -> None:
    """Save these columns of an existing row. A Versioned row moves its version on, even where `names` is empty.

    Raises StaleVersion."""
    columns = {field.name for field in row._meta.concrete_fields}
    changes = {name: getattr(row, name) for name in names if name in columns}
    if isinstance(row, Relation):
        revise_relation(relation=row, changes=changes, at=at, expected_version=expected_version)
    elif isinstance(row, RelationType):
        revise_relation_type(row=row, changes=changes, at=at, expected_version=expected_version)
    elif isinstance(row, Versioned):
        revise_row(row=row, changes=changes, at=at, expected_version=expected_version)
    else:
        row.save()
        if not isinstance(row, Audited) and changes:
            record(AuditKind.CHANGED, row, changes={name: [None, str(value)] for name, value in changes.items()})


def delete(row: Any, *, at: datetime) -> None:
    """Delete a row."""
    if isinstance(row, Versioned):
        remove_row(row=row, at=at)
    else:
        if not isinstance(row, Audited):
            record(AuditKind.REMOVED, row, changes={"name": [str(row), None]})
        row.delete()
