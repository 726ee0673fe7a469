"""The values of custom attributes as people read them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.choices import AttributeType
from customers.models import AttributeDefinition, CustomAttribute, Customer
from customers.operations.clean_attributes import check_value


def attribute_rows(customer: Customer) -> list[tuple[str, str]]:
    """Names and values, in the order of the definitions. A value whose definition is gone, or which it does not fit,
    stands as it is. One query."""
    return rows_of(customer.attributes, CustomAttribute.objects.all())


def rows_of(values: Mapping[str, Any], defined: Iterable[AttributeDefinition]) -> list[tuple[str, str]]:
    """The same of any values and definitions."""
    definitions = {row.code: row for row in defined}
    known = [(row.name, shown(row, values[code])) for code, row in definitions.items() if code in values]
    return known + [(code, str(value)) for code, value in values.items() if code not in definitions]


def shown(definition: Any, value: Any) -> str:
    """One value."""
    try:
        check_value(definition, value)
    except ValueError:
        return str(value)
    match definition.type:
        case AttributeType.NUMBER:
            return str(number_format(value, force_grouping=True))
        case AttributeType.DATE:
            return str(date_format(date.fromisoformat(value), "DATE_FORMAT"))
        case AttributeType.YES_NO:
            return _("Yes") if value else _("No")
    return str(value)


def attribute_list(customer: Customer) -> SafeString | str:
    """Names and values as a small list."""
    rows = attribute_rows(customer)
    return format_html_join("", "<div>{}: <b>{}</b></div>", rows) if rows else "–"
