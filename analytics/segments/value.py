"""Facts: what the relationship is worth, how likely it ends, and orders to come."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from analytics.segments.scores import BOUNDS
from customers.segments.facts import Fact, Words, register_facts
from customers.segments.measures import Column
from customers.segments.operators import FactType, Op

VALUE = _("Relationship value")
VALUES = "analytics.view_customervalue"


@register_facts
def value_facts() -> Iterable[Fact]:
    """Of those who ordered something that counts; nobody else has a value."""
    return [
        Fact(
            code="value_fifth",
            group=VALUE,
            label=_("fifth by customer value"),
            type=FactType.NUMBER,
            measure=Column("value__clv_fifth", is_nullable=True),
            ops=(Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN, Op.EMPTY, Op.NOT_EMPTY),
            largest=5,
            needs=VALUES,
            words=Words(noun=_("a fifth by customer value")),
        ),
        Fact(
            code="value",
            group=VALUE,
            label=_("customer value of the next 12 months"),
            type=FactType.NUMBER,
            measure=Column("value__clv", is_nullable=True),
            ops=BOUNDS,
            needs=VALUES,
            words=Words(noun=_("a customer value")),
        ),
        Fact(
            code="expected_orders",
            group=VALUE,
            label=_("orders expected in 12 months"),
            type=FactType.NUMBER,
            measure=Column("value__expected_orders", is_nullable=True),
            ops=BOUNDS,
            needs=VALUES,
            words=Words(noun=_("expected orders")),
        ),
        Fact(
            code="churn",
            group=VALUE,
            label=_("chance of churn"),
            type=FactType.NUMBER,
            measure=Column("value__churn", is_nullable=True),
            ops=BOUNDS,
            largest=1,
            needs=VALUES,
            words=Words(noun=_("a chance of churn")),
        ),
    ]
