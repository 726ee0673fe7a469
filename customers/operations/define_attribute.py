from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from customers.choices import AttributeType, MatchingUse
from customers.models import AttributeDefinition, CustomAttribute

LONGEST_CODE = 50


@transaction.atomic
def define_attribute(
    *,
    name: str,
    at: datetime,
    code: str = "",
    kind: str = "",
    type: str = AttributeType.TEXT,
    choices: list[str] | None = None,
    is_required: bool = False,
    matching: str = MatchingUse.NONE,
    position: int = 100,
) -> CustomAttribute:
    """Add a field to customers. Without a code it gets one from its name. Raises ValidationError."""
    row = CustomAttribute(
        code=code or free_code(name),
        name=name,
        kind=kind,
        type=type,
        choices=choices or [],
        is_required=is_required,
        matching=matching,
        position=position,
    )
    row.full_clean()
    row.save(force_insert=True)
    return row


def free_code(name: str, *, model: type[AttributeDefinition] = CustomAttribute) -> str:
    """A code made from a name that no attribute of this model has yet."""
    base = slugify(name, allow_unicode=True)[:LONGEST_CODE] or "attribute"
    code, number = base, 2
    while model._base_manager.filter(code=code).exists():
        code, number = f"{base[: LONGEST_CODE - 4]}-{number}", number + 1
    return code
