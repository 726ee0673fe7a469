import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from services.choices import FetchMethod, MailLogin
from services.mail.imap import Folder, open_folder
from services.mail.smtp import MailboxTrouble, Server
from services.models import Mailbox
from services.operations.mail_access import access_token
from services.operations.store_mail import store_mail

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
EVERY = timedelta(seconds=60)
# After so many failures on end, the next try waits longer each time.
LONGEST_WAIT = timedelta(minutes=30)
# A mailbox that is new here, or was made anew there: mail of this long ago is taken, and no older.
LOOK_BACK = timedelta(days=1)
AT_ONCE = 500

Clock = Callable[[], datetime]


class FetchLost(Exception):
    """Somebody else fetches this mailbox now."""


def due_mailboxes(*, at: datetime) -> "QuerySet[Mailbox]":
    """The mailboxes that are to be fetched now, and that nobody is fetching."""
    free = Q(fetch_lease_until=None) | Q(fetch_lease_until__lt=Now())
    due = Q(fetch_due_at=None) | Q(fetch_due_at__lte=at)
    return fetched_mailboxes().filter(free, due)


def fetched_mailboxes() -> "QuerySet[Mailbox]":
    """The mailboxes that are fetched at all."""
    return Mailbox.objects.filter(is_active=True, fetch_method=FetchMethod.IMAP).exclude(fetch_host="").order_by("pk")


def fetch_mailbox(*, mailbox: Mailbox, clock: Clock) -> int | None:
    """Take the new mails of a mailbox in: each is stored and committed before the progress moves over it, so that
    whoever is killed between loses nothing, and whoever comes next finds what is stored. Returns how many were new;
    None where somebody else is fetching it, or it did not work, which its row then tells."""
    token = lease_mailbox(mailbox)
    if token is None:
        return None
    try:
        with open_folder(imap_server(mailbox, at=clock()), mailbox.fetch_folder) as folder:
            taken = take_new(mailbox, folder, token, clock)
    except FetchLost:
        return None
    except MailboxTrouble as trouble:
        note_trouble(mailbox, token, trouble.problem, at=clock())
        return None
    except Exception as error:
        logger.error("mailbox %s was not fetched: %s", mailbox.pk, type(error).__name__)
        note_trouble(mailbox, token, type(error).__name__, at=clock())
        return None
    release_mailbox(mailbox, token, at=clock())
    return taken


def imap_server(mailbox: Mailbox, *, at: datetime) -> Server:
    """Where and as whom a mailbox is fetched. Raises MailboxTrouble where the token is refused."""
    bearer = access_token(mailbox, at=at) if mailbox.login == MailLogin.OAUTH else ""
    return Server(
        host=mailbox.fetch_host,
        port=mailbox.fetch_port,
        security=mailbox.fetch_security,
        user=mailbox.fetch_user,
        password="" if bearer else mailbox.fetch_secret or "",
        bearer=bearer,
    )


def take_new(mailbox: Mailbox, folder: Folder, token: uuid.UUID, clock: Clock) -> int:
    """Store what is new in an open folder. Raises FetchLost, MailboxTrouble."""
    if mailbox.uid_validity != folder.uid_validity:
        # The UIDs of before mean nothing here. What is stored already is known by its bytes.
        _move(mailbox, token, uid_validity=folder.uid_validity, last_uid=_start(mailbox, folder, clock()))
    new = 0
    for uid in folder.uids_after(mailbox.last_uid)[:AT_ONCE]:
        fetched = folder.fetch(uid, most=settings.MAIL_MOST_BYTES)
        if fetched is not None:
            now = clock()
            at = min(fetched.at or now, now)
            _mail, is_new = store_mail(
                mailbox=mailbox,
                raw=fetched.raw,
                at=at,
                uid=uid,
                uid_validity=folder.uid_validity,
                is_cut=fetched.is_cut,
            )
            new += is_new
        _move(mailbox, token, last_uid=uid)
    return new


def lease_mailbox(mailbox: Mailbox) -> uuid.UUID | None:
    """Take the mailbox for fetching, and read its progress anew; None where somebody else has it."""
    token = uuid.uuid4()
    free = Q(fetch_lease_until=None) | Q(fetch_lease_until__lt=Now())
    taken = _row(mailbox).filter(free).update(fetch_token=token, fetch_lease_until=Now() + LEASE)
    if not taken:
        return None
    mailbox.refresh_from_db()
    return token


def release_mailbox(mailbox: Mailbox, token: uuid.UUID, *, at: datetime) -> None:
    """Give it back: it worked."""
    _row(mailbox).filter(fetch_token=token).update(
        fetch_token=None,
        fetch_lease_until=None,
        fetched_at=at,
        fetch_error="",
        fetch_failures=0,
        fetch_due_at=at + EVERY,
    )


def note_trouble(mailbox: Mailbox, token: uuid.UUID, problem: str, *, at: datetime) -> None:
    """Give it back: it did not work, and why."""
    failures = min(mailbox.fetch_failures + 1, 1000)
    wait = min(EVERY * 2 ** min(failures - 1, 10), LONGEST_WAIT)
    _row(mailbox).filter(fetch_token=token).update(
        fetch_token=None,
        fetch_lease_until=None,
        fetch_error=problem[:255],
        fetch_failures=failures,
        fetch_due_at=at + wait,
    )


def _move(mailbox: Mailbox, token: uuid.UUID, **progress: int) -> None:
    """Move the progress on, and hold the lease for longer. Raises FetchLost."""
    values = {**progress, "fetch_lease_until": Now() + LEASE}
    if not _row(mailbox).filter(fetch_token=token).update(**values):
        raise FetchLost
    for name, value in progress.items():
        setattr(mailbox, name, value)


def _row(mailbox: Mailbox) -> "QuerySet[Mailbox]":
    """Past the record of changes and the version: progress is no change that anybody made."""
    return QuerySet(Mailbox).filter(pk=mailbox.pk)


def _start(mailbox: Mailbox, folder: Folder, at: datetime) -> int:
    """The UID after which a folder is read that was not read before. First all, then those of late: one that comes
    between the two questions is among the latter."""
    there = folder.uids_after(0)
    since = (mailbox.fetched_at or at) - LOOK_BACK
    late = folder.uids_since(since.date())
    return min(late) - 1 if late else max(there, default=0)
