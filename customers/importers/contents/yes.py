"""Yes and no as files say them."""

from django.utils.translation import gettext as _

from customers.importers.run import Unusable
from customers.operations.clean_attributes import NO, YES

# What says no more than an empty cell does, and what stands for yes beside the usual words.
MORE_YES = frozenset({"x", "✓", "✔", "checked", "yes", "active", "有"})
MORE_NO = frozenset({"-", "none", "null", "inactive", "无"})


def is_yes(text: str, column: str = "") -> bool:
    """Whether a cell says yes; an empty one says no. Raises Unusable for what is neither."""
    word = text.strip().casefold()
    if not word or word in NO or word in MORE_NO:
        return False
    if word in YES or word in MORE_YES:
        return True
    raise Unusable(_("%(column)s: “%(text)s” is neither yes nor no") % {"column": column, "text": text[:40]})
