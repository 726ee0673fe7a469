"""Whether the values of a column can be what its name promises: a list's own `Customer type` may hold Retail and
Wholesale, and then it is no kind of party but an attribute."""

from collections.abc import Sequence

from customers.choices import AttributeType
from customers.folding import fold
from customers.importers.contents.customer_rows import KINDS
from customers.importers.contents.relation_rows import relations_to_us
from customers.importers.contents.yes import is_yes
from customers.importers.dates import DateOrder, date_reader
from customers.importers.mapping.targets import Aim
from customers.importers.run import Unusable
from customers.models import Team


def fits(target: str, samples: Sequence[str]) -> bool:
    """Whether a target of customers takes these values."""
    aim = Aim.of(target)
    match aim:
        case Aim("kind"):
            return all(fold(text) in KINDS for text in samples)
        case Aim("team"):
            return set(samples) <= set(Team.objects.values_list("name", flat=True))
        case Aim("us", ""):
            known = relations_to_us()
            return all(known.code_of(text) for text in samples)
        case Aim("deleted" | "consent") if aim.part != "at":
            return all(map(_says_yes_or_no, samples))
        case Aim("created_at") | Aim(type=AttributeType.DATE):
            return all(map(_is_date, samples))
    return True


def _says_yes_or_no(text: str) -> bool:
    try:
        is_yes(text)
    except Unusable:
        return False
    return True


def _is_date(text: str) -> bool:
    for order in DateOrder.DAY, DateOrder.MONTH:
        try:
            date_reader(order)(text)
        except ValueError:
            continue
        return True
    return False
