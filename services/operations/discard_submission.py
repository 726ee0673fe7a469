from datetime import datetime

from django.db import transaction

from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import User
from services.choices import SubmissionState
from services.models import WebFormSubmission
from services.operations.erasure_of_tickets import forget_with_transaction
from services.operations.file_submission import empty
from services.operations.release_submission import require_held


@transaction.atomic
def discard_submission(*, submission: WebFormSubmission, by: User, at: datetime) -> WebFormSubmission:
    """Throw away what was held: its texts and files are gone, the reasons stay until it is forgotten.

    Raises NotHeld."""
    require_held(submission)
    for path in submission.files.values_list("path", flat=True):
        forget_with_transaction(path)
    submission.files.all().delete()
    empty(submission)
    submission.state, submission.decided_at, submission.decided_by = SubmissionState.DISCARDED, at, by
    submission.save()
    record(AuditKind.DONE, submission, verb="discard")
    return submission
