from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import User
from services.choices import SubmissionState
from services.models import WebFormSubmission
from services.operations.file_submission import file_submission


class NotHeld(Exception):
    """It became a ticket, or was thrown away. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("Only what is held is let through or thrown away."))


@transaction.atomic
def release_submission(*, submission: WebFormSubmission, by: User, at: datetime) -> WebFormSubmission:
    """Let through what was held: it becomes a ticket, as of the moment when it came in.

    Raises NotHeld."""
    require_held(submission)
    submission.state, submission.attempts = SubmissionState.WAITING, 0
    submission.decided_at, submission.decided_by = at, by
    submission.save(update_fields=["state", "attempts", "decided_at", "decided_by"])
    record(AuditKind.DONE, submission, verb="release")
    return file_submission(submission=submission, at=at)


def require_held(submission: WebFormSubmission) -> None:
    """Lock it and read it anew. Raises NotHeld."""
    submission.refresh_from_db(from_queryset=WebFormSubmission.objects.select_for_update())
    if submission.state != SubmissionState.HELD:
        raise NotHeld
