"""Facts in words, each in its own unit."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.choices import RATING_BOUNDS, RatingScale

SCALES = {
    "csat": gettext_lazy("%(value)s of 5"),
    "review": gettext_lazy("%(value)s of 5"),
    "nps": gettext_lazy("%(value)s of 10 (NPS)"),
    "ces": gettext_lazy("%(value)s of 7 (effort)"),
}


def describe(measure: str, value: float | None, reference: float | None) -> str:
    """A fact in words: “4 of 5”, “1 of 2 promises kept”, “replied in 2.5 h (target 1 h)”, “paid 90, list 100”."""
    given, against = value or 0.0, reference or 0.0
    if measure in SCALES:
        return said_of_rating(measure, given)
    if measure == "defect":
        return _("returned for a defect")
    if measure == "promises":
        return _("%(kept)d of %(made)d promises kept") % {"kept": given, "made": against}
    if measure == "reply":
        if value is None:
            return _("still no reply (target %(target)s)") % {"target": duration(against)}
        return _("replied in %(time)s (target %(target)s)") % {"time": duration(given), "target": duration(against)}
    return _("paid %(paid)s, list %(list)s") % {
        "paid": number_format(given, 2, force_grouping=True),
        "list": number_format(against, 2, force_grouping=True),
    }


def said_of_rating(scale: str, value: float) -> str:
    """A rating: “4 of 5”."""
    return str(SCALES[scale] % {"value": number_format(value, 0)})


def rating_tone(scale: str, value: float) -> str:
    """The tone of a rating: good, warn or bad, by its place on the scale."""
    low, high = RATING_BOUNDS[RatingScale(scale)]
    share = (value - low) / (high - low)
    return "good" if share >= 0.75 else "warn" if share >= 0.5 else "bad"


def rank(percentile: float | None) -> str:
    """Where a score stands among all customers, told from the nearer side; empty where nobody knows. Never of
    100 %: nobody is lower than themselves."""
    if percentile is None:
        return ""
    if percentile < 50:
        return _("lower than %(share)d %% of customers") % {"share": _whole(100 - percentile)}
    return _("higher than %(share)d %% of customers") % {"share": _whole(percentile)}


def _whole(share: float) -> int:
    return min(99, max(1, round(share)))


def duration(seconds: float) -> str:
    """Business time: minutes up to an hour and a half, then hours."""
    minutes = seconds / 60
    if minutes < 90:
        return _("%(number)d min") % {"number": round(minutes)}
    return _("%(number)s h") % {"number": number_format(minutes / 60, 1)}


def elapsed(seconds: float) -> str:
    """Time by the clock on the wall: seconds up to a minute and a half, then minutes, then hours."""
    if seconds < 90:
        return _("%(number)s s") % {"number": number_format(round(seconds, 1), 1) if seconds < 10 else round(seconds)}
    return duration(seconds)
