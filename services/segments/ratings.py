"""Facts: what a customer said of the service. Each scale has numbers of its own, so that numbers are asked of one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Avg, Count, Exists, Max, OuterRef, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.segments.choices import Fixed
from customers.segments.clauses import Among, Clause
from customers.segments.comparisons import tests_of
from customers.segments.facts import Asked, Asking, Fact, Narrowing, Words, by, register_facts
from customers.segments.measures import NEWEST, Having, narrowed
from customers.segments.operators import FactType, Op
from services.choices import RatingScale
from services.models import SatisfactionRating

RATINGS = _("Ratings")
NEEDS = "services.view_satisfactionrating"

SCALE = Narrowing("scale", _("scale"), Fixed(lambda: RatingScale.choices), by("scale"))
ON_ONE_SCALE = replace(SCALE, is_required=True, is_single=True)


def _standing(asking: Asking) -> Any:
    """Ratings that no later one took the place of."""
    return asking.rows(SatisfactionRating).filter(replaced_by=None)


@dataclass(frozen=True, slots=True)
class Newest:
    """The value of the customer's newest rating on a scale."""

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        rows = narrowed(_standing(asking), fact, asked, asking, time="at")
        if asked.op != Op.NOT_EMPTY:
            later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
            others = narrowed(_standing(asking), fact, asked, asking, time="at").filter(
                later, customer=OuterRef("customer")
            )
            tests = tests_of(fact.type, asked.op, asked.value, at=asking.at)
            rows = rows.filter(~Exists(others), **{f"value__{lookup}": value for lookup, value in tests})
        return Among(rows.values("customer_id"))


@register_facts
def rating_facts() -> Iterable[Fact]:
    """How many, how good, how lately."""
    return [
        Fact(
            code="ratings",
            group=RATINGS,
            label=_("ratings"),
            type=FactType.NUMBER,
            measure=Having(_standing, Count("*"), time="at", of_nothing=True),
            always_has_value=True,
            is_count=True,
            has_period=True,
            narrowings=(SCALE,),
            needs=NEEDS,
            words=Words(counted=ngettext_lazy("%(number)s rating", "%(number)s ratings", "number")),
        ),
        Fact(
            code="last_rating",
            group=RATINGS,
            label=_("newest rating"),
            type=FactType.NUMBER,
            measure=Newest(),
            narrowings=(ON_ONE_SCALE,),
            needs=NEEDS,
            words=Words(noun=_("a newest rating")),
        ),
        Fact(
            code="average_rating",
            group=RATINGS,
            label=_("average rating"),
            type=FactType.NUMBER,
            measure=Having(_standing, Round(Avg("value"), precision=2), time="at"),
            has_period=True,
            narrowings=(ON_ONE_SCALE,),
            needs=NEEDS,
            words=Words(noun=_("an average rating")),
        ),
        Fact(
            code="last_rated",
            group=RATINGS,
            label=_("last rated us"),
            type=FactType.MOMENT,
            measure=Having(_standing, Max("at"), time="at", extreme=("at", NEWEST)),
            narrowings=(SCALE,),
            needs=NEEDS,
            words=Words(
                happened=_("who last rated us %(when)s"),
                once=_("who rated us at some time"),
                never=_("who never rated us"),
            ),
        ),
    ]
