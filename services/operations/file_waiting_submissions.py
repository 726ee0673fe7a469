import logging
from datetime import datetime, timedelta

from services.choices import SubmissionState
from services.models import WebFormSubmission
from services.operations.file_submission import file_submission

logger = logging.getLogger(__name__)

# The request that took it in has had its turn by then.
WAITS = timedelta(minutes=1)
AT_ONCE, MOST_ATTEMPTS = 50, 5
FAILED = "failed"


def file_waiting_submissions(*, at: datetime) -> int:
    """Make tickets of what came in by forms and was not filed, as where a process was killed; returns how many. One
    that fails five times is held, so that a person sees it. May be lost, doubled or run twice at once."""
    waiting = WebFormSubmission.objects.filter(state=SubmissionState.WAITING, received_at__lt=at - WAITS)
    filed = 0
    for submission in waiting.order_by("received_at")[:AT_ONCE]:
        if submission.attempts >= MOST_ATTEMPTS:
            still = WebFormSubmission.objects.filter(pk=submission.pk, state=SubmissionState.WAITING)
            still.update(state=SubmissionState.HELD, reasons=[*submission.reasons, FAILED])
            continue
        try:
            file_submission(submission=submission, at=at)
        except Exception as error:  # the others have their turn all the same
            logger.error("submission %s was not filed: %s", submission.pk, type(error).__name__)
            continue
        filed += 1
    return filed
