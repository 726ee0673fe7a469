"""Facts: the satisfaction score, where it stands among all, what moved it, and what the customer likes best."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.models import PreferenceProfile, ScoringRun
from customers.choices import Factor
from customers.models import Category
from customers.segments.choices import Fixed, Rows
from customers.segments.clauses import NOBODY, AllOf, Among, Clause, Where
from customers.segments.facts import Asked, Asking, Fact, Words, register_facts
from customers.segments.measures import Column
from customers.segments.operators import BOUNDED, WITHOUT_VALUE, FactType, Op

SCORE = _("Satisfaction")
SCORES = "analytics.view_customerscore"
PREFERENCES = "analytics.view_preferenceprofile"

# A score has digits that nobody sees: “is” would find nobody.
BOUNDS = (*BOUNDED, *WITHOUT_VALUE)
FACTORS = Fixed(lambda: Factor.choices)
CATEGORIES = Rows(lambda: Category.objects.order_by("name"))


@dataclass(frozen=True, slots=True)
class Percentile:
    """Customers by how many in a hundred score lower, as it is shown on their pages: by the quantiles of the newest run
    over everybody. Before the first run nobody has one."""

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        distribution = ScoringRun.objects.over_everybody().values_list("distribution", flat=True).first()
        quantiles: list[float] = (distribution or {}).get("quantiles", [])
        if not quantiles:
            return NOBODY
        values = asked.value if isinstance(asked.value, list) else [asked.value]
        bounds: list[Clause] = [Where(Q(score__isnull=False))]
        if asked.op != Op.AT_MOST and values[0] > 0:
            bounds.append(Where(_beyond(quantiles, values[0], "gt")))
        if asked.op != Op.AT_LEAST and values[-1] < 100:
            bounds.append(Where(_beyond(quantiles, values[-1], "lt")))
        return AllOf(bounds)


def _beyond(quantiles: list[float], percent: int, side: str) -> Q:
    """Scores whose percentile is at least (gt) or at most (lt) this one: whole scores that several quantiles share
    stand in the middle of them."""
    score = quantiles[percent]
    middle = (bisect_left(quantiles, score) + bisect_right(quantiles, score) - 1) / 2
    is_in = middle >= percent if side == "gt" else middle <= percent
    return Q(**{f"score__score__{side}{'e' if is_in else ''}": score})


@dataclass(frozen=True, slots=True)
class TopCategory:
    """Customers by the first of their ranked categories."""

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        rows = asking.rows(PreferenceProfile)
        if asked.op == Op.NOT_EMPTY:
            return Among(rows.exclude(categories=[]).values("customer_id"))
        values = asked.value if asked.op == Op.ONE_OF else [asked.value]
        return Among(rows.filter(categories__0__category__in=values).values("customer_id"))


@register_facts
def score_facts() -> Iterable[Fact]:
    """The score and what explains it."""
    return [
        Fact(
            code="score",
            group=SCORE,
            label=_("satisfaction score"),
            type=FactType.NUMBER,
            measure=Column("score__score", is_nullable=True),
            ops=BOUNDS,
            needs=SCORES,
            words=Words(noun=_("a score")),
        ),
        Fact(
            code="score_percentile",
            group=SCORE,
            label=_("percentile of the score"),
            type=FactType.NUMBER,
            measure=Percentile(),
            ops=(Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN),
            is_count=True,
            largest=100,
            always_has_value=True,
            needs=SCORES,
            words=Words(noun=_("a percentile")),
        ),
        Fact(
            code="score_change",
            group=SCORE,
            label=_("change of the score in 30 days"),
            type=FactType.NUMBER,
            measure=Column("score__change", is_nullable=True),
            ops=BOUNDS,
            needs=SCORES,
            words=Words(noun=_("a change in 30 days")),
        ),
        Fact(
            code="low_evidence",
            group=SCORE,
            label=_("score on low evidence"),
            type=FactType.YES_NO,
            measure=Column("score__low_evidence", is_nullable=True),
            needs=SCORES,
            words=Words(
                phrases={
                    "yes": _("whose score rests on low evidence"),
                    "no": _("whose score rests on enough evidence"),
                }
            ),
        ),
        Fact(
            code="score_moved_by",
            group=SCORE,
            label=_("factor that moved the score"),
            type=FactType.CHOICE,
            measure=Column("score__change_factor", is_nullable=True),
            choices=FACTORS,
            needs=SCORES,
        ),
        Fact(
            code="top_category",
            group=SCORE,
            label=_("most preferred category"),
            type=FactType.CHOICE,
            measure=TopCategory(),
            choices=CATEGORIES,
            needs=PREFERENCES,
        ),
    ]
