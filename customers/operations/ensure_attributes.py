from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from customers.choices import AttributeType, MatchingUse
from customers.models import CustomAttribute


@dataclass(frozen=True, slots=True)
class NewAttribute:
    """An attribute that a file or a preset brings along."""

    code: str
    name: str
    type: str = AttributeType.TEXT
    kind: str = ""
    choices: tuple[str, ...] = ()
    matching: str = MatchingUse.NONE

    def unsaved(self) -> CustomAttribute:
        """As a row that is not in the database."""
        return CustomAttribute(
            code=self.code,
            name=self.name[:100],
            type=self.type,
            kind=self.kind,
            choices=list(self.choices),
            matching=self.matching,
        )


@transaction.atomic
def ensure_attributes(*, wanted: Iterable[NewAttribute]) -> dict[str, CustomAttribute]:
    """The custom attributes of these codes; made where they are missing, left as staff set them where they are here.

    One that is of another kind of customer becomes one of both, so that no value is lost. Raises ValidationError for
    a code or a name that none can have."""
    found = {}
    for new in wanted:
        row = CustomAttribute.objects.filter(code=new.code).first()
        if row is None:
            row = new.unsaved()
            row.full_clean()
            row.save(force_insert=True)
        elif row.kind not in ("", new.kind):
            row.kind = ""
            row.save_checked(update_fields=["kind"])
        found[new.code] = row
    return found
