"""Relationship value as pages show it: money, fifths, chances, and the reasons of churn as bars."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.admin.score_display import pull
from analytics.models import CustomerValue
from analytics.operations.customer_value import Offer, Valued
from analytics.operations.value_words import FEATURES, feature_value, problem_words

FIFTHS = (1, 2, 3, 4, 5)
# A chance of churn from which on it is said in red, and in amber.
HIGH, RAISED = 0.6, 0.3


def money(value: float | None, currency: str) -> str:
    """An amount with its currency."""
    return "–" if value is None else f"{number_format(round(value, 2), 2, force_grouping=True)} {currency}"


def percent(share: float | None, decimals: int = 0) -> str:
    """A share in per cent."""
    return "–" if share is None else f"{number_format(round(100 * share, decimals), decimals)} %"


def fifth(number: int | None) -> SafeString:
    """Five dots, so many of them full."""
    if number is None:
        return format_html('<span class="cd-muted">{}</span>', "–")
    dots = format_html_join("", '<i class="{}"></i>', (("on" if n <= number else "",) for n in FIFTHS))
    return format_html(
        '<span class="va-fifth" role="img" aria-label="{}">{}</span>', _("%(number)d of 5") % {"number": number}, dots
    )


def churn_chip(chance: float | None) -> SafeString:
    """The chance with its tone."""
    if chance is None:
        return format_html('<span class="cd-muted">{}</span>', "–")
    tone = "bad" if chance >= HIGH else "warn" if chance >= RAISED else "good"
    return format_html('<span class="cd-chip cd-chip--{}">{}</span>', tone, percent(chance))


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason of churn: what it is, what is known of this customer, and how it weighs."""

    name: Any
    value: str
    points: str
    bar: SafeString


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One action with the sum that ranks it."""

    offer: Offer
    worth: str
    sum: str


@dataclass(frozen=True, slots=True)
class ValueCard:
    """Everything that a page says of a value."""

    row: CustomerValue
    clv: str
    expected_orders: str
    expected_value: str
    monetary: str
    churn: SafeString
    rfm: list[tuple[Any, str, SafeString]]
    clv_fifth: SafeString
    reasons: list[ReasonLine]
    offers: list[OfferLine]
    problems: list[str]


def value_card(valued: Valued | None) -> ValueCard | None:
    """The card, or None where there is no value."""
    if valued is None:
        return None
    row = valued.value
    return ValueCard(
        row=row,
        clv=money(row.clv, row.currency),
        expected_orders="–" if row.expected_orders is None else number_format(round(row.expected_orders, 1), 1),
        expected_value=money(row.expected_value, row.currency),
        monetary=money(row.monetary, row.currency),
        churn=churn_chip(row.churn),
        rfm=_rfm(row),
        clv_fifth=fifth(row.clv_fifth),
        reasons=_reasons(row),
        offers=[_offer(offer) for offer in valued.offers],
        problems=_problems(row),
    )


def _rfm(row: CustomerValue) -> list[tuple[Any, str, SafeString]]:
    ago = ngettext("%(days)s day ago, on %(date)s", "%(days)s days ago, on %(date)s", row.recency) % {
        "days": number_format(row.recency, 0, force_grouping=True),
        "date": date_format(row.last_on, "SHORT_DATE_FORMAT"),
    }
    often = ngettext("on %(days)s day since %(date)s", "on %(days)s days since %(date)s", row.frequency) % {
        "days": number_format(row.frequency, 0, force_grouping=True),
        "date": date_format(row.first_on, "SHORT_DATE_FORMAT"),
    }
    worth = _("%(mean)s an order") % {"mean": money(row.monetary, row.currency)}
    return [
        (_("Recency"), ago, fifth(row.recency_fifth)),
        (_("Frequency"), often, fifth(row.frequency_fifth)),
        (_("Monetary"), worth, fifth(row.monetary_fifth)),
    ]


def _reasons(row: CustomerValue) -> list[ReasonLine]:
    most = max([1.0, *(abs(reason["points"]) for reason in row.churn_reasons)])
    return [
        ReasonLine(
            name=FEATURES.get(reason["feature"], reason["feature"]),
            value=feature_value(reason["feature"], reason["value"]),
            points=f"{'+' if reason['points'] > 0 else '−'}{number_format(abs(round(reason['points'], 2)), 2)}",
            bar=pull(-reason["points"], most=most),  # what drives them away points to the red side
        )
        for reason in row.churn_reasons
    ]


def _offer(offer: Offer) -> OfferLine:
    row = offer.decision
    working = _("%(churn)s chance of churn × %(value)s customer value × %(uplift)s uplift − %(cost)s cost") % {
        "churn": percent(row.churn, 1),
        "value": money(row.clv, row.currency),
        "uplift": percent(row.uplift, 1),
        "cost": money(row.cost, row.currency),
    }
    return OfferLine(offer, money(row.worth, row.currency), working)


def _problems(row: CustomerValue) -> list[str]:
    """What is not known of this customer, and why: said by the model."""
    figures = row.model.figures
    parts = [
        (row.expected_orders is None, _("No orders are foretold: %(why)s"), figures.get("orders", {})),
        (
            "problem" in figures.get("values", {}).get(row.currency, {}),
            _("The value of orders to come is their own mean so far: %(why)s"),
            figures.get("values", {}).get(row.currency, {}),
        ),
        (row.churn is None, _("No chance of churn: %(why)s"), figures.get("churn", {})),
    ]
    return [text % {"why": problem_words(found)} for is_so, text, found in parts if is_so and problem_words(found)]
