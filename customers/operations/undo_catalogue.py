"""How the catalogue rows that an import made are taken back: those that others use by now stay."""

from datetime import datetime

from customers.models import Category, CustomAttribute, Customer, DuplicatePair, IdentifierKey, Observation, Order, Tag
from customers.operations.undo_orders import ORDER_RULE
from customers.operations.undo_rules import Restored, Rows, UndoRule, register_undo


def _attributes_in_use(rows: Rows) -> set[int]:
    """Attributes that some customer has a value of. Asked once an attribute, when the import's customers are gone."""
    return {row.pk for row in rows if Customer.objects.filter(attributes__has_key=row.code).exists()}


def _keep_wide_where_used(restored: Restored, at: datetime) -> None:
    """An attribute that the import opened to the other kind of customer stays open where one has a value by now."""
    for attribute, _before in restored:
        others = Customer.objects.exclude(kind=attribute.kind) if attribute.kind else Customer.objects.none()
        if others.filter(attributes__has_key=attribute.code).exists():
            CustomAttribute.objects.filter(pk=attribute.pk).update(kind="")


def register_undo_of_customers() -> None:
    """Make the rules of this room known."""
    register_undo(Order, ORDER_RULE)
    register_undo(Tag, UndoRule(stays_when_used=True))
    register_undo(Category, UndoRule(stays_when_used=True))
    attributes = UndoRule(stays_when_used=True, in_use=_attributes_in_use, after_restoring=_keep_wide_where_used)
    register_undo(CustomAttribute, attributes)
    for derived in (Observation, DuplicatePair, IdentifierKey):
        register_undo(derived, UndoRule(is_derived=True))
