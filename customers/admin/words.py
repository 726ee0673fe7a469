"""Small words that several pages share."""

from datetime import datetime

from django.utils.timesince import timesince
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _


def ago(moment: datetime, *, at: datetime) -> str:
    """How long before `at`, in one unit: “3 days ago”."""
    return _("%(time)s ago") % {"time": timesince(moment, at, depth=1)}


def language_name(code: str) -> str:
    """A language in the language of the page; a code that Django does not know stays as it is."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
