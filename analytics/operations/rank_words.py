"""Where a score stands among all customers, in words: the same on pages and on a terminal."""

from django.utils.translation import gettext as _


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
