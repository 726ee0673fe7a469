from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from analytics.models import PreferenceProfile
from analytics.operations.product_interest import looks_back_to, match_products, withdrawn_among
from analytics.scoring.preference import decay
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.sql.product_views import SeenView, views_seen
from analytics.sql.whose import Whose
from customers.models import Category, User

# Of each category the newest are told; all count.
MOST = 10


@dataclass(frozen=True, slots=True)
class RecentView:
    """One view that counts: `weight` of 1 at most, which halves with each half-life."""

    event: UUID
    at: datetime
    name: str
    product: int
    product_name: str
    weight: float


@dataclass(slots=True)
class CategoryViews:
    """The views of one category, newest first. value: the sum of all weights, which is the feature recent interest;
    number: how many views that are."""

    category: int
    name: str
    value: float = 0.0
    number: int = 0
    views: list[RecentView] = field(default_factory=list)


def recent_views(*, profile: PreferenceProfile, user: User, most: int = MOST) -> Sequence[CategoryViews]:
    """The views behind the recent interest of a profile, as of its date and with the half-life of its version; the
    category that interests most first. None that the user may not see, and none of whoever withdrew the consent to
    profiling since. At most seven queries."""
    parameters = PreferenceParameters.from_dict(profile.version.parameters)
    since = looks_back_to(parameters, profile.as_of)
    rows = list(views_seen(customer_id=profile.pk, user=user, since=since, as_of=profile.as_of))
    if not rows or withdrawn_among(whose=Whose.these([profile.pk])):
        return []
    known = match_products((row.product, row.source_id) for row in rows)
    found: dict[int, CategoryViews] = {}
    for row in rows:
        product = known.get((row.product, row.source_id))
        if product is None or not product.category_id:
            continue
        of = found.setdefault(product.category_id, CategoryViews(product.category_id, ""))
        view = _view(row, product.id, product.name, decay(row.at, profile.as_of, parameters.interest_half_life_days))
        of.value += view.weight
        of.number += 1
        if len(of.views) < most:
            of.views.append(view)
    names = dict(Category.objects.filter(pk__in=found).values_list("pk", "name"))
    for of in found.values():
        of.name = names[of.category]
    return sorted(found.values(), key=lambda of: (-of.value, of.category))


def _view(row: SeenView, product: int, name: str, weight: float) -> RecentView:
    return RecentView(row.event, row.at, row.name, product, name, weight)
