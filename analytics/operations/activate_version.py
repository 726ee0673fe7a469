from datetime import datetime

from django.db import transaction

from analytics.choices import RunKind, VersionState
from analytics.models import ScoreModelVersion, ScoringRun
from analytics.operations.ensure_run import ensure_run
from analytics.operations.measure_parameters import measure_parameters
from analytics.scoring.parameters import ScoreParameters


class VersionIsActive(Exception):
    """The version is the one in force already. Nothing was changed."""


@transaction.atomic
def activate_version(*, version: ScoreModelVersion, at: datetime, measure: bool = False) -> ScoringRun:
    """Put a version in force and retire the one before. With `measure` a draft takes the baselines of the customers
    as of `at`; from then on they are frozen. A retired version may come back: it does so as it was.

    Every score is stale now, so a run over everybody is made in the same transaction and returned. Scores that are
    stored keep the version that made them. Raises VersionIsActive."""
    # All versions are locked, in the same order by everybody: of two activations one comes after the other.
    versions = {row.pk: row for row in ScoreModelVersion.objects.select_for_update().order_by("pk")}
    version.state, version.parameters = versions[version.pk].state, versions[version.pk].parameters
    if version.state == VersionState.ACTIVE:
        raise VersionIsActive(f"version {version.number} is in force already")
    if measure and version.state == VersionState.DRAFT:
        given = ScoreParameters.from_dict(version.parameters)
        version.parameters = measure_parameters(current=given, as_of=at).as_dict()
    ScoreModelVersion.objects.active().update(state=VersionState.RETIRED)
    version.state, version.activated_at = VersionState.ACTIVE, at
    version.save(update_fields=["state", "parameters", "activated_at"])
    return ensure_run(kind=RunKind.MANUAL, logical_at=at, as_of=at, at=at)
