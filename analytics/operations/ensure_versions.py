from datetime import datetime

from analytics.choices import VersionState
from analytics.models import ScoreModelVersion
from analytics.operations.measure_parameters import measure_parameters
from analytics.scoring.parameters import ScoreParameters


def ensure_versions(*, at: datetime) -> ScoreModelVersion:
    """The version in force. Where there is none, number 1 is made: the usual parameters, and as baselines those of
    the customers as of `at`, frozen from then on. Of two that try at once, the unique number lets one through."""
    active = ScoreModelVersion.objects.active().first()
    if active is not None:
        return active
    parameters = measure_parameters(current=ScoreParameters(), as_of=at)
    first, _made = ScoreModelVersion.objects.get_or_create(
        number=1,
        defaults={
            "state": VersionState.ACTIVE,
            "parameters": parameters.as_dict(),
            "created_at": at,
            "activated_at": at,
        },
    )
    return first
