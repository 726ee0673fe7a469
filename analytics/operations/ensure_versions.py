from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction

from analytics.choices import VersionEventKind, VersionState
from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.measure_parameters import measure_parameters
from analytics.operations.measure_preferences import measure_preferences
from analytics.operations.note_version import note_version
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.preference_parameters import PreferenceParameters
from customers.choices import ImportState
from customers.models import ImportBatch, Observation

FIRST = 1
# An import that died without saying so holds the first version up for so long.
LONGEST_IMPORT = timedelta(hours=6)

Version = TypeVar("Version", ScoreModelVersion, PreferenceModelVersion)
Measure = Callable[[dict[str, Any]], dict[str, Any]]


def ensure_versions(*, at: datetime) -> tuple[ScoreModelVersion, PreferenceModelVersion]:
    """The versions in force of the satisfaction and the preference model.

    Where there is none, the newest draft is put in force, which an industry's preset may have left; where there is no
    draft either, number 1 is made of the usual parameters. Baselines, means and deviations are measured on the
    customers as of `at`, and frozen from then on. Of two that try at once, the unique number lets one through."""

    def scores(given: dict[str, Any]) -> dict[str, Any]:
        return measure_parameters(current=ScoreParameters.from_dict(given), as_of=at).as_dict()

    def preferences(given: dict[str, Any]) -> dict[str, Any]:
        return measure_preferences(current=PreferenceParameters.from_dict(given), as_of=at).as_dict()

    return _ensure(ScoreModelVersion, scores, at), _ensure(PreferenceModelVersion, preferences, at)


def is_ready_for_a_first_version(*, at: datetime) -> bool:
    """Whether there is something to measure: the first version's baselines are frozen, so a system without facts, or
    in the middle of an import, does not make it yet."""
    importing = ImportBatch.objects.filter(state=ImportState.RUNNING, started_at__gt=at - LONGEST_IMPORT)
    return Observation.objects.exists() and not importing.exists()


def _ensure(model: type[Version], measure: Measure, at: datetime) -> Version:
    active = model.objects.active().first()
    if active is not None:
        return active
    waiting = model.objects.filter(state=VersionState.DRAFT).order_by("-number").first()
    if waiting is not None:
        return _put_in_force(waiting, measure, at)
    made = {"state": VersionState.ACTIVE, "parameters": measure({}), "created_at": at, "activated_at": at}
    version, is_new = model.objects.get_or_create(number=FIRST, defaults=made)
    if is_new:
        note_version(version=version, kind=VersionEventKind.ACTIVATED, at=at, by=None)
    return version


@transaction.atomic
def _put_in_force(waiting: Version, measure: Measure, at: datetime) -> Version:
    model = type(waiting)
    list(model.objects.select_for_update().order_by("pk"))
    active = model.objects.active().first()
    if active is not None:  # somebody else was quicker
        return active
    waiting.parameters = measure(waiting.parameters)
    waiting.state, waiting.activated_at = VersionState.ACTIVE, at
    waiting.save_checked(update_fields=["state", "parameters", "activated_at"])
    note_version(version=waiting, kind=VersionEventKind.ACTIVATED, at=at, by=None)
    return waiting
