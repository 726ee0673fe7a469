from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max

from analytics.choices import VersionEventKind
from analytics.models import PreferenceModelVersion, ScoreModelVersion, VersionEvent
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.note_version import note_version
from analytics.operations.read_parameters import read_parameters
from analytics.operations.take_overrides import take_overrides
from customers.models import Segment, User

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
    overrides: Sequence[Mapping[str, Any]] = (),
    segments: Iterable[Segment] = (),
    standing: Sequence[Mapping[str, Any]] = (),
) -> Version:
    """Write down a new version of the satisfaction or the preference model. Nothing goes by it before it is activated.
    Number 1 is the one that is measured when nothing is in force yet. `overrides`, `segments`, `standing`: see
    take_overrides.

    Raises ValueError that names the field for unknown or impossible parameters, those left out take the default;
    OverrideRefused."""
    ensure_versions(at=at)
    # Also past numbers of drafts that were discarded: on record, a number means one version.
    standing_ones, noted = model.objects.all(), VersionEvent.objects.filter(of=model.of)
    newest = max(rows.aggregate(newest=Max("number"))["newest"] or 0 for rows in (standing_ones, noted))
    read = read_parameters(model, parameters)
    version = model.objects.create(
        number=newest + 1,
        label=label,
        parameters=read,
        overrides=take_overrides(model=model, parameters=read, given=overrides, segments=segments, standing=standing),
        note=note,
        created_at=at,
        created_by=by,
    )
    note_version(version=version, kind=VersionEventKind.DRAFTED, at=at, by=by)
    return version
