from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Segment, User
from customers.segments.definition import read_definition
from customers.segments.facts import Catalogue


@transaction.atomic
def revise_segment(
    *, segment: Segment, changes: dict[str, Any], by: User | None, at: datetime, expected_version: int | None = None
) -> Segment:
    """Change a saved filter. Only its owner hides a shared one from the others: it would vanish from whoever else does.

    Raises StaleVersion, SegmentInvalid, ValidationError."""
    segment.refresh_from_db(from_queryset=Segment.objects.select_for_update())
    segment.require_version(expected_version)
    if not changes.get("is_shared", True):
        require_may_hide(segment, by)
    if "definition" in changes:
        read = read_definition(changes["definition"], catalogue=Catalogue(by))
        changes = {**changes, "definition": read.as_json(stored=True)}
    for name, value in changes.items():
        setattr(segment, name, value)
    segment.full_clean()
    segment.save_checked(update_fields=list(changes))
    return segment


def require_may_hide(segment: Segment, by: User | None) -> None:
    """Raise ValidationError where somebody would hide another's shared segment."""
    if segment.is_shared and by is not None and not by.is_superuser and segment.owner_id != by.pk:
        raise ValidationError({"is_shared": _("Only its owner can hide this segment from the others.")})
