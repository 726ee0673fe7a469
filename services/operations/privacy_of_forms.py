"""What retention and erasure must know of web forms: rows that no ticket holds, and their files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from customers.choices import RetentionKind
from customers.operations.erasure_steps import Erasing, register_erasure_step
from customers.operations.person_files import register_files
from customers.operations.retention_kinds import Old, register_retention
from services.choices import SubmissionState
from services.models import WebFormFile, WebFormSubmission
from services.operations.attachment_files import content_of, stored_file
from services.operations.erasure_of_tickets import forget_with_transaction


def _old(cutoff: datetime) -> Any:
    """All that came in before, but what is still to become a ticket."""
    return WebFormSubmission.objects.filter(received_at__lt=cutoff).exclude(state=SubmissionState.WAITING)


def _forget(keys: Sequence[Any]) -> Any:
    for path in WebFormFile.objects.filter(submission__in=keys).values_list("path", flat=True):
        forget_with_transaction(path)
    return WebFormSubmission.objects.filter(pk__in=keys).delete()


def forget_submissions_of(erasing: Erasing) -> dict[str, int]:
    """Those that were sent under the person's address before anybody knew whose it is."""
    keys = list(WebFormSubmission.objects.filter(email_index__in=erasing.values.indexes).values_list("pk", flat=True))
    if keys:
        _forget(keys)
    return {WebFormSubmission._meta.label: len(keys)}


def register_privacy_of_forms() -> None:
    """Make it known. Called once a process, when the app is ready."""
    register_retention(RetentionKind.WEB_FORMS, Old(_old, "received_at", _forget))
    register_erasure_step(forget_submissions_of)
    register_files(WebFormFile._meta.label, lambda row: stored_file(row.path), lambda row: content_of(row.path))
