from collections.abc import Callable
from datetime import datetime

from analytics.choices import VersionEventKind
from analytics.models import ScoreModelVersion
from analytics.operations.measure_parameters import measure_version
from analytics.operations.revise_draft import VersionIsFrozen, revise_draft
from customers.models import User


def measure_draft(
    *,
    version: ScoreModelVersion,
    at: datetime,
    by: User | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
    expected_version: int | None = None,
) -> ScoreModelVersion:
    """Put the baselines of the live population into a draft, see measure_version: the average customer then has 50.

    They are read outside of any transaction, for that takes a while where there are many customers; whoever edits the
    draft meanwhile wins. Raises VersionIsFrozen, StaleVersion."""
    version.refresh_from_db()
    version.require_version(expected_version)
    if not version.is_draft:
        raise VersionIsFrozen
    parameters, overrides = measure_version(
        parameters=version.parameters, overrides=version.overrides, as_of=at, tell=tell
    )
    return revise_draft(
        version=version,
        changes={"parameters": parameters, "overrides": overrides},
        at=at,
        by=by,
        expected_version=version.version,
        kind=VersionEventKind.MEASURED,
    )
