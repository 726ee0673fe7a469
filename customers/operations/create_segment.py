from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Segment, User
from customers.segments.definition import read_definition
from customers.segments.facts import Catalogue


@transaction.atomic
def create_segment(
    *,
    name: str,
    definition: Mapping[str, Any],
    owner: User | None,
    at: datetime,
    description: str = "",
    is_shared: bool = True,
) -> Segment:
    """Save a filter over customers. Raises SegmentInvalid, ValidationError."""
    read = read_definition(definition, catalogue=Catalogue(owner))
    segment = Segment(
        name=name,
        description=description,
        definition=read.as_json(stored=True),
        owner=owner,
        is_shared=is_shared,
        created_at=at,
    )
    segment.full_clean()
    segment.save(force_insert=True)
    return segment
