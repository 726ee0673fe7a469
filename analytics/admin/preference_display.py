"""A customer's preference profile as people read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from analytics.admin.score_display import points, pull
from analytics.models import PreferenceProfile
from analytics.operations.goes_with import Companion
from analytics.operations.product_reasons import ProductReasons
from customers.admin.words import language_name
from services.choices import Channel

SHOWN_CATEGORIES = 5
SHOWN_REASONS = 3
LEAST_POINTS = 0.005
FEATURES = {
    "affinity": gettext_lazy("goes with what they bought"),
    "category_lift": gettext_lazy("buys more of it than others do"),
    "price_fit": gettext_lazy("its prices suit them"),
    "recent_interest": gettext_lazy("looked at such products lately"),
    "rating": gettext_lazy("rated well"),
    "popularity": gettext_lazy("popular"),
    "stated": gettext_lazy("said so"),
}
AGAINST = {
    "affinity": gettext_lazy("does not go with what they bought"),
    "category_lift": gettext_lazy("buys less of it than others do"),
    "price_fit": gettext_lazy("its prices do not suit them"),
    "recent_interest": gettext_lazy("has not looked at such products lately"),
    "rating": gettext_lazy("rated badly"),
    "popularity": gettext_lazy("rarely bought"),
    "stated": gettext_lazy("said they do not want it"),
}
# Where on the page the views are.
LOOKED_AT = "#looked"
HABITS = {
    "channel": (gettext_lazy("Channel"), "call_split"),
    "language": (gettext_lazy("Language"), "translate"),
    "hour": (gettext_lazy("Hour"), "schedule"),
    "topic": (gettext_lazy("Topic"), "label"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for or against something: in words, with its points as a number and a bar. link: to what stands
    behind it on the page; empty: nothing does."""

    text: str
    points: SafeString
    bar: SafeString
    link: str = ""


@dataclass(frozen=True, slots=True)
class Liking:
    """One category or product, its percentile, and why. companions: what they bought that it goes with."""

    key: int
    name: str
    percentile: int
    because: list[str]
    reasons: list[Reason]
    companions: list[Companion]


@dataclass(frozen=True, slots=True)
class Habit:
    """How the customer likes to be served, in one respect."""

    label: str
    icon: str
    value: str
    count: int
    others: list[str]


@dataclass(frozen=True, slots=True)
class PreferenceCard:
    """Likings, best first, and habits. again: products that they bought; next_: products that they did not."""

    likings: list[Liking]
    again: list[Liking]
    next_: list[Liking]
    habits: list[Habit]


def preference_card(
    profile: PreferenceProfile | None,
    companions: Mapping[int, list[Companion]] | None = None,
    has_views: bool = False,
) -> PreferenceCard | None:
    """What the customer likes and how they like to be served; None where nothing is known. has_views: the page shows
    the views behind the reasons."""
    if profile is None or not (profile.categories or profile.products or profile.service):
        return None
    habits = [_habit(name, profile.service[name]) for name in HABITS if profile.service.get(name)]
    products = ProductReasons().of(profile) if profile.products else []
    found = companions or {}
    return PreferenceCard(
        likings=[_liking(row, row["category"], has_views=has_views) for row in profile.categories[:SHOWN_CATEGORIES]],
        again=[_liking(row, row["product"], is_bought=True, has_views=has_views) for row in products if row["bought"]],
        next_=[
            _liking(row, row["product"], found.get(row["product"], ()), has_views=has_views)
            for row in products
            if not row["bought"]
        ],
        habits=habits,
    )


def _liking(
    row: Mapping[str, Any],
    key: int,
    companions: Sequence[Companion] = (),
    *,
    is_bought: bool = False,
    has_views: bool = False,
) -> Liking:
    strongest = sorted(row.get("because", []), key=lambda reason: -abs(reason["points"]))
    told = [(reason, _words(reason, is_bought)) for reason in strongest if abs(reason["points"]) >= LEAST_POINTS]
    most = max((abs(reason["points"]) for reason in strongest), default=1.0)
    return Liking(
        key=key,
        name=row["name"],
        percentile=round(row["percentile"]),
        because=[text for _reason, text in told[:SHOWN_REASONS]],
        reasons=[
            Reason(
                text,
                points(reason["points"], digits=2),
                pull(reason["points"], most=most),
                LOOKED_AT if has_views and reason["feature"] == "recent_interest" and reason["value"] else "",
            )
            for reason, text in told
        ],
        companions=list(companions),
    )


def _words(reason: Mapping[str, Any], is_bought: bool) -> str:
    name, is_for = reason["feature"], reason["points"] > 0
    if name == "affinity" and is_bought and is_for:
        return _("bought it, or what goes with it, lately")
    return str((FEATURES if is_for else AGAINST).get(name, name))


def _habit(name: str, rows: list[dict[str, Any]]) -> Habit:
    label, icon = HABITS[name]
    first, *others = rows
    return Habit(str(label), icon, _value(name, first), first["count"], [_value(name, row) for row in others[:2]])


def _value(name: str, row: dict[str, Any]) -> str:
    value = row["value"]
    if name == "hour":
        return _("%(hour)02d:00") % {"hour": int(value)}
    if name == "channel":
        return str(Channel(value).label)
    return language_name(value) if name == "language" else pgettext("service type", value)
