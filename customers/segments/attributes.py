"""Facts: the custom attributes, each as its type."""

from collections.abc import Iterable

from customers.choices import AttributeType
from customers.models import CustomAttribute
from customers.segments.choices import Fixed
from customers.segments.facts import OWN, Fact, register_facts
from customers.segments.measures import Computed
from customers.segments.operators import FactType
from customers.sql.attribute_value import AttributeValue

PREFIX = "attribute."

TYPES = {
    AttributeType.TEXT: FactType.TEXT,
    AttributeType.NUMBER: FactType.NUMBER,
    AttributeType.DATE: FactType.DATE,
    AttributeType.YES_NO: FactType.YES_NO,
    AttributeType.CHOICE: FactType.CHOICE,
}


@register_facts
def attribute_facts() -> Iterable[Fact]:
    """A fact for each definition. One query."""
    return [attribute_fact(row) for row in CustomAttribute.objects.all()]


def attribute_fact(row: CustomAttribute) -> Fact:
    """The fact behind one definition."""
    return Fact(
        code=PREFIX + row.code,
        group=OWN,
        label=row.name,
        type=TYPES[AttributeType(row.type)],
        measure=Computed(AttributeValue(row.code, row.type)),
        choices=_choices(row),
    )


def _choices(row: CustomAttribute) -> Fixed | None:
    pairs = [(str(choice), str(choice)) for choice in row.choices]
    return Fixed(lambda: pairs) if row.type == AttributeType.CHOICE else None
