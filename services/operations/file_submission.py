from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext, override

from customers.models import User
from services.choices import Channel, SubmissionState
from services.mail.parsed import Address
from services.models import WebForm, WebFormSubmission
from services.operations.mail_sender import ensure_author
from services.operations.open_ticket import open_ticket
from services.operations.public_uploads import KeptFile, attach_kept

MOST_SUBJECT = 255
TEXTS = ("email", "name", "phone", "subject", "body")


def file_submission(*, submission: WebFormSubmission, at: datetime, by: User | None = None) -> WebFormSubmission:
    """Make a ticket of what waits: of the customer who has the e-mail address, or of a new one, as mail does it; its
    files become attachments, and its texts are emptied here. Of one that is a ticket already, nothing.

    A phone number goes into the text, not onto the customer's record: anybody may type anybody's address."""
    rows = WebFormSubmission.objects.filter(pk=submission.pk)
    rows.filter(state=SubmissionState.WAITING).update(attempts=F("attempts") + 1)
    with transaction.atomic():
        submission.refresh_from_db(from_queryset=WebFormSubmission.objects.select_for_update())
        if submission.state != SubmissionState.WAITING:
            return submission
        # One at a time: two of a new sender make one customer, also where there is no mailbox.
        form = WebForm.objects.select_for_update().get(pk=submission.form_id)
        received_at = submission.received_at
        with override(submission.language or settings.LANGUAGE_CODE):
            author = Address(submission.name or "", submission.email or "")
            customer = ensure_author(author=author, team=form.queue.team, at=received_at)
            ticket = open_ticket(
                customer=customer,
                subject=_subject(submission),
                body=_body(submission),
                queue=form.queue,
                service_type=form.service_type,
                channel=Channel.WEB,
                by=by,
                at=received_at,
            )
        message = ticket.messages.order_by("pk")[0]
        files = submission.files.all()
        kept = [KeptFile(file.name, file.content_type, file.size, file.sha256, file.path) for file in files]
        attach_kept(message=message, files=kept, at=received_at)
        files.delete()
        submission.state, submission.ticket, submission.customer = SubmissionState.TICKET, ticket, customer
        empty(submission)
        submission.save()
    return submission


def empty(submission: WebFormSubmission) -> None:
    """Take out what was typed: it stands in the ticket, or is not wanted."""
    for name in TEXTS:
        setattr(submission, name, None)


def _subject(submission: WebFormSubmission) -> str:
    typed = " ".join((submission.subject or "").split())
    if typed:
        return typed[:MOST_SUBJECT]
    line = " ".join((submission.body or "").split())
    return line if len(line) <= 80 else line[:79] + "…"


def _body(submission: WebFormSubmission) -> str:
    body = (submission.body or "").strip()
    if not submission.phone:
        return body
    return body + "\n\n" + gettext("Phone: %(number)s") % {"number": submission.phone}
