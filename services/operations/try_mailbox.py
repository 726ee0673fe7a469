import imaplib
from dataclasses import dataclass
from datetime import datetime
from ssl import create_default_context

from services.choices import FetchMethod, MailLogin
from services.mail.smtp import Connection, MailboxTrouble, problem_of, xoauth2
from services.models import Mailbox
from services.operations.mail_access import access_token, smtp_server

SECONDS = 15


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a try to log in: `problem` is a code of mail_problems, empty where it worked; `is_set`: whether
    there is anything to try."""

    is_set: bool
    problem: str = ""


def try_mailbox(*, mailbox: Mailbox, at: datetime) -> tuple[Tried, Tried]:
    """Log in where the mailbox fetches and where it sends, as the loops do; no mail is read or sent. Returns what
    became of IMAP and of SMTP."""
    return _try_fetching(mailbox, at), _try_sending(mailbox, at)


def _try_sending(mailbox: Mailbox, at: datetime) -> Tried:
    if not mailbox.send_host:
        return Tried(False)
    try:
        with Connection(smtp_server(mailbox, at=at), connect_seconds=SECONDS):
            return Tried(True)
    except MailboxTrouble as trouble:
        return Tried(True, trouble.problem)


def _try_fetching(mailbox: Mailbox, at: datetime) -> Tried:
    if mailbox.fetch_method != FetchMethod.IMAP:
        return Tried(False)
    try:
        bearer = access_token(mailbox, at=at) if mailbox.login == MailLogin.OAUTH else ""
        imap = _connected(mailbox)
    except MailboxTrouble as trouble:
        return Tried(True, trouble.problem)
    except (OSError, ValueError) as error:
        return Tried(True, problem_of(error))
    except imaplib.IMAP4.error as error:
        return Tried(True, "starttls" if "STARTTLS" in str(error).upper() else "disconnected")
    try:
        if bearer:
            said = xoauth2(mailbox.fetch_user, bearer)
            imap.authenticate("XOAUTH2", lambda challenge: said(challenge or None).encode())
        else:
            imap.login(mailbox.fetch_user, mailbox.fetch_secret or "")
        status, _count = imap.select(f'"{mailbox.fetch_folder}"', readonly=True)
        return Tried(True, "" if status == "OK" else "folder")
    except imaplib.IMAP4.abort:
        return Tried(True, "disconnected")
    except imaplib.IMAP4.error:
        return Tried(True, "login")
    except OSError as error:
        return Tried(True, problem_of(error))
    finally:
        _leave(imap)


def _connected(mailbox: Mailbox) -> imaplib.IMAP4:
    if mailbox.fetch_security == "tls":
        context = create_default_context()
        return imaplib.IMAP4_SSL(mailbox.fetch_host, mailbox.fetch_port, ssl_context=context, timeout=SECONDS)
    imap = imaplib.IMAP4(mailbox.fetch_host, mailbox.fetch_port, timeout=SECONDS)
    if mailbox.fetch_security == "starttls":
        try:
            imap.starttls(create_default_context())
        except BaseException:
            _leave(imap)
            raise
    return imap


def _leave(imap: imaplib.IMAP4) -> None:
    try:
        imap.logout()
    except (OSError, imaplib.IMAP4.error):
        imap.shutdown()
