from datetime import datetime
from typing import Any

from django.db import transaction

from analytics.choices import RunKind, VersionState
from analytics.models import PreferenceModelVersion, ScoreModelVersion, ScoringRun
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.measure_parameters import measure_parameters
from analytics.operations.measure_preferences import measure_preferences
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.preference_parameters import PreferenceParameters


class VersionIsActive(Exception):
    """The version is the one in force already. Nothing was changed."""


@transaction.atomic
def activate_version(
    *, version: ScoreModelVersion | PreferenceModelVersion, at: datetime, measure: bool = False
) -> ScoringRun:
    """Put a version in force and retire the one before. With `measure` a draft takes the baselines (or the means and
    deviations) of the customers as of `at`; from then on they are frozen. A retired version comes back as it was.

    Every score is stale now, so a run over everybody is made in the same transaction and returned. Scores that are
    stored keep the version that made them. Raises VersionIsActive."""
    ensure_versions(at=at)
    # All versions are locked, in the same order by everybody: of two activations one comes after the other.
    model: Any = type(version)
    locked = {row.pk: row for row in model.objects.select_for_update().order_by("pk")}
    version.state, version.parameters = locked[version.pk].state, locked[version.pk].parameters
    if version.state == VersionState.ACTIVE:
        raise VersionIsActive(f"version {version.number} is in force already")
    if measure and version.state == VersionState.DRAFT:
        version.parameters = _measured(version, at)
    model.objects.active().update(state=VersionState.RETIRED)
    version.state, version.activated_at = VersionState.ACTIVE, at
    version.save(update_fields=["state", "parameters", "activated_at"])
    return ensure_run(kind=RunKind.MANUAL, logical_at=at, as_of=at, at=at)


def _measured(version: ScoreModelVersion | PreferenceModelVersion, at: datetime) -> dict[str, Any]:
    if isinstance(version, ScoreModelVersion):
        return measure_parameters(current=ScoreParameters.from_dict(version.parameters), as_of=at).as_dict()
    return measure_preferences(current=PreferenceParameters.from_dict(version.parameters), as_of=at).as_dict()
