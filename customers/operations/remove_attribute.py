from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from customers.models import CustomAttribute
from customers.sql.attribute_values import customers_with, drop_values


class AttributeInUse(Exception):
    """Customers have values of it. Nothing was removed."""

    def __init__(self, customers: int) -> None:
        self.customers = customers
        message = ngettext(
            "%(number)d customer has a value of this attribute.",
            "%(number)d customers have a value of this attribute.",
            customers,
        )
        super().__init__(message % {"number": customers})


@transaction.atomic
def remove_attribute(
    *, attribute: CustomAttribute, at: datetime, with_values: bool = False, expected_version: int | None = None
) -> int:
    """Remove a custom attribute and, where that is said, the values that customers have of it. Returns how many had it.

    A value without its definition would be shown nowhere and could not be asked for, yet it would still be kept, and
    would come back under another meaning with the next attribute of this code. Raises StaleVersion, AttributeInUse."""
    attribute.refresh_from_db(from_queryset=CustomAttribute.objects.select_for_update())
    attribute.require_version(expected_version)
    if not with_values and (customers := customers_with(attribute.code).count()):
        raise AttributeInUse(customers)
    removed = drop_values(attribute.code, at=at)
    attribute.delete()
    return removed
