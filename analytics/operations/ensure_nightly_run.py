from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from analytics.choices import RunKind, RunState
from analytics.models import ScoringRun
from analytics.operations.ensure_run import ensure_run

NIGHTLY_TIME = time(2)


@transaction.atomic
def ensure_nightly_run(*, at: datetime) -> ScoringRun:
    """The newest nightly run that is due at `at`: that of the last 02:00 in TIME_ZONE.

    It stands for 02:00 (`logical_at`) and looks at the world as of the moment it is made: after an outage, as of
    02:00 would be older than what sweeps have written since. Nights that were missed become skipped runs, and so does
    an older one that still goes on: only the newest is worked on."""
    due = due_at_or_before(at)
    found = ScoringRun.objects.filter(kind=RunKind.NIGHTLY, logical_at=due).first()
    if found is not None:
        return found
    previous = ScoringRun.objects.filter(kind=RunKind.NIGHTLY, logical_at__lt=due).order_by("-logical_at").first()
    run = ensure_run(kind=RunKind.NIGHTLY, logical_at=due, as_of=at, at=at)
    if previous is not None:
        _skip(previous, run, at)
    return run


def due_at_or_before(at: datetime) -> datetime:
    """The last 02:00 in TIME_ZONE, in UTC. Where the clock skips 02:00, the moment it would have been; where it
    repeats it, the first."""
    today = at.astimezone(timezone.get_default_timezone()).date()
    due = _nightly_at(today)
    return due if due <= at else _nightly_at(today - timedelta(days=1))


def _nightly_at(day: date) -> datetime:
    return datetime.combine(day, NIGHTLY_TIME, timezone.get_default_timezone()).astimezone(UTC)


def _skip(previous: ScoringRun, run: ScoringRun, at: datetime) -> None:
    older = ScoringRun.objects.filter(kind=RunKind.NIGHTLY, state=RunState.RUNNING, logical_at__lt=run.logical_at)
    older.update(state=RunState.SKIPPED, finished_at=at)
    zone = timezone.get_default_timezone()
    first, last = previous.logical_at.astimezone(zone).date(), run.logical_at.astimezone(zone).date()
    missed = [_nightly_at(first + timedelta(days=n)) for n in range(1, (last - first).days)]
    ScoringRun.objects.bulk_create(
        [
            ScoringRun(
                kind=RunKind.NIGHTLY,
                logical_at=night,
                state=RunState.SKIPPED,
                version=run.version,
                as_of=night,
                started_at=at,
                finished_at=at,
            )
            for night in missed
        ],
        ignore_conflicts=True,
    )
