"""Small words that several pages share."""

from datetime import datetime

from django.utils.timesince import timesince
from django.utils.translation import gettext as _


def ago(moment: datetime, *, at: datetime) -> str:
    """How long before `at`, in one unit: “3 days ago”."""
    return _("%(time)s ago") % {"time": timesince(moment, at, depth=1)}
