from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from analytics.choices import VersionEventKind
from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.measure_parameters import measure_version
from analytics.operations.measure_preferences import measure_preferences
from analytics.operations.revise_draft import VersionIsFrozen, revise_draft
from analytics.scoring.preference_parameters import PreferenceParameters
from customers.models import User

Version = TypeVar("Version", ScoreModelVersion, PreferenceModelVersion)
Tell = Callable[[int, int], None]


def measure_draft(
    *,
    version: Version,
    at: datetime,
    by: User | None = None,
    tell: Tell = lambda done, total: None,
    expected_version: int | None = None,
) -> Version:
    """Put what is usual of the live population into a draft: the baselines of scores, see measure_version (the average
    customer then has 50), or the means and deviations of preferences.

    They are read outside of any transaction, for that takes a while where there are many customers; whoever edits the
    draft meanwhile wins. Raises VersionIsFrozen, StaleVersion."""
    version.refresh_from_db()
    version.require_version(expected_version)
    if not version.is_draft:
        raise VersionIsFrozen
    return revise_draft(
        version=version,
        changes=_measured(version, at, tell),
        at=at,
        by=by,
        expected_version=version.version,
        kind=VersionEventKind.MEASURED,
    )


def _measured(version: ScoreModelVersion | PreferenceModelVersion, at: datetime, tell: Tell) -> dict[str, Any]:
    if isinstance(version, PreferenceModelVersion):  # overrides have weights alone
        current = PreferenceParameters.from_dict(version.parameters)
        return {"parameters": measure_preferences(current=current, as_of=at, tell=tell).as_dict()}
    parameters, overrides = measure_version(
        parameters=version.parameters, overrides=version.overrides, as_of=at, tell=tell
    )
    return {"parameters": parameters, "overrides": overrides}
