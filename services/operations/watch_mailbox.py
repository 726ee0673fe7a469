import logging
from datetime import timedelta
from threading import Event

from django.db import close_old_connections

from services.mail.imap import Folder, open_folder
from services.mail.smtp import MailboxTrouble
from services.models import Mailbox
from services.operations.fetch_mailbox import (
    Clock,
    FetchLost,
    imap_server,
    lease_mailbox,
    note_trouble,
    release_mailbox,
    take_new,
)
from services.operations.file_waiting_mails import file_waiting_mails

logger = logging.getLogger(__name__)

# How long a server is waited for at a time: the end of the program, and changes of the mailbox, are seen within this.
LISTEN_SECONDS = 5.0
# A connection is made anew so often: RFC 2177 has servers drop those that are idle for 30 minutes.
RENEWED_AFTER = timedelta(minutes=20)
POLL_SECONDS = 30.0
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0


def watch_mailbox(*, mailbox: Mailbox, clock: Clock, stop: Event) -> None:
    """Take the mails of a mailbox in as they come, until `stop` is set: the server tells of them where it can (IDLE),
    else it is asked. A connection that breaks is made anew, after longer and longer waits. What was taken in is filed
    at once. Returns when the mailbox is not fetched any more."""
    wait = FIRST_WAIT
    while not stop.is_set():
        close_old_connections()
        fresh = Mailbox.objects.filter(pk=mailbox.pk).first()
        if fresh is None or not fresh.is_active:
            return
        try:
            with open_folder(imap_server(fresh, at=clock()), fresh.fetch_folder) as folder:
                wait = FIRST_WAIT
                _watch(fresh, folder, clock, stop)
        except MailboxTrouble as trouble:
            _tell(fresh, trouble.problem, clock)
            stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        except Exception as error:
            # A lost database above all: it is asked again, as the mail server is.
            logger.error("mailbox %s: %s", mailbox.pk, type(error).__name__)
            stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)


def _watch(mailbox: Mailbox, folder: Folder, clock: Clock, stop: Event) -> None:
    until = clock() + RENEWED_AFTER
    looked_at = None
    while not stop.is_set() and clock() < until:
        if looked_at is None or clock() >= looked_at + timedelta(seconds=POLL_SECONDS):
            _take(mailbox, folder, clock)
            looked_at = clock()
        if folder.can_wait:
            if folder.wait(LISTEN_SECONDS):
                looked_at = None
        else:
            stop.wait(LISTEN_SECONDS)


def _take(mailbox: Mailbox, folder: Folder, clock: Clock) -> None:
    """Under the lease that whoever polls takes as well: never two at once."""
    token = lease_mailbox(mailbox)
    if token is None:
        return
    try:
        take_new(mailbox, folder, token, clock)
    except FetchLost:
        return
    except BaseException:
        release_mailbox(mailbox, token, at=clock())
        raise
    release_mailbox(mailbox, token, at=clock())
    file_waiting_mails(at=clock())


def _tell(mailbox: Mailbox, problem: str, clock: Clock) -> None:
    token = lease_mailbox(mailbox)
    if token is not None:
        note_trouble(mailbox, token, problem, at=clock())
