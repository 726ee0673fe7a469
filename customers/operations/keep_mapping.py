from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from customers.models import ImportMapping, User


@transaction.atomic
def keep_mapping(
    *, name: str, format: str, tables: Mapping[str, Mapping[str, str]], by: User, at: datetime
) -> ImportMapping:
    """Keep how columns are mapped under a name, for the next file of the format; an older one of that name is
    replaced."""
    columns = {kind: dict(targets) for kind, targets in tables.items()}
    kept, _made = ImportMapping.objects.update_or_create(
        format=format, name=name, defaults={"tables": columns, "created_at": at, "created_by": by}
    )
    return kept
