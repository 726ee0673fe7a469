from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from analytics.choices import VersionState
from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.measure_parameters import measure_parameters
from analytics.operations.measure_preferences import measure_preferences
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.preference_parameters import PreferenceParameters

FIRST = 1

Version = TypeVar("Version", ScoreModelVersion, PreferenceModelVersion)


def ensure_versions(*, at: datetime) -> tuple[ScoreModelVersion, PreferenceModelVersion]:
    """The versions in force of the satisfaction and the preference model.

    Where there is none, number 1 is made: the usual parameters, and baselines, means and deviations measured on the
    customers as of `at`, frozen from then on. Of two that try at once, the unique number lets one through."""
    return (
        _ensure(ScoreModelVersion, lambda: measure_parameters(current=ScoreParameters(), as_of=at).as_dict(), at),
        _ensure(
            PreferenceModelVersion, lambda: measure_preferences(current=PreferenceParameters(), as_of=at).as_dict(), at
        ),
    )


def _ensure(model: type[Version], measure: Callable[[], Mapping[str, Any]], at: datetime) -> Version:
    active = model.objects.active().first()
    if active is not None:
        return active
    made = {"state": VersionState.ACTIVE, "parameters": measure(), "created_at": at, "activated_at": at}
    return model.objects.get_or_create(number=FIRST, defaults=made)[0]
