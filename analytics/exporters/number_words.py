"""Numbers of reports as people read them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

COUNT, SHARE, SECONDS, DECIMAL, HUNDREDTHS = "count", "share", "seconds", "decimal", "hundredths"
DAY, HOUR, MINUTE = 86400, 3600, 60


def number_words(value: float | None, form: str) -> str:
    """A number in the form that it has: a count, a share of 1, seconds, or with one or two digits."""
    if value is None:
        return "–"
    if form == COUNT:
        return str(number_format(int(value), 0, force_grouping=True))
    if form == SHARE:
        return f"{number_format(round(100 * value, 1), 1)} %"
    if form == DECIMAL:
        return str(number_format(round(value, 1), 1, force_grouping=True))
    if form == HUNDREDTHS:
        return str(number_format(round(value, 2), 2, force_grouping=True))
    return length(value)


def length(seconds: float) -> str:
    """How long something took, in the unit that fits: “45 s”, “12 min”, “3.5 h”, “2.0 d”."""
    if seconds < MINUTE:
        return _("%(number)s s") % {"number": number_format(round(seconds), 0)}
    if seconds < 90 * MINUTE:
        return _("%(number)d min") % {"number": round(seconds / MINUTE)}
    if seconds < 2 * DAY:
        return _("%(number)s h") % {"number": number_format(round(seconds / HOUR, 1), 1)}
    return _("%(number)s d") % {"number": number_format(round(seconds / DAY, 1), 1)}
