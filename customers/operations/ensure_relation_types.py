from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction

from customers.models import RelationType


@dataclass(frozen=True, slots=True)
class NewRelationType:
    """A relation type that a preset brings along. The names are in English: readers see them in their language."""

    code: str
    name: str
    inverse_name: str
    from_kind: str = ""
    to_kind: str = ""
    is_with_us: bool = False
    is_hierarchy: bool = False
    from_is_above: bool = True
    is_household: bool = False


@transaction.atomic
def ensure_relation_types(*, wanted: Iterable[NewRelationType]) -> dict[str, RelationType]:
    """The relation types of these codes; made where they are missing, left as staff set them where they are here.

    Raises ValidationError for a type that none can be."""
    found = {}
    for new in wanted:
        row = RelationType.objects.filter(code=new.code).first()
        if row is None:
            row = RelationType(**asdict(new))
            row.full_clean()
            row.save(force_insert=True)
        found[new.code] = row
    return found
