from datetime import datetime

from django.db.models import F, FloatField, OuterRef, Subquery
from django.db.models.expressions import CombinedExpression

from analytics.models import ScoreSnapshot


def change_since(since: datetime, *, score: str = "score", customer: str = "pk") -> CombinedExpression:
    """By how many points a score lies above the customer's newest snapshot at or before `since`; null without one.
    `score` and `customer` lead from the row that is asked to its score and to its customer's key.

    SQL, because it is asked of a million customers of whom a page is shown: one step down the unique index (customer,
    as_of) each, where the snapshots themselves are a dozen a customer and year.
    """
    past = ScoreSnapshot.objects.filter(customer=OuterRef(customer), as_of__lte=since).order_by("-as_of")
    before = Subquery(past.values("score")[:1], output_field=FloatField())
    return F(score) - before
