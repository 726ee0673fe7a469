"""How a score looks: a number, a small bar, a word about the evidence. Colour never says it alone."""

from typing import Any

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics.choices import FACTOR_NAMES
from analytics.models import CustomerScore
from analytics.operations.score_bands import BANDS as BANDS

FELL_MUCH = 10.0
FACTOR_OF_CODE = dict(enumerate(FACTOR_NAMES, start=1))


def tone_of(score: float) -> str:
    """The tone of a score: bad, warn, fair or good."""
    return next(tone for limit, tone, _label in BANDS if score < limit)


def low_evidence_chip() -> SafeString:
    """The label without which a score on thin ground is never shown."""
    return format_html(
        '<span class="cd-chip cd-chip--thin" title="{}">{}</span>',
        _("No factor rests on as many observations as its prior is worth."),
        _("low evidence"),
    )


def score_bar(score: CustomerScore) -> SafeString:
    """Number and bar, and the label where the evidence is thin."""
    return format_html(
        '<span class="cd-score"><span class="cd-score__number">{}</span>'
        '<span class="cd-meter" aria-hidden="true"><i class="cd-{}" style="width:{}%"></i></span></span>{}',
        round(score.score),
        tone_of(score.score),
        round(score.score),
        low_evidence_chip() if score.low_evidence else "",
    )


def points(value: float, *, digits: int = 1) -> SafeString:
    """A change in points, with arrow and sign."""
    rounded = round(value, digits)
    if rounded == 0:
        return format_html('<span class="cd-number cd-muted">{}</span>', number_format(0, digits))
    arrow, sign, tone = ("▲", "+", "good") if rounded > 0 else ("▼", "−", "bad")
    return format_html(
        '<span class="cd-number cd-{}"><span aria-hidden="true">{}</span> {}{}</span>',
        tone,
        arrow,
        sign,
        number_format(abs(rounded), digits),
    )


def change_and_factor(value: float, factor: Any) -> SafeString:
    """A change in points, and under it what moved the score most."""
    shown = points(value)
    return format_html('<span class="cd-two">{}<br><small>{}</small></span>', shown, factor) if factor else shown


def pull(value: float, *, most: float) -> SafeString:
    """A bar to the left or right of zero; `most` points fill half of it."""
    width = min(100.0, 100.0 * abs(value) / most) if most else 0.0
    bar = format_html('<i style="width:{}%"></i>', f"{width:.1f}")
    left, right = (bar, "") if value < 0 else ("", bar)
    return format_html('<span class="cd-pull" aria-hidden="true"><span>{}</span><span>{}</span></span>', left, right)
