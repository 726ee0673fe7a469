from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from analytics.models import ScoreModelVersion
from analytics.scoring.parameters import ScoreParameters
from customers.models import User


@transaction.atomic
def draft_version(
    *, parameters: Mapping[str, Any], at: datetime, by: User | None = None, label: str = "", note: str = ""
) -> ScoreModelVersion:
    """Write down a new version of the satisfaction model. Nothing is scored by it before it is activated.

    Raises ValueError that names the field for unknown or impossible parameters; those left out take the default."""
    checked = ScoreParameters.from_dict(parameters)
    newest = ScoreModelVersion.objects.aggregate(newest=Max("number"))["newest"] or 0
    return ScoreModelVersion.objects.create(
        number=newest + 1, label=label, parameters=checked.as_dict(), note=note, created_at=at, created_by=by
    )
