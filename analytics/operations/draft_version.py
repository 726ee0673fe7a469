from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max

from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.ensure_versions import ensure_versions
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.preference_parameters import PreferenceParameters
from customers.models import User

Version = TypeVar("Version", ScoreModelVersion, PreferenceModelVersion)


@transaction.atomic
def draft_version(
    *,
    model: type[Version],
    parameters: Mapping[str, Any],
    at: datetime,
    by: User | None = None,
    label: str = "",
    note: str = "",
) -> Version:
    """Write down a new version of the satisfaction or the preference model. Nothing goes by it before it is activated.
    Number 1 is the one that is measured when nothing is in force yet.

    Raises ValueError that names the field for unknown or impossible parameters; those left out take the default."""
    ensure_versions(at=at)
    newest = model.objects.aggregate(newest=Max("number"))["newest"] or 0
    return model.objects.create(
        number=newest + 1,
        label=label,
        parameters=read_parameters(model, parameters),
        note=note,
        created_at=at,
        created_by=by,
    )


def read_parameters(
    model: type[ScoreModelVersion] | type[PreferenceModelVersion], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """All parameters of a version, those left out with their defaults. Raises ValueError that names the field."""
    reader = ScoreParameters if model is ScoreModelVersion else PreferenceParameters
    return dict(reader.from_dict(parameters).as_dict())
