from datetime import datetime

from django.db import transaction

from analytics.models import ScoreModelVersion, ScoreValidation
from customers.models import User
from customers.operations.start_job import start_job

KIND = "validate_scores"


class NoVersionYet(Exception):
    """There is no score model in force, so there is nothing to test. Nothing was started."""


@transaction.atomic
def ask_for_validation(*, at: datetime, by: User | None = None, in_background: bool = True) -> ScoreValidation:
    """Open a test of the version in force on all ratings up to `at`; a worker does it, or whoever asks for it without
    `in_background`. One at a time: while one waits or goes on behind the scenes, that one is returned.

    Raises NoVersionYet."""
    # The row of the version is the lock: of two that ask at once, one finds what the other opened.
    version = ScoreModelVersion.objects.select_for_update().active().first()
    if version is None:
        raise NoVersionYet("no score model is in force yet")
    if in_background and (waiting := _waiting()):
        return waiting
    validation = ScoreValidation.objects.create(version=version, as_of=at, created_at=at, created_by=by)
    if in_background:
        validation.job = start_job(kind=KIND, at=at, by=by, subject_id=validation.pk)
        validation.save(update_fields=["job"])
    return validation


def _waiting() -> ScoreValidation | None:
    return ScoreValidation.objects.filter(job__isnull=False, job__finished_at=None, finished_at=None).first()
