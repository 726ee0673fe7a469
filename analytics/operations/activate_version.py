from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.choices import RunKind, VersionEventKind, VersionState
from analytics.models import PreferenceModelVersion, ScoreModelVersion, ScoringRun
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.measure_parameters import measure_version
from analytics.operations.measure_preferences import measure_preferences
from analytics.operations.note_version import note_version
from analytics.scoring.preference_parameters import PreferenceParameters
from customers.models import User


class VersionIsActive(Exception):
    """The version is the one in force already. Nothing was changed."""


@transaction.atomic
def activate_version(
    *,
    version: ScoreModelVersion | PreferenceModelVersion,
    at: datetime,
    measure: bool = False,
    by: User | None = None,
    expected_version: int | None = None,
) -> ScoringRun:
    """Put a version in force and retire the one before. With `measure` a draft takes the baselines (or the means and
    deviations) of the customers as of `at`; from then on they are frozen. A retired version comes back as it was.

    Every score is stale now, so a run over everybody is made in the same transaction and returned. Scores that are
    stored keep the version that made them. Raises VersionIsActive, StaleVersion."""
    ensure_versions(at=at)
    # All versions are locked, in the same order by everybody: of two activations one comes after the other.
    model: Any = type(version)
    locked = {row.pk: row for row in model.objects.select_for_update().order_by("pk")}
    _read_anew(version, locked[version.pk])
    version.require_version(expected_version)
    if version.state == VersionState.ACTIVE:
        raise VersionIsActive(_("Version %(number)d is in force already.") % {"number": version.number})
    kind = VersionEventKind.ACTIVATED if version.is_draft else VersionEventKind.ROLLED_BACK
    if measure and version.is_draft:
        _measure(version, at)
    before = model.objects.active().first()
    model.objects.active().update(state=VersionState.RETIRED)
    version.state, version.activated_at = VersionState.ACTIVE, at
    version.save_checked(update_fields=["state", "parameters", "overrides", "activated_at"])
    note_version(
        version=version, kind=kind, at=at, by=by, changes={"in force": [before and before.number, version.number]}
    )
    return ensure_run(kind=RunKind.MANUAL, logical_at=at, as_of=at, at=at)


def _read_anew(version: Any, row: Any) -> None:
    for name in ("state", "parameters", "overrides", "version"):
        setattr(version, name, getattr(row, name))


def _measure(version: ScoreModelVersion | PreferenceModelVersion, at: datetime) -> None:
    if isinstance(version, ScoreModelVersion):
        version.parameters, version.overrides = measure_version(
            parameters=version.parameters, overrides=version.overrides, as_of=at
        )
    else:
        current = PreferenceParameters.from_dict(version.parameters)
        version.parameters = measure_preferences(current=current, as_of=at).as_dict()
