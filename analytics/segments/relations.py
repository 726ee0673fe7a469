"""Facts: what a customer feels of their relations, and whether one contact carries them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.segments.scores import BOUNDS, SCORE, SCORES
from customers.segments.clauses import Clause, Where
from customers.segments.facts import Asked, Asking, Fact, Words, register_facts
from customers.segments.measures import Column
from customers.segments.operators import FactType


@dataclass(frozen=True, slots=True)
class SingleContact:
    """Customers whom one contact carries: those that have such a row beside them."""

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        return Where(Q(contact_risk__isnull=not asked.value))


@register_facts
def relation_facts() -> Iterable[Fact]:
    """What lies beside the score."""
    return [
        Fact(
            code="relation_points",
            group=SCORE,
            label=_("points by relations"),
            type=FactType.NUMBER,
            measure=Column("relation_effect__points", is_nullable=True),
            ops=BOUNDS,
            needs=SCORES,
            words=Words(noun=_("points by relations")),
        ),
        Fact(
            code="single_contact",
            group=SCORE,
            label=_("carried by one contact"),
            type=FactType.YES_NO,
            measure=SingleContact(),
            always_has_value=True,
            needs=SCORES,
            words=Words(phrases={"yes": _("whom one contact carries"), "no": _("whom not one contact alone carries")}),
        ),
    ]
