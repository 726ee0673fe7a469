from datetime import datetime

from django.db import transaction

from analytics.choices import VersionEventKind
from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.note_version import note_version
from analytics.operations.revise_draft import lock_draft
from customers.models import User


@transaction.atomic
def discard_draft(
    *,
    version: ScoreModelVersion | PreferenceModelVersion,
    at: datetime,
    by: User | None = None,
    expected_version: int | None = None,
) -> None:
    """Delete a draft; that there was one stays on record. Raises VersionIsFrozen, StaleVersion."""
    lock_draft(version=version, expected_version=expected_version)
    note_version(
        version=version, kind=VersionEventKind.DISCARDED, at=at, by=by, changes={"label": [version.label, None]}
    )
    version.delete()
