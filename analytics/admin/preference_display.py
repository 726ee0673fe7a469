"""A customer's preference profile as people read it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from analytics.models import PreferenceProfile
from customers.admin.words import language_name
from services.choices import Channel

SHOWN_CATEGORIES = 5
SHOWN_REASONS = 3
FEATURES = {
    "affinity": gettext_lazy("goes with what they bought"),
    "category_lift": gettext_lazy("buys more of it than others do"),
    "price_fit": gettext_lazy("its prices suit them"),
    "recent_interest": gettext_lazy("asked or looked lately"),
    "rating": gettext_lazy("rated well"),
    "popularity": gettext_lazy("popular"),
    "stated": gettext_lazy("said so"),
}
AGAINST = {
    "affinity": gettext_lazy("does not go with what they bought"),
    "category_lift": gettext_lazy("buys less of it than others do"),
    "price_fit": gettext_lazy("its prices do not suit them"),
    "recent_interest": gettext_lazy("has not asked lately"),
    "rating": gettext_lazy("rated badly"),
    "popularity": gettext_lazy("rarely bought"),
    "stated": gettext_lazy("said they do not want it"),
}
HABITS = {
    "channel": (gettext_lazy("Channel"), "call_split"),
    "language": (gettext_lazy("Language"), "translate"),
    "hour": (gettext_lazy("Hour"), "schedule"),
    "topic": (gettext_lazy("Topic"), "label"),
}


@dataclass(frozen=True, slots=True)
class Liking:
    """One category, its percentile, and why."""

    name: str
    percentile: int
    because: list[str]


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
    """Likings, best first, and habits."""

    likings: list[Liking]
    habits: list[Habit]


def preference_card(profile: PreferenceProfile | None) -> PreferenceCard | None:
    """What the customer likes and how they like to be served; None where nothing is known."""
    if profile is None or not (profile.categories or profile.service):
        return None
    habits = [_habit(name, profile.service[name]) for name in HABITS if profile.service.get(name)]
    return PreferenceCard([_liking(row) for row in profile.categories[:SHOWN_CATEGORIES]], habits)


def _liking(row: dict[str, Any]) -> Liking:
    reasons = sorted(row.get("because", []), key=lambda reason: -abs(reason["points"]))[:SHOWN_REASONS]
    because = [
        str((FEATURES if reason["points"] > 0 else AGAINST).get(reason["feature"], reason["feature"]))
        for reason in reasons
        if abs(reason["points"]) >= 0.005
    ]
    return Liking(row["name"], round(row["percentile"]), because)


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
