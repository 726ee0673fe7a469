import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from customers.choices import ContactKind, KeyPurpose
from customers.encryption.blind_index import blind_index
from customers.encryption.cipher import keyed_hash
from customers.encryption.keyring import current_key
from services.choices import SubmissionState
from services.models import WebForm, WebFormFile, WebFormSubmission
from services.operations.file_submission import file_submission
from services.operations.mail_sender import customers_at
from services.operations.public_uploads import Upload, keep_uploads
from services.triage.spam import Signs, judge, same_text

logger = logging.getLogger(__name__)

SAME_WITHIN, RATE_WITHIN = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed. `key`: of the page that it was typed on; `age`: seconds since that was shown; `honeypot`: what
    stands in the field that people do not see; `origin`: the address on the network, of which a keyed hash is kept."""

    key: str
    email: str
    body: str
    name: str = ""
    subject: str = ""
    phone: str = ""
    language: str = ""
    honeypot: str = ""
    age: float = 0
    origin: str = ""


def submit_web_form(*, form: WebForm, filled: Filled, at: datetime, files: Sequence[Upload] = ()) -> WebFormSubmission:
    """Keep what somebody sent by a form, then make a ticket of it; or hold it, where it looks like spam. The same page
    sent twice is one. Two transactions: what is kept survives whatever keeps it from becoming a ticket, and is tried
    again by `file_waiting_submissions`.

    Raises FileRefused; nothing was kept then."""
    identity = _identity(form, filled, files)
    known = WebFormSubmission.objects.filter(identity=identity).first()
    if known is None:
        known = _keep(form, filled, files, identity, at)
    if known.state == SubmissionState.WAITING:
        try:
            file_submission(submission=known, at=at)
        except Exception as error:  # it is kept: the desk's tick tries again
            logger.error("submission %s was not filed: %s", known.pk, type(error).__name__)
            known.refresh_from_db()
    return known


def _identity(form: WebForm, filled: Filled, files: Sequence[Upload]) -> str:
    typed = [filled.key, filled.email, filled.name, filled.phone, filled.subject, filled.body]
    sent = [f"{file.name}:{file.size}" for file in files]
    return hashlib.sha256("\0".join([str(form.pk), *typed, *sent]).encode()).hexdigest()


def _keep(form: WebForm, filled: Filled, files: Sequence[Upload], identity: str, at: datetime) -> WebFormSubmission:
    kept = keep_uploads(files)
    index = blind_index(ContactKind.EMAIL, filled.email)
    text_index = hashed("text", same_text(filled.subject, filled.body))
    origin_index = hashed("origin", filled.origin) if filled.origin else ""
    verdict = judge(_signs(filled, index, text_index, origin_index, at))
    found = customers_at(filled.email)
    try:
        with transaction.atomic():
            submission = WebFormSubmission.objects.create(
                form=form,
                identity=identity,
                received_at=at,
                language=filled.language,
                email=filled.email,
                name=filled.name,
                phone=filled.phone,
                subject=filled.subject,
                body=filled.body,
                email_index=index,
                text_index=text_index,
                origin_index=origin_index,
                state=SubmissionState.HELD if verdict.is_held else SubmissionState.WAITING,
                score=verdict.score,
                reasons=list(verdict.reasons),
                customer=found[0] if found else None,
            )
            for file in kept:
                WebFormFile.objects.create(
                    submission=submission,
                    name=file.name,
                    content_type=file.content_type,
                    size=file.size,
                    sha256=file.sha256,
                    path=file.path,
                )
    except IntegrityError:  # the same, at the same moment; its files are swept as orphans
        return WebFormSubmission.objects.get(identity=identity)
    return submission


def _signs(filled: Filled, index: str, text_index: str, origin_index: str, at: datetime) -> Signs:
    rows = WebFormSubmission.objects.filter(received_at__lte=at)
    same = rows.filter(text_index=text_index, received_at__gt=at - SAME_WITHIN).exclude(email_index=index)
    of_origin = rows.filter(origin_index=origin_index, received_at__gt=at - RATE_WITHIN)
    return Signs(
        honeypot=filled.honeypot,
        age=filled.age,
        name=filled.name,
        subject=filled.subject,
        body=filled.body,
        repeated=same.exists(),
        before=of_origin.count() if origin_index else 0,
    )


def hashed(kind: str, text: str) -> str:
    """A keyed hash: equal texts are found, nothing else can be read."""
    _id, key = current_key(KeyPurpose.INDEX)
    return keyed_hash(f"web-form-{kind}:{text}", key=key)
