"""What may be wrong with any mapping."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from django.utils.translation import gettext as _

from customers.importers.mapping.targets import codes_in


def repeated(targets: Sequence[str], describe: Callable[[str], str], may_repeat: Collection[str]) -> list[str]:
    """A sentence for each target that more than one column has, and that can have one only."""
    text = _("%(times)d columns are mapped to “%(target)s”, which can have one only.")
    return [
        text % {"times": times, "target": describe(target)}
        for target, times in Counter(codes_in(targets)).items()
        if times > 1 and target not in may_repeat
    ]
