"""Numbers in words."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from analytics.operations.fact_words import duration
from services.choices import RATING_BOUNDS, RatingScale


def rating_tone(scale: str, value: float) -> str:
    """The tone of a rating: good, warn or bad, by its place on the scale."""
    low, high = RATING_BOUNDS[RatingScale(scale)]
    share = (value - low) / (high - low)
    return "good" if share >= 0.75 else "warn" if share >= 0.5 else "bad"


def elapsed(seconds: float) -> str:
    """Time by the clock on the wall: seconds up to a minute and a half, then minutes, then hours."""
    if seconds < 90:
        return _("%(number)s s") % {"number": number_format(round(seconds, 1), 1) if seconds < 10 else round(seconds)}
    return duration(seconds)
