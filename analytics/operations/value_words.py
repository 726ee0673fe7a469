"""The models of value in words: features of churn, and what is missing where something is not known."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

FEATURES = {
    "recency": gettext_lazy("Days since the last order"),
    "order_days": gettext_lazy("Days with an order"),
    "tenure": gettext_lazy("Days since the first order"),
    "pace": gettext_lazy("Silence against their usual pace"),
    "recent": gettext_lazy("Days with an order in the last 90 days"),
    "order_value": gettext_lazy("Mean order value"),
    "tickets": gettext_lazy("Tickets in the last 90 days"),
}


def feature_value(feature: str, value: float) -> str:
    """What a person reads of a feature."""
    if feature == "pace":
        return ngettext("silent for %(days)d day", "silent for %(days)d days", int(value)) % {"days": int(value)}
    return str(number_format(value, 2 if feature == "order_value" else 0, force_grouping=True))


def problem_words(figures: Mapping[str, Any]) -> str:
    """Why a model could not be learned; empty where it was."""
    counts = {"have": figures.get("have", 0), "need": figures.get("need", 0)}
    words = {
        "customers": _("Too few customers with orders: %(have)d of %(need)d."),
        "nobody_back": _("Nobody has ordered a second time yet."),
        "no_top": _("The orders so far fit no rhythm."),
        "scatter": _("The values of orders scatter too much: each customer’s own mean is taken."),
        "leavers": _("Too few who left, or who stayed, in 90 days: %(have)d of %(need)d."),
        "no_better": _("On days it had not seen the model was no better than chance, so it is not used."),
    }
    text = words.get(figures.get("problem", ""), "")
    return text % counts if text else ""
